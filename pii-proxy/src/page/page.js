// The page of the admin listener. What comes from the proxy, and what somebody pastes, is put in as text and never as markup.
"use strict";

// How often the proxy is asked, in milliseconds.
const EVERY = 1500;
// Figures of "the last minute" go back so far, in milliseconds.
const BACK = 60000;

// Each string in Chinese and in English.
const WORDS = {
  skip: ["跳到试消息", "Go to: try a message"],
  language: ["语言", "Language"],
  token: ["管理令牌", "Admin token"],
  open: ["打开", "Open"],
  token_kept: ["令牌只留在本页内存中，关闭页面即消失。", "It stays in this page's memory, and is gone when the page is closed."],
  denied: ["令牌不正确。", "This is not the right token."],
  now: ["当前状态", "Now"],
  sent_rate: ["正在发出", "Leaving"],
  stopped_rate: ["正在拦下", "Being stopped"],
  per_s: ["条/秒", "a second"],
  in_flight: ["处理中", "In flight"],
  peak: ["启动以来最多", "most since the start:"],
  requests: ["请求名额占用", "Places taken"],
  memory: ["内存额度占用", "Memory taken"],
  trail: ["审计日志", "Audit trail"],
  consents: ["同意账本", "Consents"],
  routes: ["路由", "Routes"],
  route: ["路由", "Route"],
  goes: ["去向", "Where to"],
  does: ["处理方式", "What it does"],
  rate: ["每秒（近一分钟）", "A second (last minute)"],
  left: ["已发出", "Left"],
  stopped: ["已拦下", "Stopped"],
  failed: ["上游未收/不明", "Not taken, unknown"],
  latency: ["各阶段耗时", "Time by phase"],
  phase: ["阶段", "Phase"],
  p50: ["近一分钟 p50", "Last minute, p50"],
  p99: ["近一分钟 p99", "Last minute, p99"],
  all_p50: ["启动以来 p50", "Since start, p50"],
  all_p99: ["启动以来 p99", "Since start, p99"],
  receive: ["接收请求", "Receive"],
  decide: ["检查与判定", "Look into, decide"],
  record: ["写审计日志", "Record"],
  upstream_phase: ["等上游应答", "Wait for the upstream"],
  blocks: ["最近拦下的消息", "Last stopped"],
  no_blocks: ["启动以来没有拦下任何消息。", "Nothing has been stopped since the start."],
  try: ["试一条消息", "Try a message"],
  try_kept: ["看看会发出什么、为什么。试的消息不会发送，不写审计，不记日志，也不保存。", "See what would leave, and why. Nothing is sent, recorded, logged or kept."],
  method: ["方法", "Method"],
  path: ["路径和查询串", "Path and query"],
  type: ["内容类型 Content-Type", "Content-Type"],
  headers: ["其他请求头，每行一个", "Other headers, one a line"],
  body: ["请求体", "Body"],
  show: ["看看会发出什么", "Show what would leave"],
  example: ["填入示例", "Example"],
  clear: ["清空", "Clear"],
  keys: ["快捷键 Ctrl + Enter", "or Ctrl + Enter"],
  nothing_tried: ["结果显示在这里。", "What would leave is shown here."],
  leaves: ["将会发出", "What would leave"],
  found_title: ["查到的内容", "What is found in it"],
  nothing_found: ["没有查到个人信息。", "Nothing personal is found in it."],
  more: ["还有 {n} 处未列出。", "{n} more are not listed."],
  ready: ["就绪", "Ready"],
  not_ready: ["未就绪：消息发不出去", "Not ready: no message leaves"],
  ending: ["正在停止", "Ending"],
  lost: ["连不上代理", "No answer from the proxy"],
  paused: ["已暂停刷新", "Paused"],
  updated: ["更新于 {at}", "as of {at}"],
  records: ["正常写入", "Takes records"],
  trail_stopped: ["已停止写入", "Has stopped"],
  trail_stalled: ["磁盘 {n} 秒无响应", "Disk silent for {n} s"],
  awaits_witness: ["等待见证方", "Waits for its witness"],
  witness_silent: ["见证方：{n} 秒前收到", "witness heard {n} s ago"],
  no_witness: ["未设见证方", "no witness"],
  consents_known: ["可查询", "Known"],
  consents_unknown: ["账本无应答", "No answer from the ledger"],
  consents_unasked: ["没有路由需要", "No route asks"],
  reload_taken: ["最近一次配置已生效", "last configuration taken"],
  reload_refused: ["最近一次配置未被采用", "last configuration refused"],
  masks: ["掩码", "masks"],
  critical: ["优先保障", "critical"],
  observes: ["仅观察，至 {until}", "only observes until {until}"],
  observes_some: ["部分仅观察，至 {until}：{kinds}", "only observes until {until}: {kinds}"],
  fallback_text: ["拦下时改发固定文本", "fallback text"],
  asks: ["查本人同意", "asks for consent"],
  answers: ["应答也掩码", "masks answers"],
  purpose: ["用途 {purpose}", "for {purpose}"],
  no_route_row: ["未匹配路由", "No route"],
  trying: ["正在检查…", "Looking into it…"],
  out_unchanged: ["原样发出", "Leaves as it is"],
  out_changed: ["掩码后发出", "Leaves masked"],
  out_observed: ["原样发出（路由仅观察）", "Leaves in clear: the route only observes"],
  out_fallback: ["改发固定文本", "The fallback text leaves"],
  out_stopped: ["拦下，应答 {status}", "Stopped, {status}"],
  failed_try: ["没有结果：{why}", "No result: {why}"],
  withheld: ["本人未同意，因此掩码：{kinds}", "Masked because this person has not agreed: {kinds}"],
  place: ["位置", "Place"],
  rule: ["依据", "Rule"],
  class: ["{n} 级", "class {n}"],
  act_pass: ["放行", "passes"],
  act_mask: ["掩码", "masked"],
  act_drop: ["去除", "dropped"],
  act_block: ["拦下", "stops it"],
  routing: ["收件去向，放行", "where it goes: passes"],
  only_observed: ["仅观察，原样发出", "only observed: leaves"],
  sent: ["已发出", "sent"],
  refused: ["上游未收", "not taken"],
  unknown: ["结果不明", "unknown"],
  "no-route": ["没有匹配的路由", "no route takes it"],
  tunnel: ["隧道或其他协议", "a tunnel, or another protocol"],
  misdirected: ["与隧道的主机不符", "it names another host than its tunnel"],
  path_why: ["路径有歧义", "where its path leads cannot be told"],
  framing: ["请求边界有歧义", "where it ends cannot be told"],
  "media-type": ["内容类型无法检查", "its type cannot be inspected"],
  "content-coding": ["内容编码无法检查", "its coding cannot be inspected"],
  contradiction: ["内容与声明不符", "it is not what its headers say"],
  uninspected: ["有无法检查的部分", "a part of it cannot be inspected"],
  found: ["含不得发出的内容", "it holds something that must not leave"],
  leftover: ["掩码后仍有残留", "something was left after masking"],
  signature: ["签名不符合要求", "it is not signed as it has to be"],
  signed: ["已签名，不能改动", "it is signed, and would be changed"],
  "too-large": ["超过上限", "over a limit"],
  "slow-client": ["请求来得太慢", "it did not arrive in time"],
  overloaded: ["容量已满", "more to do than can be done"],
  engine: ["检查程序故障", "the proxy failed to inspect it"],
  trail_why: ["审计日志写不进去", "it could not be recorded"],
  consents_why: ["查不到同意情况", "consent cannot be told"],
  withdrawn: ["途中撤回了同意", "consent changed on the way"],
  upstream: ["连不上上游或中断", "the upstream failed"],
  "slow-upstream": ["上游应答超时", "the upstream was too slow"],
  "upstream-down": ["上游不可用", "the upstream is down"],
  answer: ["上游应答无法检查", "the answer cannot be inspected"],
};

