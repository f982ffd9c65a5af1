//! The top of the page: what left, what was stopped, what needs attention.

use super::markup::{Html, escaped};
use super::worry;
use crate::report::model::{Level, Report};
use crate::report::words::{day, moment, number, percent};
use std::fmt::Write as _;

pub(super) fn write(html: &mut Html, report: &Report) {
    about(html, report);
    html.h2("摘要", "Summary");
    if report.totals.messages == 0 {
        let text = html.of(
            "本期没有外发记录。请核对起止日期和审计记录的目录；确无外发的，本页可作为说明。",
            "Nothing was recorded as leaving in this period. Check the days and the trail’s folder; if that is right, this page says so.",
        );
        let _ = writeln!(html.out, "<p><strong>{text}</strong></p>");
    } else {
        cards(html, report);
        sentences(html, report);
    }
    worries(html, report);
}

fn about(html: &mut Html, report: &Report) {
    let (period, lang) = (&report.period, html.lang);
    let first = period.from.clone().or_else(|| period.first.as_deref().map(day));
    let last = period.to.clone().or_else(|| period.last.as_deref().map(day));
    let days = match (first, last) {
        (None, None) => lang.of("全部记录", "all that is recorded").to_owned(),
        (Some(first), Some(last)) if first == last => first,
        (first, last) => {
            let open = || lang.of("……", "…").to_owned();
            format!("{}{}{}", first.unwrap_or_else(open), lang.of(" 至 ", " to "), last.unwrap_or_else(open))
        }
    };
    let nodes: Vec<&str> =
        report.trails.iter().map(|trail| trail.node.as_str()).filter(|node| !node.is_empty()).collect();
    let nodes = if nodes.is_empty() { lang.of("无", "none").to_owned() } else { nodes.join(lang.of("、", ", ")) };
    let made = moment(&report.made_at);
    let zh = format!("统计期间：{days}；节点：{nodes}；生成时间：{made}（北京时间）");
    let en = format!("Period: {days}. Nodes: {nodes}. Made: {made}, China time.");
    let _ = writeln!(html.out, "<p class=\"about\">{}</p>", escaped(lang.of(&zh, &en)));
}

fn cards(html: &mut Html, report: &Report) {
    let totals = &report.totals;
    let stopped = totals.blocked + totals.replaced;
    let cards = [
        ("", totals.messages, "外发消息（条）", "messages"),
        ("", totals.left(), "发出或者可能发出（条）", "left, or may have"),
        ("stopped", stopped, "拦截或者替换（条）", "blocked or replaced"),
        ("", totals.values, "其中个人信息（项）", "items of personal data in these"),
        ("clear", totals.values_in_clear, "明文外发（项）", "of them in clear"),
    ];
    html.out.push_str("<ul class=\"cards\">\n");
    for (class, count, zh, en) in cards {
        let (count, name) = (number(count), html.of(zh, en));
        let _ = writeln!(html.out, "<li class=\"{class}\"><b>{count}</b><span>{name}</span></li>");
    }
    html.out.push_str("</ul>\n");
}

fn sentences(html: &mut Html, report: &Report) {
    let totals = &report.totals;
    let covered = totals.values - totals.values_in_clear;
    let share = percent(covered, totals.values);
    let [left, values, clear, stopped, refused] =
        [totals.left(), totals.values, totals.values_in_clear, totals.blocked + totals.replaced, totals.refused]
            .map(number);
    let zh = if totals.values == 0 {
        format!("发出 {left} 条消息，未识别出个人信息。")
    } else {
        format!("发出 {left} 条消息，含个人信息 {values} 项，其中 {share} 已掩码、加密或者去除，{clear} 项为明文。")
    };
    let en = if totals.values == 0 {
        format!("Messages that left: {left}, with no personal information found in them.")
    } else {
        format!(
            "Messages that left: {left}, with {values} items of personal data; {share} of these masked, encrypted or dropped, {clear} in clear."
        )
    };
    html.p(html.lang.of(&zh, &en).to_owned().as_str());
    let mut zh = format!("拦截或者以固定文本替换 {stopped} 条，对方未接收 {refused} 条。");
    let mut en = format!("Blocked, or replaced by a fixed text: {stopped}. Not taken by the other side: {refused}.");
    let told = &report.withdrawals;
    if told.count > 0 {
        let [count, after] = [told.count, told.sent_after].map(number);
        zh.push_str(&format!("撤回同意 {count} 次，其后仍发送 {after} 条（应为 0）。"));
        en.push_str(&format!(
            " Consents withdrawn: {count}. Messages sent on a consent that had ended: {after} (must be 0)."
        ));
    }
    html.p(html.lang.of(&zh, &en).to_owned().as_str());
}

fn worries(html: &mut Html, report: &Report) {
    html.h3("需要关注的事项", "What needs attention");
    let lang = html.lang;
    if report.attention.is_empty() {
        let text = html.of("没有需要关注的事项。", "Nothing needs attention.");
        let _ = writeln!(html.out, "<p class=\"calm\">{text}</p>");
        return;
    }
    if report.attention.iter().all(|worry| worry.level == Level::Look) {
        let text =
            html.of("没有需要立即处理的事项，以下供留意。", "Nothing has to be done at once. Please look at these.");
        let _ = writeln!(html.out, "<p class=\"calm\">{text}</p>");
    }
    html.out.push_str("<ul class=\"worries\">\n");
    for worry in &report.attention {
        let (class, word) = match worry.level {
            Level::Act => ("act", lang.of("需要处理", "act")),
            Level::Look => ("look", lang.of("留意", "look")),
        };
        let text = escaped(&worry::sentence(worry, report, lang));
        let _ = writeln!(html.out, "<li class=\"{class}\"><span class=\"tag {class}\">{word}</span>{text}</li>");
    }
    html.out.push_str("</ul>\n");
}
