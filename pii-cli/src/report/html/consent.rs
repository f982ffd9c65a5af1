//! On which basis data went to whom, withdrawals, and what was declared.

use super::markup::{Bar, Cell, Html};
use super::worry::document_name;
use crate::report::model::{CoverageRow, Document, Ledger, Report, Withdrawal};
use crate::report::words::{moment, number, percent};

pub(super) fn write(html: &mut Html, report: &Report) {
    html.h2("同意与撤回", "Consent and withdrawal");
    coverage(html, report);
    withdrawals(html, report);
    if let Some(ledger) = &report.ledger {
        acts(html, ledger);
        requests(html, ledger);
        html.h2("评估、协议与接收方", "Assessments, contracts, recipients");
        documents(html, ledger);
        parties(html, report, ledger);
    } else {
        html.note(
            "未提供同意台账（--store），以下内容未统计：同意登记、个人请求、影响评估、协议和接收方身份。",
            "Without the ledger (--store) nothing is said of consents, requests, assessments, contracts and who recipients are.",
        );
    }
}

fn coverage(html: &mut Html, report: &Report) {
    if report.coverage.is_empty() {
        return;
    }
    html.h3("各接收方的合法性基础", "On which basis, by recipient");
    let independent = || report.coverage.iter().filter(|row| row.role == Some("independent"));
    let messages: u64 = independent().map(|row| row.messages).sum();
    if messages > 0 {
        let separate: u64 = independent().map(|row| row.separate_consent).sum();
        let share = percent(separate, messages);
        let [messages, separate] = [messages, separate].map(number);
        let zh = format!("向其他个人信息处理者发送的 {messages} 条消息中，{separate} 条（{share}）依单独同意发送。");
        let en =
            format!("Of {messages} messages to independent handlers {separate} ({share}) rest on separate consent.");
        let text = html.lang.of(&zh, &en).to_owned();
        html.p(&text);
    }
    // Without any, there is nothing to draw.
    let has_bars = report.coverage.iter().any(|row| row.separate_consent > 0);
    let mut head = vec![("接收方", "recipient"), ("身份", "role")];
    head.extend(has_bars.then_some(("单独同意占比", "on separate consent")));
    head.extend([
        ("含个人信息（条）", "messages"),
        ("单独同意", "separate consent"),
        ("同意", "consent"),
        ("法律规定", "article"),
        ("未记录", "none recorded"),
    ]);
    let lang = html.lang;
    let row = |row: &CoverageRow| {
        let overseas = if row.role.is_some() && row.overseas { lang.of("，境外", ", overseas") } else { "" };
        let share = Bar { of: row.messages, parts: vec![("left", row.separate_consent)] };
        let mut cells = vec![
            Cell::Text(lang.recipient(report, &row.recipient)),
            Cell::Short(format!("{}{overseas}", lang.role(row.role))),
        ];
        cells.extend(has_bars.then_some(Cell::Bar(share)));
        let numbers = [row.messages, row.separate_consent, row.consent, row.article, row.no_basis];
        cells.extend(numbers.map(Cell::Number));
        cells
    };
    html.table("", &head, report.coverage.iter().map(row).collect());
    html.note(
        "受托人（如短信平台）依委托协议处理，不要求单独同意，但仍须脱敏。",
        "A processor, such as an SMS gateway, takes a contract and no separate consent; data are masked all the same.",
    );
}