// Words that are a heading and the name of a fault, or of a phase, have a key of their own for the second.
const WHY = { path: "path_why", trail: "trail_why", consents: "consents_why" };
const PHASE = { upstream: "upstream_phase" };
const PHASES = ["receive", "decide", "record", "upstream"];
// What came of messages that were not stopped.
const ENDINGS = ["sent", "refused", "unknown"];

const EXAMPLE = {
  type: "application/json",
  body: "{\"mobile\":\"13800138000\",\n \"content\":\"【某某证券】尊敬的张三，您的银行卡6222021234567890128已绑定，身份证110105188702280028\"}",
};

const $ = (id) => document.getElementById(id);
let language = navigator.language.toLowerCase().startsWith("zh") ? 0 : 1;
let token = null;
let timer = null;
let last = null;
let lastResult = null;
// What there was before, the oldest first: when, and all counts.
let past = [];

function t(key, values = {}) {
  const words = WORDS[key];
  const text = words ? words[language] : key;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

// An element with text, and with what stands in it.
function el(name, attributes = {}, ...content) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value != null) element.setAttribute(key, value);
  for (const one of content) if (one != null) element.append(one);
  return element;
}

// Only what has changed is put in: a selection and a reader's place stay.
function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function state(element, word) {
  if (element.dataset.state !== word) element.dataset.state = word;
}

