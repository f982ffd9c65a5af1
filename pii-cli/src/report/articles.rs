//! What the figures are evidence of, article by article: the duty, the evidence in numbers, and what the firm has to add.
//!
//! Only articles are here for which an audit trail or a consent ledger can be evidence, and those of which people ask and for
//! which there is none. It is no finding that a firm complies: that takes its organisation, contracts and people.

mod order_218;
mod pipl;

use super::model::{Article, Level, Report, Text, What};

/// All articles, in the order of the laws.
pub(super) fn of(report: &Report) -> Vec<Article> {
    let mut all = order_218::of(report);
    all.extend(pipl::of(report));
    all
}

/// What is said of an article.
struct Said {
    law: &'static str,
    article: (&'static str, &'static str),
    duty: (&'static str, &'static str),
    evidence: (String, String),
    firm_adds: (&'static str, &'static str),
    /// How much was counted: with nothing there is no evidence.
    counted: u64,
    /// What makes it an article that needs attention.
    worries: &'static [What],
}

impl Said {
    fn article(self, report: &Report) -> Article {
        let is_worry = |what: What| {
            report.attention.iter().any(|attention| attention.what == what && attention.level == Level::Act)
        };
        let state = match self.counted {
            _ if self.worries.iter().any(|what| is_worry(*what)) => "attention",
            0 => "none",
            _ => "evidence",
        };
        let none = ("本期没有相关记录。", "Nothing was recorded of it in this period.");
        let evidence = match state {
            "none" if self.evidence.0.is_empty() => Text { zh: none.0.to_owned(), en: none.1.to_owned() },
            _ => Text { zh: self.evidence.0, en: self.evidence.1 },
        };
        Article {
            law: self.law,
            article: text(self.article),
            duty: text(self.duty),
            evidence,
            firm_adds: text(self.firm_adds),
            state,
        }
    }
}

fn text((zh, en): (&str, &str)) -> Text {
    Text { zh: zh.to_owned(), en: en.to_owned() }
}

/// A sentence in both languages, if there is anything to say.
fn said(counted: u64, zh: String, en: String) -> (String, String) {
    if counted == 0 { (String::new(), String::new()) } else { (zh, en) }
}