fn withdrawals(html: &mut Html, report: &Report) {
    html.h3("撤回是否及时生效", "How fast withdrawals took effect");
    let (told, lang) = (&report.withdrawals, html.lang);
    if told.count == 0 && told.sent_after == 0 {
        let text = lang.of("审计记录中本期没有撤回。", "The trail has no withdrawal in this period.").to_owned();
        return html.p(&text);
    }
    let [count, at_once, after] = [told.count, told.at_once, told.sent_after].map(number);
    let zh = format!(
        "撤回 {count} 次，其中 {at_once} 次立即生效。撤回或者到期后仍依该同意发送的消息：{after} 条（应为 0）。"
    );
    let en = format!(
        "{count} withdrawals, {at_once} of them took effect at once. Sent on a consent that had ended: {after} (must be 0)."
    );
    let text = lang.of(&zh, &en).to_owned();
    html.p(&text);
    let time = |seconds: Option<u64>| match seconds {
        Some(seconds) => Cell::Short(lang.seconds(seconds)),
        None => Cell::Short("–".to_owned()),
    };
    let row = |zh: &str, en: &str, seconds| vec![Cell::Text(lang.of(zh, en).to_owned()), time(seconds)];
    let rows = vec![
        row(
            "从撤回到写入审计记录（中位数）",
            "from a withdrawal to its record, median",
            told.recorded_after_seconds_median,
        ),
        row(
            "从撤回到写入审计记录（最长）",
            "from a withdrawal to its record, longest",
            told.recorded_after_seconds_longest,
        ),
        row(
            "撤回前最后一次发送距撤回（最短）",
            "last message before a withdrawal, closest",
            told.last_sent_before_seconds,
        ),
        row(
            "撤回后最晚一次发送距撤回（应为无）",
            "last message after a withdrawal (must be none)",
            told.longest_after_seconds,
        ),
    ];
    html.table("small", &[("时间", "time"), ("长度", "length")], rows);
    late(html, &told.slowest);
}

/// Those that were sent on.
fn late(html: &mut Html, slowest: &[Withdrawal]) {
    let head = [
        ("台账编号", "ledger entry"),
        ("撤回或者到期时间", "ended at"),
        ("其后发送（条）", "sent after"),
        ("最晚一次发送", "last sent"),
    ];
    let row = |one: &Withdrawal| {
        let last = one.last_sent_after.as_deref().map(moment).unwrap_or_default();
        vec![
            Cell::Text(number(one.entry)),
            Cell::Short(moment(&one.effective)),
            Cell::Number(one.sent_after),
            Cell::Short(last),
        ]
    };
    html.table("", &head, slowest.iter().map(row).collect());
}

fn acts(html: &mut Html, ledger: &Ledger) {
    let lang = html.lang;
    html.h3("同意台账", "The consent ledger");
    let [subjects, records, entries] = [ledger.subjects, ledger.records, ledger.entries].map(number);
    let zh = format!("台账现有投资者 {subjects} 人、同意记录 {records} 份、登记 {entries} 条。本期变动如下。");
    let en = format!("{subjects} persons, {records} consent records, {entries} entries in all. In this period:");
    let text = lang.of(&zh, &en).to_owned();
    html.p(&text);
    let names = [
        ("requested", "征求同意", "asked"),
        ("granted", "同意", "granted"),
        ("separately_granted", "单独同意", "granted separately"),
        ("refused", "拒绝", "refused"),
        ("withdrawn", "撤回", "withdrawn"),
        ("expired", "到期", "expired"),
        ("superseded", "被新记录取代", "superseded"),
        ("invalid", "认定无效", "found invalid"),
        ("needs_reconfirm", "年满十四周岁待重新确认", "to be confirmed again at 14"),
    ];
    let known = names.into_iter().filter_map(|(word, zh, en)| Some((zh, en, *ledger.acts.get(word)?)));
    let rows: Vec<_> =
        known.map(|(zh, en, count)| vec![Cell::Text(lang.of(zh, en).to_owned()), Cell::Number(count)]).collect();
    if rows.is_empty() {
        let text = lang.of("本期没有同意变动。", "No consent changed.").to_owned();
        return html.p(&text);
    }
    html.table("small", &[("变动", "what happened"), ("次数", "times")], rows);
}

