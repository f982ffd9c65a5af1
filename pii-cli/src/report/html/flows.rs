//! What left: over time, by channel, recipient, purpose and kind; what was stopped; what left in clear; how strong masks are.

use super::markup::{Bar, Cell, Html, escaped, scaled};
use crate::report::model::{FLOOR_BITS, KindRow, Report, Row};
use crate::report::words::number;
use std::fmt::Write as _;

pub(super) fn write(html: &mut Html, report: &Report) {
    html.h2("外发情况", "What left");
    over_time(html, report);
    by(html, report);
    kinds(html, report);
    blocks(html, report);
    in_clear(html, report);
    strength(html, report);
}

fn key(html: &mut Html, parts: &[(&str, &str, &str)]) {
    html.out.push_str("<p class=\"key\">");
    for (class, zh, en) in parts {
        let _ = write!(html.out, "<i class=\"{class}\"></i>{}", html.of(zh, en));
    }
    html.out.push_str("</p>\n");
}

const FLOW_KEY: [(&str, &str, &str); 2] = [
    ("left", "发出或者可能发出", "left, or may have"),
    ("stopped", "未发出（拦截、替换、对方未接收）", "did not leave"),
];

/// How high the chart's coordinates are.
const CHART_HEIGHT: u64 = 100;

fn over_time(html: &mut Html, report: &Report) {
    let points = &report.over_time.points;
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return };
    // One day is no course of anything.
    if points.len() < 2 {
        return;
    }
    let most = points.iter().map(|point| point.left + point.stopped).max().unwrap_or(0);
    if report.over_time.by_month {
        html.h3("按月", "By month");
    } else {
        html.h3("按日", "By day");
    }
    key(html, &FLOW_KEY);
    let width = points.len() as u64 * 10;
    let most_text = number(most);
    let label = html.of(
        &format!("{} 至 {} 的消息条数，最高 {most_text} 条；数字见下方数据表", first.at, last.at),
        &format!("Messages from {} to {}, at most {most_text}; the numbers are in the table below", first.at, last.at),
    );
    let _ = write!(
        html.out,
        "<div class=\"chart\"><svg viewBox=\"0 0 {width} {CHART_HEIGHT}\" height=\"120\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{label}\">"
    );
    for (at, point) in points.iter().enumerate() {
        let (mut y, x) = (CHART_HEIGHT, at as u64 * 10 + 1);
        for (class, count) in [("left", point.left), ("stopped", point.stopped)] {
            let least = u64::from(count > 0);
            let height = scaled(count, most, CHART_HEIGHT).max(least).min(y);
            y -= height;
            if height > 0 {
                let _ =
                    write!(html.out, "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"8\" height=\"{height}\"/>");
            }
        }
    }
    let most_text = html.of(&format!("最高 {most_text} 条"), &format!("at most {most_text}"));
    let _ = writeln!(
        html.out,
        "</svg><div class=\"ends\"><span>{}</span><span>{most_text}</span><span>{}</span></div></div>",
        escaped(&first.at),
        escaped(&last.at)
    );
    let summary = html.of("数据表", "The numbers");
    let _ = writeln!(html.out, "<details><summary>{summary}</summary>");
    let head = [("日期", "day"), ("发出", "left"), ("未发出", "did not leave")];
    let row = |point: &crate::report::model::Point| {
        vec![Cell::Short(point.at.clone()), Cell::Number(point.left), Cell::Number(point.stopped)]
    };
    html.table("", &head, points.iter().map(row).collect());
    html.out.push_str("</details>\n");
}

fn by(html: &mut Html, report: &Report) {
    let lang = html.lang;
    html.h3("按渠道", "By channel");
    key(html, &FLOW_KEY);
    rows(html, ("渠道", "channel"), &report.by_channel, |row| lang.channel(&row.name));
    html.h3("按接收方", "By recipient");
    rows(html, ("接收方", "recipient"), &report.by_recipient, |row| lang.recipient(report, &row.name));
    html.h3("按处理目的", "By purpose");
    rows(html, ("处理目的", "purpose"), &report.by_purpose, |row| match &row.title {
        Some(title) => lang.both(title, &row.name),
        None => lang.name(&row.name),
    });
    html.note(
        "台账没有登记名称的接收方和目的，按外发配置中的代码列出。",
        "Recipients and purposes that the ledger has no name for are listed by the code that flows use.",
    );
}

