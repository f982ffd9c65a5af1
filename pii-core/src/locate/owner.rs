//! Names without a cue that touch what is surely somebody's: `张三（身份证号…`, `张三 13800138000`, `13800138000 张三`.

use super::context::Context;
use super::{Searcher, bridge, led};
use crate::finding::{Finding, Support};
use crate::kind::Class;
use crate::recognise::name;

/// What may stand between a name and the number or label beside it.
const CONNECTORS: [&str; 25] = [
    "（", "(", "：", ":", "，", ",", "、", "_", " ", "-", "/", "|", "\t", "<", ">", "\"", "）", ")", "【", "】", "[",
    "]", "@", "　", ";",
];

/// What may stand there besides and says something of the person.
const REMARKS: [&str; 8] = ["先生", "女士", "男", "女", "汉族", "岁", "收", "寄"];

/// What stands between the names of a list.
const LISTS: &str = "、";

/// The most of both: `张三（男，35岁），` has seven with the digits of the age.
const PIECES_LIMIT: usize = 8;

/// The shortest cue that is taken for one beside a number: two Han characters. 请 stands before everything.
const CUE_BYTES: usize = 6;

/// A name before a number is surer than a word between two commas and less sure than one behind a label.
const CONFIDENCE: f32 = 0.8;

/// Appends the names that touch the findings of `out[from..]`.
///
/// An identity or an account belongs to a person, so what looks like a name before one is the person's. A telephone, an
/// e-mail address or a postal address may be a firm's, so beside one only what can hardly be anything else is a name.
pub(super) fn find(searcher: &Searcher<'_>, context: &Context<'_>, from: usize, out: &mut Vec<Finding>) {
    let Some(id) = searcher.recognised.name else { return };
    for index in from..out.len() {
        let found = &out[index];
        if found.class < Class::TWO || found.kind == searcher.rules.at(id.rule).kind {
            continue;
        }
        let (span, class) = (found.span.clone(), found.class);
        let end = back(context.text, head(context, span.start));
        let owned = || (class >= Class::THREE).then(|| name::owner_before(context.text, end)).flatten();
        let before =
            owned().or_else(|| behind_cue(context, id.rule, end)).or_else(|| name::ending_at(context.text, end));
        let behind = name::beginning_at(context.text, ahead(context.text, span.end));
        for name in before.into_iter().chain(behind) {
            led::push(searcher, id, name.span, CONFIDENCE.min(name.confidence), Support::Near, out);
        }
    }
}

/// Appends the names that follow one of `out[from..]` in a list: 参会人员：张三、李四、王小明.
pub(super) fn find_listed(searcher: &Searcher<'_>, context: &Context<'_>, from: usize, out: &mut Vec<Finding>) {
    let Some(id) = searcher.recognised.name else { return };
    let kind = searcher.rules.at(id.rule).kind;
    let is_first =
        |found: &&Finding| found.kind == kind && context.text[found.span.end..].starts_with(LISTS.as_bytes());
    let mut ends: Vec<usize> = out[from..].iter().filter(is_first).map(|found| found.span.end).collect();
    ends.sort_unstable();
    // Each list is walked once, however many of its names are known already.
    let mut reached = 0;
    for mut end in ends {
        if end < reached {
            continue;
        }
        while context.text[end..].starts_with(LISTS.as_bytes())
            && let Some(name) = name::beginning_at(context.text, end + LISTS.len())
        {
            end = name.span.end;
            led::push(searcher, id, name.span, CONFIDENCE.min(name.confidence), Support::Near, out);
        }
        reached = end;
    }
}

/// The name that is all there is between a cue for names and the connectors that begin at `end`.
fn behind_cue(context: &Context<'_>, rule: u16, end: usize) -> Option<name::NameMatch> {
    let index = context.hits.partition_point(|hit| hit.end <= end);
    let cue = context.hits[..index].last().filter(|hit| hit.end - hit.start >= CUE_BYTES)?;
    let label = context.labels.get(cue.label.before?);
    label.names(rule).then(|| name::between(context.text, bridge::end(context.text, cue.end), end)).flatten()
}

/// Where the label of the value at `start` begins, or the value itself.
fn head(context: &Context<'_>, start: usize) -> usize {
    let index = context.hits.partition_point(|hit| hit.end <= start);
    let label = context.hits[..index].last().filter(|hit| bridge::spans(context.text, hit.end, start));
    label.map_or(start, |hit| hit.start)
}

/// The place before the connectors and remarks that end at `end`.
fn back(text: &[u8], mut end: usize) -> usize {
    for _ in 0..PIECES_LIMIT {
        let before = &text[..end];
        let Some(last) = before.last() else { break };
        let mut alike = CONNECTORS.iter().chain(&REMARKS).filter(|piece| piece.as_bytes().last() == Some(last));
        let piece = alike.find(|piece| before.ends_with(piece.as_bytes()));
        match piece {
            Some(&"岁") => end = before_age(text, end),
            Some(piece) => end -= piece.len(),
            None => break,
        }
    }
    end
}

/// The place before an age that ends at `end`, 35岁.
fn before_age(text: &[u8], end: usize) -> usize {
    let number = end - "岁".len();
    let digits = text[..number].iter().rev().take(3).take_while(|b| b.is_ascii_digit()).count();
    number - digits
}

/// The place behind the connectors that begin at `at`.
fn ahead(text: &[u8], mut at: usize) -> usize {
    for _ in 0..PIECES_LIMIT {
        let Some(first) = text.get(at) else { break };
        let mut alike = CONNECTORS.iter().filter(|connector| connector.as_bytes()[0] == *first);
        match alike.find(|connector| text[at..].starts_with(connector.as_bytes())) {
            Some(connector) => at += connector.len(),
            None => break,
        }
    }
    at
}
