//! Names and addresses in the sentences of the trade, through the whole engine.

use pii_core::{Engine, Evidence, RuleSet, Scratch, Segment};

const SENTENCES: &str = include_str!("data/names_and_addresses.txt");

const MARKS: [(&str, char, char); 2] = [("person_name", '«', '»'), ("address", '‹', '›')];

/// A sentence without its marks, and what they stand around.
fn read(line: &str) -> (String, Vec<(&str, String)>) {
    let (mut text, mut marked) = (String::new(), Vec::new());
    let mut begun = None;
    for c in line.chars() {
        match MARKS.iter().find(|(_, open, close)| c == *open || c == *close) {
            Some((_, open, _)) if c == *open => begun = Some(text.len()),
            Some((kind, ..)) => marked.extend(begun.take().map(|start| (*kind, text[start..].to_owned()))),
            None => text.push(c),
        }
    }
    (text, marked)
}

fn found(engine: &Engine, scratch: &mut Scratch, text: &str) -> Vec<(&'static str, String)> {
    let mut findings = Vec::new();
    let segment = Segment::new(text.as_bytes(), Evidence::none()).expect("short");
    engine.find(segment, scratch, &mut findings);
    let kind = |name| MARKS.iter().map(|(kind, ..)| *kind).find(|kind| *kind == name);
    findings.iter().filter_map(|f| Some((kind(f.kind().as_str())?, text[f.span()].to_owned()))).collect()
}

#[test]
fn what_is_marked_is_found_and_nothing_else() {
    let engine = Engine::new(RuleSet::builtin());
    let mut scratch = Scratch::default();
    let sentences: Vec<&str> = SENTENCES.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert!(sentences.len() > 150, "{} sentences", sentences.len());
    let (mut wanted, mut missed, mut extra) = (0, 0, 0);
    let mut wrong = Vec::new();
    for line in &sentences {
        let (text, marked) = read(line);
        let found = found(&engine, &mut scratch, &text);
        wanted += marked.len();
        missed += marked.iter().filter(|item| !found.contains(item)).count();
        extra += found.iter().filter(|item| !marked.contains(item)).count();
        if found != marked {
            wrong.push(format!("{line}\n    finds {found:?}"));
        }
    }
    let count = sentences.len();
    assert!(
        wrong.is_empty(),
        "{missed} of {wanted} missed, {extra} too many in {count} sentences:\n{}",
        wrong.join("\n")
    );
}