fn rows(html: &mut Html, first: (&str, &str), rows: &[Row], name: impl Fn(&Row) -> String) {
    let head = [
        first,
        ("图示", "chart"),
        ("消息", "messages"),
        ("发出", "left"),
        ("拦截或替换", "stopped"),
        ("未接收", "not taken"),
        ("个人信息（项）", "items of data"),
        ("明文（项）", "in clear"),
    ];
    let of = rows.iter().map(|row| row.counts.messages).max().unwrap_or(0);
    let row = |row: &Row| {
        let counts = &row.counts;
        let stopped = counts.blocked + counts.replaced;
        let parts = vec![("left", counts.left()), ("stopped", stopped + counts.refused)];
        let mut cells = vec![Cell::Text(name(row)), Cell::Bar(Bar { of, parts })];
        let numbers = [counts.messages, counts.left(), stopped, counts.refused, counts.values, counts.values_in_clear];
        cells.extend(numbers.map(Cell::Number));
        cells
    };
    html.table("", &head, rows.iter().map(row).collect());
}

fn kinds(html: &mut Html, report: &Report) {
    if report.by_kind.is_empty() {
        return;
    }
    html.h3("按个人信息种类", "By kind of data");
    key(
        html,
        &[
            ("left", "掩码、加密或者去除", "masked, encrypted or dropped"),
            ("inclear", "明文", "in clear"),
            ("stopped", "未发出", "did not leave"),
        ],
    );
    let head = [
        ("种类", "kind"),
        ("图示", "chart"),
        ("级别", "class"),
        ("掩码", "masked"),
        ("加密或令牌", "encrypted"),
        ("去除", "dropped"),
        ("明文", "in clear"),
        ("未发出", "did not leave"),
    ];
    let of = report.by_kind.iter().map(|row| row.values + row.stopped).max().unwrap_or(0);
    let lang = html.lang;
    let row = |row: &KindRow| {
        let covered = row.values - row.in_clear;
        let parts = vec![("left", covered), ("inclear", row.in_clear), ("stopped", row.stopped)];
        let class = row.class.map_or_else(|| "–".to_owned(), |class| class.to_string());
        let mut cells =
            vec![Cell::Text(lang.kind(report, &row.kind)), Cell::Bar(Bar { of, parts }), Cell::Short(class)];
        let numbers = [row.masked, row.encrypted, row.dropped, row.in_clear, row.stopped];
        cells.extend(numbers.map(Cell::Number));
        cells
    };
    html.table("", &head, report.by_kind.iter().map(row).collect());
    html.note("单位：项。级别 1 至 4，4 级最敏感。", "In items of data. Classes 1 to 4, 4 the most sensitive.");
}

fn blocks(html: &mut Html, report: &Report) {
    html.h2("拦截与替换", "What was stopped");
    if report.blocks.is_empty() {
        let text = html.lang.of("本期没有拦截或者替换。", "Nothing was blocked or replaced.").to_owned();
        return html.p(&text);
    }
    let head = [("渠道", "channel"), ("因何种信息", "kind"), ("依据的规则", "rule"), ("消息（条）", "messages")];
    let lang = html.lang;
    let row = |row: &crate::report::model::BlockRow| {
        let kind = match row.kind.as_str() {
            "" => lang
                .of("未记录（整条消息：格式、同意等）", "none recorded (the message as a whole: format, consent …)")
                .to_owned(),
            kind => lang.kind(report, kind),
        };
        let reason = match row.reason.as_str() {
            "" => lang.of("未记录", "not recorded").to_owned(),
            reason => reason.to_owned(),
        };
        vec![Cell::Text(lang.channel(&row.channel)), Cell::Text(kind), Cell::Text(reason), Cell::Number(row.messages)]
    };
    html.table("", &head, report.blocks.iter().map(row).collect());
}