const tag = (text, word) => el("span", { class: "tag", "data-state": word }, text);
const number = (value) => value.toLocaleString(language ? "en" : "zh-CN", { maximumFractionDigits: value < 10 ? 1 : 0 });

function seconds(value) {
  if (value == null) return "–";
  if (value < 0.001) return `${Math.round(value * 1e6)} µs`;
  if (value < 1) return `${number(value * 1000)} ms`;
  return `${number(value)} s`;
}

function time(text) {
  const at = new Date(text);
  return isNaN(at) ? text : at.toLocaleTimeString(language ? "en-GB" : "zh-CN", { hour12: false });
}

// Asks the proxy. The token is in no address and in no cookie.
async function ask(path, body) {
  const headers = {};
  if (token !== null) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const options = { method: body === undefined ? "GET" : "POST", headers, cache: "no-store", credentials: "omit", redirect: "error" };
  if (body !== undefined) options.body = JSON.stringify(body);
  const response = await fetch(path, options);
  return { status: response.status, value: await response.json() };
}

// ---- how it is now

const sum = (counts, of) => Object.entries(counts || {}).reduce((all, [word, count]) => (of(word) ? all + count : all), 0);
const left = (counts) => (counts || {}).sent || 0;
const failed = (counts) => ((counts || {}).refused || 0) + ((counts || {}).unknown || 0);
const stopped = (counts) => sum(counts, (word) => !ENDINGS.includes(word));

function remember(now) {
  const routes = new Map(now.routes.map((route) => [route.name, route.messages]));
  routes.set("", now.unrouted);
  let all = { left: 0, stopped: 0 };
  for (const counts of routes.values()) all = { left: all.left + left(counts) + failed(counts), stopped: all.stopped + stopped(counts) };
  const entry = { at: performance.now(), routes, all, phases: now.phases };
  // Counts that go down are those of another process.
  const before = past[past.length - 1];
  if (before && (before.all.left > all.left || before.all.stopped > all.stopped)) past = [];
  past.push(entry);
  while (past.length > 2 && past[0].at < entry.at - BACK - EVERY) past.shift();
}

// What happened in a second, by the difference to the oldest that is remembered.
function rate(of) {
  const [first, now] = [past[0], past[past.length - 1]];
  const passed = (now.at - first.at) / 1000;
  return passed > 0.5 ? (of(now) - of(first)) / passed : null;
}

