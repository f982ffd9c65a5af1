//! A line that the sieve passes over holds nothing.

use pii_core::{Engine, Evidence, RuleSet, Scratch, Segment};
use proptest::prelude::*;
use std::ops::Range;
use std::sync::OnceLock;

/// Enough for a sieve to be laid out, in bytes.
const MUCH: usize = 32 << 10;

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| {
        let engine = Engine::new(RuleSet::builtin());
        let first = engine.next_line(&[b' '; MUCH], 0, &mut Scratch::default());
        assert!(first.is_some(), "nothing is laid out for one line");
        engine
    })
}

fn exhaustive() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::exhaustive(RuleSet::builtin()))
}

/// The texts of all examples and counter-examples.
fn texts() -> &'static [String] {
    static TEXTS: OnceLock<Vec<String>> = OnceLock::new();
    TEXTS.get_or_init(|| {
        let rules = engine().rules().rules();
        let examples = rules.iter().flat_map(|rule| rule.examples()).map(|example| example.text.clone());
        let counters = rules.iter().flat_map(|rule| rule.counters()).map(|counter| counter.text.clone());
        examples.chain(counters).flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
    })
}

fn may_hold(line: &[u8]) -> bool {
    engine().next_line(line, 0, &mut Scratch::default()).is_some()
}

/// Whether a search finds anything.
fn holds(line: &[u8]) -> bool {
    let mut findings = Vec::new();
    let segment = Segment::new(line, Evidence::none()).expect("a line is short");
    exhaustive().find(segment, &mut Scratch::default(), &mut findings);
    !findings.is_empty()
}

fn is_kept(line: &str) -> bool {
    may_hold(line.as_bytes()) || !holds(line.as_bytes())
}

#[test]
fn examples_are_kept() {
    let passed_over: Vec<&String> = texts().iter().filter(|line| !is_kept(line)).collect();
    assert!(passed_over.is_empty(), "{passed_over:#?}");
    assert!(texts().iter().filter(|line| holds(line.as_bytes())).count() > 100, "there are examples");
}

/// The lines of a text that hold something, and are not told of when the text is gone over.
fn passed_over(text: &str) -> Vec<&str> {
    let mut scratch = Scratch::default();
    let mut told = Vec::new();
    let mut from = 0;
    while let Some(line) = engine().next_line(text.as_bytes(), from, &mut scratch) {
        from = line.end + 1;
        told.push(line);
    }
    let mut start = 0;
    let lines = text.split('\n').map(|line| {
        let span = start..start + line.len();
        start = span.end + 1;
        (span, line)
    });
    let is_missed = |(span, line): &(Range<usize>, &str)| !told.contains(span) && holds(line.as_bytes());
    lines.filter(is_missed).map(|(_, line)| line).collect()
}

#[test]
fn no_line_of_a_text_is_passed_over_that_holds_something() {
    // In both orders, and behind lines of every length: what is known of one line is not of the next one.
    let all = texts().join("\n");
    assert_eq!(passed_over(&all), [""; 0]);
    let backwards: Vec<&str> = all.lines().rev().collect();
    assert_eq!(passed_over(&backwards.join("\n")), [""; 0]);
    for len in 0..130 {
        let text = format!("{}\n{}", "-".repeat(len), all.lines().skip(len * 7).take(7).collect::<Vec<_>>().join("\n"));
        assert_eq!(passed_over(&text), [""; 0], "{len}");
    }
}

#[test]
fn words_in_characters_of_either_form_are_kept() {
    let words = ["资金账号", "資金账号", "资金賬号", "资金账號", "資金賬號", "股東賬戶資金账号"];
    let others = ["", "證券", "客户", "  "];
    for (word, before) in words.iter().flat_map(|word| others.map(|before| (word, before))) {
        let line = format!("{before}{word}：880012345678");
        assert!(holds(line.as_bytes()) && may_hold(line.as_bytes()), "{line}");
    }
}

#[test]
fn ordinary_lines_are_passed_over() {
    for line in [
        "",
        "2025-04-19 00:11:44.076 [exec-64] ERROR risk-engine - heartbeat seq=747017593076 ts=1747577119932 queue=0 gc=3ms",
        "order accepted orderId=2024928393092450132069 code=IF2409 price=124.13 qty=43400 amount=794.85 latency=5306us",
        "今日沪深两市震荡上行，中芯国际收涨1.50%，成交额17.00万元；板块方面，半导体、新能源车、券商股领涨。",
        "span=c4a83609-2472-bfca-a120-69b82febab13 traceId=e989a455f449a4acbe582e219d0824fb",
        "{\"orderNo\":\"2024752590852693508449\",\"amount\":\"9,111.93\",\"status\":\"SETTLED\"}",
    ] {
        assert!(!may_hold(line.as_bytes()), "{line}");
        assert!(!holds(line.as_bytes()), "{line}");
    }
}

proptest! {
    /// Examples in any order, some in one line.
    #[test]
    fn lines_of_texts_are_kept_that_hold_something(
        parts in prop::collection::vec((any::<prop::sample::Index>(), 0..4usize), 1..12),
    ) {
        let mut text = String::new();
        for (which, mark) in parts {
            text.push_str(&texts()[which.index(texts().len())]);
            text.push_str(["\n", "\n", " ", "\n\n"][mark]);
        }
        prop_assert_eq!(passed_over(&text), [""; 0], "{}", text);
    }

    /// Parts of examples beside each other, in documents' marks and disguises.
    #[test]
    fn what_is_put_together_of_examples_is_kept(
        parts in prop::collection::vec((any::<prop::sample::Index>(), any::<(u8, u8)>(), 0..8usize), 1..5),
    ) {
        let mut line = String::new();
        for (which, (from, len), mark) in parts {
            let text = &texts()[which.index(texts().len())];
            let characters: Vec<char> = text.chars().collect();
            let from = usize::from(from) % (characters.len() + 1);
            let from = if mark % 2 == 0 { 0 } else { from };
            let part = characters[from..].iter().take(if len < 128 { 64 } else { usize::from(len) % 24 });
            line.extend(part);
            line.push_str(["", " ", "\":\"", "=", "，", "\u{200B}", "\",\"", "_"][mark]);
        }
        prop_assert!(is_kept(&line), "{}", line);
    }

    #[test]
    fn any_bytes_are_kept_that_hold_something(
        which: prop::sample::Index,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
    ) {
        let mut line = texts()[which.index(texts().len())].clone().into_bytes();
        for (at, byte) in changes {
            if !line.is_empty() && byte != b'\n' {
                let at = at.index(line.len());
                line[at] = byte;
            }
        }
        prop_assert!(may_hold(&line) || !holds(&line), "{}", String::from_utf8_lossy(&line));
    }
}
