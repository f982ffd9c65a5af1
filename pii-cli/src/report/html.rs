//! The report as a page: one file, without scripts and without anything from elsewhere, that a browser shows offline and prints.
//!
//! It is XML as well as HTML, so that other programs can read it. A switch between the languages is two buttons of a form and a
//! rule of the style sheet.

mod consent;
mod flows;
mod markup;
mod proof;
mod summary;
mod worry;

use super::model::Report;
use super::words::Lang;
use markup::{Html, escaped};

const STYLE: &str = include_str!("html/style.css");

/// The page, in these languages: of several the first one is shown first.
pub(super) fn page(report: &Report, languages: &[Lang]) -> String {
    let first = languages.first().copied().unwrap_or(Lang::Zh);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>{}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n",
        first.code(),
        escaped(&title(report, first)),
    );
    if languages.len() > 1 {
        out.push_str(SWITCH);
    }
    for lang in languages {
        let class = lang.of("zh", "en");
        out.push_str(&format!("<main class=\"page {class}\" lang=\"{}\">\n", lang.code()));
        out.push_str(&content(report, *lang));
        out.push_str("</main>\n");
    }
    out.push_str("</body>\n</html>\n");
    out
}

const SWITCH: &str = "<input class=\"switch\" type=\"radio\" name=\"language\" id=\"to-zh\" checked=\"checked\"/>\n\
<input class=\"switch\" type=\"radio\" name=\"language\" id=\"to-en\"/>\n\
<div class=\"languages\"><label class=\"zh\" for=\"to-zh\" lang=\"zh-CN\">中文</label>\
<label class=\"en\" for=\"to-en\" lang=\"en\">English</label></div>\n";

fn title(report: &Report, lang: Lang) -> String {
    let what = lang.of("投资者个人信息外发合规报告", "Report on investors’ personal information that leaves the firm");
    match &report.firm {
        Some(firm) => format!("{firm}{}{what}", lang.of("", ": ")),
        None => what.to_owned(),
    }
}

fn content(report: &Report, lang: Lang) -> String {
    let mut html = Html::new(lang);
    html.out.push_str(&format!("<h1>{}</h1>\n", escaped(&title(report, lang))));
    summary::write(&mut html, report);
    if report.totals.messages > 0 {
        flows::write(&mut html, report);
    }
    consent::write(&mut html, report);
    proof::write(&mut html, report);
    articles(&mut html, report);
    closing(&mut html);
    html.out
}

fn articles(html: &mut Html, report: &Report) {
    use markup::Cell;
    html.h2("条文对照", "Article by article");
    html.note(
        "下表列出软件记录能够提供的证据，不构成合规结论；“由本机构补充”一栏是软件无法证明的部分。",
        "What the records are evidence of. This is no finding of compliance; the last column is what no software can show.",
    );
    let laws = [
        ("csrc_218", "《证券期货业网络和信息安全管理办法》（证监会令第 218 号）", "CSRC Order 218"),
        ("pipl", "《中华人民共和国个人信息保护法》", "Personal Information Protection Law (PIPL)"),
    ];
    let head = [
        ("条文", "article"),
        ("要求", "duty"),
        ("本期证据", "evidence"),
        ("情况", "state"),
        ("由本机构补充", "for the firm to add"),
    ];
    let lang = html.lang;
    for (law, zh, en) in laws {
        html.h3(zh, en);
        let row = |article: &super::model::Article| {
            let (class, state) = match article.state {
                "attention" => ("act", lang.of("需要处理", "act")),
                "none" => ("none", lang.of("无记录", "no record")),
                _ => ("good", lang.of("有记录", "recorded")),
            };
            let text = |text| Cell::Text(lang.text(text).to_owned());
            let state = Cell::Tag(class, state.to_owned());
            vec![text(&article.article), text(&article.duty), text(&article.evidence), state, text(&article.firm_adds)]
        };
        let rows = report.articles.iter().filter(|article| article.law == law).map(row).collect();
        html.table("articles", &head, rows);
    }
}

fn closing(html: &mut Html) {
    html.h2("统计口径", "How this was counted");
    let zh = [
        "消息以审计记录中的每一次外发决定为一条；“项”是其中识别出的个人信息个数，同一人的多个号码分别计数。",
        "“已发送”是有发送成功记录的；“结果未确认”是没有结果记录，或者连接中断、无法判断对方是否收到的，按可能已发出统计。",
        "日期和时间均为北京时间。报告不含任何个人信息，也不含其摘要值。",
    ];
    let en = [
        "A message is one decision in the trail. An item is a piece of personal information found in it; each is counted.",
        "Sent means that an outcome says so. Unconfirmed has no outcome, or one that nobody can tell; it counts as what may have left.",
        "Days and times are those of China. The report holds no personal information and no digest of any.",
    ];
    html.out.push_str("<ul class=\"note\">");
    for (zh, en) in zh.into_iter().zip(en) {
        let item = html.of(zh, en);
        html.out.push_str(&format!("<li>{item}</li>"));
    }
    html.out.push_str("</ul>\n");
}