function sparkline(id, of) {
  const points = [];
  for (let nth = 1; nth < past.length; nth += 1) {
    const passed = (past[nth].at - past[nth - 1].at) / 1000;
    points.push(passed > 0 ? (of(past[nth]) - of(past[nth - 1])) / passed : 0);
  }
  const most = Math.max(1, ...points);
  const step = 120 / Math.max(1, points.length - 1);
  const drawn = points.map((value, nth) => `${(nth * step).toFixed(1)},${(22.5 - (value / most) * 21).toFixed(1)}`);
  $(id).firstElementChild.setAttribute("points", drawn.join(" "));
}

// The value below which this share of them is, read between the bounds of a histogram.
function quantile(buckets, share) {
  const all = buckets.length ? buckets[buckets.length - 1][1] : 0;
  if (!all) return null;
  const rank = share * all;
  let [low, below] = [0, 0];
  for (const [bound, count] of buckets) {
    if (count >= rank) return bound === null ? low : low + ((bound - low) * (rank - below)) / Math.max(1, count - below);
    [low, below] = [bound, count];
  }
  return low;
}

function since(phase) {
  const [first, now] = [past[0].phases[phase], past[past.length - 1].phases[phase]];
  return now.map(([bound, count], nth) => [bound, count - (first && first[nth] ? first[nth][1] : 0)]);
}

function showTiles(now) {
  const show = (value) => (value === null ? "–" : number(value));
  put($("rate-sent"), show(rate((entry) => entry.all.left)));
  put($("rate-stopped"), show(rate((entry) => entry.all.stopped)));
  sparkline("line-sent", (entry) => entry.all.left);
  sparkline("line-stopped", (entry) => entry.all.stopped);
  const { in_flight, peak, free_requests, requests, free_bytes, bytes } = now.capacity;
  put($("in-flight"), number(in_flight));
  put($("peak"), number(peak));
  for (const [id, free, all] of [["requests", free_requests, requests], ["memory", free_bytes, bytes]]) {
    const taken = all > 0 ? Math.min(1, Math.max(0, 1 - free / all)) : 0;
    put($(id), `${number(Math.round(taken * 1000) / 10)} %`);
    $(`${id}-meter`).value = taken;
  }
  showHealth(now);
}

function showHealth({ trail, consents, last_reload_taken }) {
  const n = trail.stalled_seconds;
  const how = trail.records ? t("records") : trail.stopped ? t("trail_stopped") : n !== null ? t("trail_stalled", { n }) : t("awaits_witness");
  put($("trail"), how);
  state($("trail"), trail.records ? "good" : "bad");
  const silent = trail.witness_silent_seconds;
  put($("witness"), silent === null ? t("no_witness") : t("witness_silent", { n: silent }));
  state($("witness"), silent !== null && silent > 30 ? "bad" : "good");
  put($("consents"), !consents.asked ? t("consents_unasked") : consents.known ? t("consents_known") : t("consents_unknown"));
  state($("consents"), consents.asked && !consents.known ? "bad" : "good");
  put($("reload"), last_reload_taken ? t("reload_taken") : t("reload_refused"));
  state($("reload"), last_reload_taken ? "good" : "bad");
}

function does(route) {
  const tags = [];
  if (route.observes_until) {
    const some = (route.observes_kinds || []).length > 0;
    const values = { until: route.observes_until, kinds: (route.observes_kinds || []).join(" ") };
    tags.push(tag(some ? t("observes_some", values) : t("observes", values), "warn"));
    if (some) tags.unshift(tag(t("masks"), "good"));
  } else tags.push(tag(t("masks"), "good"));
  if (route.critical) tags.push(tag(t("critical")));
  if (route.asks_for_consent) tags.push(tag(t("asks")));
  if (route.fallback) tags.push(tag(t("fallback_text")));
  if (route.masks_answers) tags.push(tag(t("answers")));
  return tags;
}