fn requests(html: &mut Html, ledger: &Ledger) {
    let (requests, incidents) = (&ledger.requests, &ledger.incidents);
    let [received, answered, refused, open, overdue] =
        [requests.received, requests.answered, requests.refused, requests.open, requests.overdue].map(number);
    html.h3("个人行使权利与安全事件", "Requests of persons, and incidents");
    let zh = format!(
        "本期受理请求 {received} 件，答复 {answered} 件（其中拒绝 {refused} 件）；目前未办结 {open} 件，其中逾期 {overdue} 件。"
    );
    let en = format!(
        "{received} requests came, {answered} were answered ({refused} refused); {open} are open now, {overdue} of them overdue."
    );
    let text = html.lang.of(&zh, &en).to_owned();
    html.p(&text);
    let [found, persons] = [incidents.found, incidents.persons].map(number);
    let zh = format!("本期登记个人信息安全事件 {found} 起，涉及 {persons} 人。");
    let en = format!("{found} incidents were found in this period, of {persons} persons.");
    let text = html.lang.of(&zh, &en).to_owned();
    html.p(&text);
}

fn documents(html: &mut Html, ledger: &Ledger) {
    if ledger.documents.is_empty() {
        let text = html.lang.of("台账没有登记评估、协议等文件。", "No document is registered.").to_owned();
        return html.p(&text);
    }
    let head = [
        ("文件", "document"),
        ("编号", "id"),
        ("接收方", "recipient"),
        ("目的", "purpose"),
        ("有效期至", "until"),
        ("情况", "state"),
    ];
    let lang = html.lang;
    let row = |it: &Document| {
        let (class, state) = match it.state {
            "valid" => ("good", lang.of("有效", "in force").to_owned()),
            "expiring" => {
                let days = it.days_left;
                ("look", lang.of(&format!("{days} 天后到期"), &format!("ends in {days} days")).to_owned())
            }
            "expired" => ("act", lang.of("已过期", "over").to_owned()),
            "not_acceptable" => ("none", lang.of("评估未通过", "not acceptable").to_owned()),
            _ => ("none", lang.of("已有续期", "replaced").to_owned()),
        };
        let dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
        vec![
            Cell::Text(document_name(it.what, lang).to_owned()),
            Cell::Text(it.id.clone()),
            Cell::Text(dash(&it.recipient)),
            Cell::Text(dash(&it.purpose)),
            Cell::Short(it.until.clone()),
            Cell::Tag(class, state),
        ]
    };
    let rows = ledger.documents.iter().map(row).collect();
    html.table("", &head, rows);
}

fn parties(html: &mut Html, report: &Report, ledger: &Ledger) {
    let head = [
        ("接收方", "recipient"),
        ("身份", "role"),
        ("有效协议", "contract"),
        ("有效评估", "assessment"),
        ("最近一次监督", "last supervised"),
    ];
    let lang = html.lang;
    let row = |party: &crate::report::model::Party| {
        let is_needed = party.role != "authority";
        let has = |has: bool| match (has, is_needed) {
            (true, _) => Cell::Tag("good", lang.of("有", "yes").to_owned()),
            (false, true) => Cell::Tag("act", lang.of("无", "no").to_owned()),
            (false, false) => Cell::Tag("none", lang.of("不要求", "not asked").to_owned()),
        };
        let supervised = match (&party.supervised_on, party.is_satisfactory) {
            (Some(on), Some(true)) => format!("{on}{}", lang.of("，合格", ", satisfactory")),
            (Some(on), _) => format!("{on}{}", lang.of("，不合格", ", not satisfactory")),
            (None, _) => "–".to_owned(),
        };
        let overseas = if party.overseas { lang.of("，境外", ", overseas") } else { "" };
        vec![
            Cell::Text(lang.recipient(report, &party.id)),
            Cell::Short(format!("{}{overseas}", lang.role(Some(party.role)))),
            has(party.has_contract),
            has(party.has_assessment),
            Cell::Text(supervised),
        ]
    };
    html.table("", &head, ledger.recipients.iter().map(row).collect());
}
