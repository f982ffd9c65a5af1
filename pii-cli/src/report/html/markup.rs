//! Elements of the page. All text that comes from anywhere goes through [`escaped`].

use crate::report::words::{Lang, number};
use std::fmt::Write as _;

/// So many rows of a table are shown; the JSON has all.
const ROW_LIMIT: usize = 50;

/// Text in which nothing is markup.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Neither XML nor HTML has room for these.
            c if c.is_control() && c != '\n' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A cell of a table.
pub(super) enum Cell {
    Text(String),
    Number(u64),
    /// Something like a number or a day, that does not break.
    Short(String),
    /// A word with the class of its colour: `act`, `look`, `good`, `none`.
    Tag(&'static str, String),
    Bar(Bar),
}

/// Parts of a whole, drawn beside each other: what left, what was stopped, what left in clear. Numbers stand beside it, so it is
/// hidden from who does not see it.
pub(super) struct Bar {
    /// How much the longest bar of the table is.
    pub(super) of: u64,
    pub(super) parts: Vec<(&'static str, u64)>,
}

/// A part of the page that is written from the top.
pub(super) struct Html {
    pub(super) out: String,
    pub(super) lang: Lang,
}

impl Html {
    pub(super) fn new(lang: Lang) -> Self {
        Self { out: String::new(), lang }
    }

    /// One of two texts, escaped.
    pub(super) fn of(&self, zh: &str, en: &str) -> String {
        escaped(self.lang.of(zh, en))
    }

    pub(super) fn h2(&mut self, zh: &str, en: &str) {
        let text = self.of(zh, en);
        let _ = writeln!(self.out, "<h2>{text}</h2>");
    }

    pub(super) fn h3(&mut self, zh: &str, en: &str) {
        let text = self.of(zh, en);
        let _ = writeln!(self.out, "<h3>{text}</h3>");
    }

    pub(super) fn p(&mut self, text: &str) {
        let _ = writeln!(self.out, "<p>{}</p>", escaped(text));
    }

    pub(super) fn note(&mut self, zh: &str, en: &str) {
        let text = self.of(zh, en);
        let _ = writeln!(self.out, "<p class=\"note\">{text}</p>");
    }

    /// What a reader must not overlook.
    pub(super) fn warning(&mut self, zh: &str, en: &str) {
        let text = self.of(zh, en);
        let _ = writeln!(self.out, "<p class=\"warning\">{text}</p>");
    }

    /// A table whose first column names its rows. With nothing in it, it is not there.
    pub(super) fn table(&mut self, class: &str, head: &[(&str, &str)], rows: Vec<Vec<Cell>>) {
        let Some(first) = rows.first() else { return };
        let name = |&(zh, en): &(&str, &str)| escaped(self.lang.of(zh, en));
        let names: Vec<String> = head.iter().map(name).collect();
        let mut out = format!("<div class=\"scroll\"><table class=\"stack {class}\"><thead><tr>");
        for (name, cell) in names.iter().zip(first) {
            let class = match cell {
                Cell::Number(_) => " class=\"n\"",
                Cell::Bar(_) => " class=\"bar\"",
                _ => "",
            };
            let _ = write!(out, "<th scope=\"col\"{class}>{name}</th>");
        }
        out.push_str("</tr></thead><tbody>\n");
        let more = rows.len().saturating_sub(ROW_LIMIT);
        for row in rows.into_iter().take(ROW_LIMIT) {
            out.push_str("<tr>");
            for (at, cell) in row.into_iter().enumerate() {
                self::cell(&mut out, at == 0, names.get(at).map_or("", String::as_str), cell);
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody></table></div>\n");
        self.out.push_str(&out);
        if more > 0 {
            let more = number(more as u64);
            let zh = format!("另有 {more} 行未列出，完整数据见 JSON 输出（--output json）。");
            self.note(&zh, &format!("{more} more rows are in the JSON (--output json)."));
        }
    }
}

fn cell(out: &mut String, is_first: bool, name: &str, cell: Cell) {
    let (class, inner) = match cell {
        Cell::Text(text) => ("", escaped(&text)),
        Cell::Number(count) => ("n", number(count)),
        Cell::Short(text) => ("d", escaped(&text)),
        Cell::Tag(class, text) => ("d", format!("<span class=\"tag {class}\">{}</span>", escaped(&text))),
        Cell::Bar(bar) => ("bar", bar.svg()),
    };
    let _ = match (is_first, class) {
        (true, _) => write!(out, "<th scope=\"row\">{inner}</th>"),
        (false, "") => write!(out, "<td data-of=\"{name}\">{inner}</td>"),
        (false, class) => write!(out, "<td class=\"{class}\" data-of=\"{name}\">{inner}</td>"),
    };
}

/// How wide a bar's coordinates are.
const BAR_WIDTH: u64 = 1000;

impl Bar {
    fn svg(&self) -> String {
        let mut out = format!(
            "<svg viewBox=\"0 0 {BAR_WIDTH} 14\" height=\"14\" preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\">"
        );
        let mut from = 0;
        for &(class, count) in self.parts.iter().filter(|(_, count)| *count > 0) {
            // A little of something is seen, too.
            let width = scaled(count, self.of, BAR_WIDTH).max(6);
            let _ = write!(out, "<rect class=\"{class}\" x=\"{from}\" y=\"0\" width=\"{width}\" height=\"14\"/>");
            from += width;
        }
        out.push_str("</svg>");
        out
    }
}

/// `part` of `whole` on a scale of `to`.
pub(super) fn scaled(part: u64, whole: u64, to: u64) -> u64 {
    let scaled = u128::from(part) * u128::from(to) / u128::from(whole.max(1));
    u64::try_from(scaled).unwrap_or(to).min(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_markup() {
        assert_eq!(escaped("a<script>&\"'\u{1b}"), "a&lt;script&gt;&amp;&quot;&#39; ");
    }

    #[test]
    fn long_tables_say_what_is_left_out() {
        let mut html = Html::new(Lang::En);
        let rows = (0..60).map(|n| vec![Cell::Text(n.to_string()), Cell::Number(n)]).collect();
        html.table("", &[("甲", "a"), ("乙", "b")], rows);
        assert!(html.out.contains("10 more rows") && html.out.matches("<tr>").count() == 51, "{}", html.out);
    }
}