// A route's row is made when what it says changes, and its figures are put into it.
function showRoutes(now) {
  const body = $("routes").tBodies[0];
  const known = new Map([...body.rows].map((row) => [row.dataset.name, row]));
  const all = [...now.routes];
  if (Object.keys(now.unrouted || {}).length) all.push({ name: "", messages: now.unrouted });
  all.forEach((route, nth) => {
    const { messages, ...rest } = route;
    const says = JSON.stringify([rest, language]);
    let row = known.get(route.name);
    if (!row || row.dataset.says !== says) {
      const made = rowOf(route);
      made.dataset.says = says;
      if (row) row.replaceWith(made);
      row = made;
    }
    known.delete(route.name);
    if (body.rows[nth] !== row) body.insertBefore(row, body.rows[nth] || null);
    const [perSecond, sent, blocked, lost] = [...row.cells].slice(3);
    const passed = rate((entry) => sum(entry.routes.get(route.name), () => true));
    put(perSecond, passed === null ? "–" : number(passed));
    put(sent, number(left(messages)));
    put(blocked, number(stopped(messages)));
    put(lost, number(failed(messages)));
    blocked.classList.toggle("bad", stopped(messages) > 0);
    lost.classList.toggle("bad", failed(messages) > 0);
    blocked.title = Object.entries(messages || {}).filter(([word]) => !ENDINGS.includes(word)).map(([word, count]) => `${why(word)}: ${count}`).join("\n");
  });
  for (const row of known.values()) row.remove();
}

function rowOf(route) {
  const numbers = ["rate", "left", "stopped", "failed"].map((key) => el("td", { class: "number", "data-name": t(key) }));
  const row = el("tr", { "data-name": route.name });
  row.dataset.name = route.name;
  if (route.name === "") {
    row.append(el("td", {}, el("span", { class: "quiet" }, t("no_route_row"))), el("td"), el("td"), ...numbers);
    return row;
  }
  const takes = `${(route.hosts || []).join(" ")}${route.path}`;
  const whom = [route.channel, route.recipient].filter(Boolean).join(" → ");
  const purpose = route.purpose ? el("span", { class: "quiet" }, t("purpose", { purpose: route.purpose })) : null;
  row.append(
    el("td", {}, el("b", {}, route.name), el("span", { class: "quiet" }, takes)),
    el("td", {}, whom, purpose, el("span", { class: "quiet" }, route.upstream)),
    el("td", {}, ...does(route)),
    ...numbers,
  );
  return row;
}

function showPhases(now) {
  const rows = PHASES.filter((phase) => now.phases[phase]).map((phase) => {
    const [recent, all] = [since(phase), now.phases[phase]];
    const cells = [quantile(recent, 0.5), quantile(recent, 0.99), quantile(all, 0.5), quantile(all, 0.99)];
    return [t(PHASE[phase] || phase), ...cells.map(seconds)];
  });
  const body = $("phases").tBodies[0];
  while (body.rows.length > rows.length) body.lastElementChild.remove();
  rows.forEach((cells, nth) => {
    const row = body.rows[nth] || body.appendChild(el("tr", {}, ...cells.map((_, at) => el("td", { class: at ? "number" : null }))));
    cells.forEach((text, at) => put(row.cells[at], text));
  });
}

const why = (word) => t(WHY[word] || word);

function showBlocks(now) {
  const list = $("blocks");
  $("no-blocks").hidden = now.blocks.length > 0;
  const known = new Map([...list.children].map((item) => [item.dataset.message, item]));
  now.blocks.forEach((block, nth) => {
    let item = known.get(block.message);
    if (!item) item = blockOf(block);
    known.delete(block.message);
    if (list.children[nth] !== item) list.insertBefore(item, list.children[nth] || null);
  });
  for (const item of known.values()) item.remove();
}