fn in_clear(html: &mut Html, report: &Report) {
    html.h2("明文外发", "What left in clear");
    if report.in_clear.is_empty() {
        let text = html.lang.of("本期没有明文外发的个人信息。", "No personal information left in clear.").to_owned();
        return html.p(&text);
    }
    html.note(
        "3 级、4 级信息明文外发，必须有合法性基础和在有效期内的影响评估；经短信、邮件、推送发给本人的验证码除外。规则为脱敏策略的文件名\
         和行号。",
        "Data of class 3 and 4 in clear take a basis and an assessment in force, but for one-time codes in a message to whom they are \
         for. A rule is named by its policy file and line.",
    );
    let head = [
        ("种类（级别）", "kind (class)"),
        ("渠道与接收方", "channel and recipient"),
        ("目的", "purpose"),
        ("合法性基础", "basis"),
        ("影响评估", "assessment"),
        ("规则", "rule"),
        ("消息（条）", "messages"),
    ];
    let lang = html.lang;
    let row = |row: &crate::report::model::ClearRow| {
        let assessment = match (&row.assessment, &row.assessment_until) {
            (id, _) if id.is_empty() => lang.of("无", "none").to_owned(),
            (id, None) => lang.name(id),
            (id, Some(until)) => format!("{id}{}", lang.of(&format!("（至 {until}）"), &format!(" (until {until})"))),
        };
        let reason =
            if row.observed { lang.of("只观察", "observed only").to_owned() } else { lang.name(&row.reason) };
        let class = row.class.map_or_else(|| "–".to_owned(), |class| class.to_string());
        let (channel, recipient) = (lang.channel(&row.channel), lang.recipient(report, &row.recipient));
        vec![
            Cell::Text(lang.both(&lang.kind(report, &row.kind), &class)),
            Cell::Text(format!("{channel}{}{recipient}", lang.of("：", ": "))),
            Cell::Text(lang.name(&row.purpose)),
            Cell::Text(lang.basis(&row.basis)),
            Cell::Text(assessment),
            Cell::Text(reason),
            Cell::Number(row.messages),
        ]
    };
    html.table("wide", &head, report.in_clear.iter().map(row).collect());
}

fn strength(html: &mut Html, report: &Report) {
    let measured = || report.by_kind.iter().filter(|row| row.weakest_bits.is_some() || row.unmeasured > 0);
    if measured().count() == 0 {
        return;
    }
    html.h2("掩码强度", "How strong masks are");
    html.note(
        &format!(
            "掩码之后还剩多少种可能：{FLOOR_BITS} 比特约为 52 万种，是对外发送的下限；每多 1 比特，可能数翻一倍。姓名、地址等不以号码计算。"
        ),
        &format!(
            "How many values a mask leaves to guess: {FLOOR_BITS} bits are some 520,000, the least outside the firm; each bit more doubles it. Names and addresses are not counted so."
        ),
    );
    let head = [
        ("种类", "kind"),
        ("最弱的一条", "the weakest"),
        ("约有多少种可能", "values left, about"),
        ("低于下限（条）", "below the floor"),
    ];
    let lang = html.lang;
    let row = |row: &KindRow| {
        let bits = match row.weakest_bits {
            Some(bits) => lang.of(&format!("{bits} 比特"), &format!("{bits} bits")).to_owned(),
            None => lang.of("不适用", "does not apply").to_owned(),
        };
        let many = row.weakest_bits.map_or_else(|| "–".to_owned(), |bits| many(bits, lang));
        vec![
            Cell::Text(lang.kind(report, &row.kind)),
            Cell::Short(bits),
            Cell::Short(many),
            Cell::Number(row.below_floor),
        ]
    };
    let rows = measured().map(row).collect();
    html.table("", &head, rows);
}

/// 2 to the power of `bits`, in words of about two digits.
fn many(bits: u16, lang: crate::report::words::Lang) -> String {
    let count = 2_f64.powi(i32::from(bits.min(120)));
    let (units, words): ([f64; 3], _) = match lang {
        crate::report::words::Lang::Zh => ([1e12, 1e8, 1e4], [" 万亿", " 亿", " 万"]),
        crate::report::words::Lang::En => ([1e12, 1e9, 1e6], [" trillion", " billion", " million"]),
    };
    for (unit, word) in units.into_iter().zip(words) {
        let parts = count / unit;
        if parts >= 1e5 {
            return format!("{}{word}", lang.of("超过 10 万", "over 100,000"));
        }
        if parts >= 1.0 {
            return if parts < 10.0 { format!("{parts:.1}{word}") } else { format!("{}{word}", number(parts as u64)) };
        }
    }
    number(count as u64)
}