// The proxy's own sentences are in English, whatever the page's language is.
const told = (text) => el("p", { class: "quiet", lang: "en" }, text);

function blockOf(block) {
  const place = [block.kind, block.place].filter(Boolean).join("  ");
  const head = el("summary", {}, el("time", { datetime: block.at }, time(block.at)), " ", el("b", {}, block.route || "–"), " ", tag(`${block.status} ${why(block.why)}`, "bad"), " ", place ? el("code", {}, place) : null);
  const item = el("li", {}, el("details", {}, head, told(block.detail), block.rule ? told(block.rule) : null, el("p", { class: "quiet" }, el("code", {}, block.message))));
  item.dataset.message = block.message;
  return item;
}

function showChoices(now) {
  const select = $("route");
  const names = now.routes.map((route) => route.name);
  if ([...select.options].map((option) => option.value).join("\n") === names.join("\n")) return;
  const chosen = select.value;
  select.replaceChildren(...names.map((name) => el("option", { value: name }, name)));
  if (names.includes(chosen)) select.value = chosen;
  takePath();
}

function takePath() {
  const route = last && last.routes.find((one) => one.name === $("route").value);
  if (route) $("path").value = route.path;
}

function showAll() {
  const now = last;
  if (!now) return;
  put($("version"), now.version);
  put($("updated"), t("updated", { at: time(now.at) }));
  put($("status"), now.ending ? t("ending") : now.ready ? t("ready") : t("not_ready"));
  state($("status"), now.ready ? "good" : now.ending ? "warn" : "bad");
  showTiles(now);
  showRoutes(now);
  showPhases(now);
  showBlocks(now);
  showChoices(now);
}

async function poll() {
  clearTimeout(timer);
  try {
    const { status, value } = await ask("/state");
    if (status === 401) return askForToken();
    if (status !== 200) throw new Error(value.title);
    $("login").hidden = true;
    $("all").hidden = false;
    last = value;
    remember(value);
    showAll();
  } catch (error) {
    put($("status"), t("lost"));
    state($("status"), "bad");
  }
  if (!document.hidden) timer = setTimeout(poll, EVERY);
}

function askForToken() {
  $("denied").hidden = token === null;
  token = null;
  $("all").hidden = true;
  $("login").hidden = false;
  put($("status"), "");
  state($("status"), "wait");
  $("token").focus();
}

// ---- a message that is tried

// The first colon ends a name. What has none is a name without a value, and the proxy says what is wrong with it.
function headersOf(text) {
  return text.split("\n").filter((line) => line.trim()).map((line) => {
    const at = line.indexOf(":");
    return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
  });
}

async function tryIt(event) {
  event.preventDefault();
  const headers = headersOf($("headers").value);
  const type = $("type").value.trim();
  if (type) headers.unshift(["Content-Type", type]);
  const question = { route: $("route").value, method: $("method").value, path: $("path").value.trim() || "/", headers, body: $("body").value };
  const button = $("message").querySelector("button.main");
  button.disabled = true;
  put($("verdict"), t("trying"));
  state($("verdict"), "wait");
  $("verdict").hidden = false;
  try {
    const { status, value } = await ask("/try", question);
    if (status === 401) return askForToken();
    lastResult = status === 200 ? value : { outcome: "failed", title: value.title };
  } catch (error) {
    lastResult = { outcome: "failed", title: t("lost") };
  } finally {
    button.disabled = false;
  }
  showResult();
}

function showResult() {
  const result = lastResult;
  $("nothing").hidden = result !== null;
  $("verdict").hidden = result === null;
  for (const id of ["reason", "leaves", "found"]) $(id).hidden = true;
  if (result === null) return;
  const { outcome, status, title } = result;
  const isStopped = outcome === "stopped";
  put($("verdict"), outcome === "failed" ? t("failed_try", { why: title }) : t(`out_${outcome}`, { status }));
  state($("verdict"), { changed: "good", unchanged: "good", stopped: "bad", failed: "bad" }[outcome] || "warn");
  if (outcome === "failed") return;
  showReason(result, isStopped);
  $("leaves").hidden = isStopped;
  if (!isStopped) {
    put($("url"), `${result.method} ${result.url}`);
    showOutput(result);
  }
  $("found").hidden = false;
  const found = result.findings || [];
  $("findings").replaceChildren(...(found.length ? found.map(findingOf) : [el("li", { class: "quiet" }, t("nothing_found"))]));
  $("more").hidden = !result.findings_more;
  put($("more"), t("more", { n: result.findings_more }));
}

function showReason(result, isStopped) {
  const parts = [];
  if (result.withheld.length) parts.push(el("p", {}, t("withheld", { kinds: result.withheld.join(" ") })));
  if (isStopped) {
    parts.push(el("p", {}, el("b", {}, why(result.why))));
    if (result.kind || result.place) parts.push(el("p", {}, `${t("place")} `, el("code", {}, [result.kind, result.place].filter(Boolean).join("  "))));
    parts.push(told(result.detail));
    if (result.rule) parts.push(el("p", { class: "quiet" }, `${t("rule")} `, el("span", { lang: "en" }, result.rule)));
  }
  $("reason").hidden = parts.length === 0;
  $("reason").replaceChildren(...parts);
}

// Runs of asterisks are set off, since that is what a reader looks for.
function showOutput({ cookies, body }) {
  const text = (cookies || []).map((cookie) => `Cookie: ${cookie}\n`).join("") + body;
  const pieces = text.split(/(\*[*\s-]*\*|\*)/);
  $("output").replaceChildren(...pieces.map((piece, nth) => (nth % 2 ? el("mark", {}, piece) : piece)));
}

function findingOf(found) {
  const word = found.action === "block" ? "bad" : found.is_observed ? "warn" : found.action === "pass" ? null : "good";
  const key = `act_${found.action}`;
  const action = found.is_routing ? t("routing") : found.is_observed ? t("only_observed") : WORDS[key] ? t(key) : found.action;
  return el("li", {}, el("b", {}, found.kind), " ", tag(t("class", { n: found.class })), tag(action, word), el("code", {}, found.place), told(found.explanation));
}

function clearAll() {
  for (const id of ["headers", "body"]) $(id).value = "";
  lastResult = null;
  for (const id of ["findings", "output", "reason"]) $(id).replaceChildren();
  showResult();
  $("body").focus();
}

// ---- language, and what a reader does

function speak(which) {
  language = which;
  document.documentElement.lang = language ? "en" : "zh-CN";
  $("zh").setAttribute("aria-pressed", String(language === 0));
  $("en").setAttribute("aria-pressed", String(language === 1));
  for (const element of document.querySelectorAll("[data-t]")) put(element, t(element.dataset.t));
  for (const element of document.querySelectorAll("[data-t-label]")) element.setAttribute("aria-label", t(element.dataset.tLabel));
  $("blocks").replaceChildren();
  if (past.length) showAll();
  showResult();
}

$("zh").addEventListener("click", () => speak(0));
$("en").addEventListener("click", () => speak(1));
$("message").addEventListener("submit", tryIt);
$("message").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) $("message").requestSubmit();
});
$("route").addEventListener("change", takePath);
$("clear").addEventListener("click", clearAll);
$("example").addEventListener("click", () => {
  $("type").value = EXAMPLE.type;
  $("body").value = EXAMPLE.body;
  $("body").focus();
});
$("login").addEventListener("submit", (event) => {
  event.preventDefault();
  token = $("token").value;
  $("token").value = "";
  poll();
});
document.addEventListener("visibilitychange", () => {
  clearTimeout(timer);
  if (!document.hidden) poll();
});

speak(language);
poll();
