//! Files of rights: what they grant, and what is said of mistakes.
#![cfg(unix)]

mod support;

use pii_core::Kind;
use pii_store::rights::{Act, FILE_LIMIT_BYTES, PER_HOUR_LIMIT, Rights};
use support::{day, kind};

fn known() -> [Kind; 3] {
    ["bank_card", "resident_id", "qq"].map(kind)
}

const GOOD: &str = r#"
[[right]]
actor = "desk"
act = "reveal"
kinds = ["bank_card", "qq"]
purposes = ["complaint", "audit"]
scopes = ["prod"]
per_hour = 50
expires = 2026-11-23

[[right]]
actor = ["desk", "ops-1"]
act = "reveal"
kinds = "resident_id"
purposes = "audit"
scopes = ["", "test"]
per_hour = 1_0
expires = "2026-12-31"
"#;

fn parsed(text: &str) -> Result<Rights, String> {
    Rights::parse("rights.toml", text, &known()).map_err(|said| said.to_string())
}

#[test]
fn what_no_right_says_is_not_granted() {
    let rights = parsed(GOOD).unwrap();
    assert_eq!((rights.all().len(), rights.all()[1].line()), (2, 11));
    let grant = |actor, act, purpose, on| rights.grant(actor, act, purpose, day(on));
    for (actor, act, purpose, on) in [
        ("desk2", Act::Reveal, "audit", 1),
        ("Desk", Act::Reveal, "audit", 1),
        ("", Act::Reveal, "audit", 1),
        ("desk", Act::Tokenise, "audit", 1),
        ("desk", Act::Reveal, "marketing", 1),
        ("desk", Act::Reveal, "", 1),
        ("ops-1", Act::Reveal, "complaint", 1),
        ("desk", Act::Reveal, "complaint", 24),
    ] {
        assert!(grant(actor, act, purpose, on).is_none(), "{actor} {act} {purpose} {on}");
    }
    let one = grant("desk", Act::Reveal, "complaint", 23).unwrap();
    assert_eq!((one.per_hour(), one.kinds()), (50, vec![kind("bank_card"), kind("qq")]));
    assert!(one.covers(kind("bank_card"), "prod"));
    assert!(!one.covers(kind("bank_card"), "") && !one.covers(kind("bank_card"), "test"));
    assert!(!one.covers(kind("resident_id"), "prod"));
    let both = grant("desk", Act::Reveal, "audit", 23).unwrap();
    assert_eq!((both.per_hour(), both.kinds().len()), (10, 3), "the least of both");
    assert!(both.covers(kind("bank_card"), "prod") && both.covers(kind("resident_id"), ""));
    assert!(!both.covers(kind("bank_card"), "test"), "no kind of one right with the scope of another");
    assert_eq!(grant("desk", Act::Reveal, "audit", 24).unwrap().kinds(), [kind("resident_id")]);
}

#[test]
fn nothing_is_granted_by_an_empty_file() {
    for text in ["", "# nothing yet\n", "right = []"] {
        let rights = parsed(text).unwrap();
        assert!(rights.grant("desk", Act::Reveal, "audit", day(1)).is_none(), "{text}");
    }
    assert!(Rights::default().grant("desk", Act::Reveal, "audit", day(1)).is_none());
}

#[test]
fn mistakes_are_named_with_line_and_what_to_write() {
    // What to put in place of what, and the line and words of the complaint.
    let table = [
        (
            "act = \"reveal\"\nkinds = [\"bank",
            "act = \"revael\"\nkinds = [\"bank",
            4,
            "unknown act \"revael\": write \"reveal\"",
        ),
        ("act = \"reveal\"\nkinds = [\"bank", "act = \"delete\"\nkinds = [\"bank", 4, "write one of reveal, tokenise"),
        ("\"bank_card\"", "\"bankcard\"", 5, "unknown kind \"bankcard\": write \"bank_card\""),
        ("kinds = \"resident_id\"", "kinds = \"*\"", 14, "unknown kind \"*\""),
        ("per_hour = 50", "per_hours = 50", 8, "unknown key in [[right]] \"per_hours\": write \"per_hour\""),
        ("per_hour = 50", "", 2, "must say \"per_hour\": write per_hour = 50"),
        ("per_hour = 50", "per_hour = 0", 8, "from 1 to 1000000000"),
        ("per_hour = 50", "per_hour = -1", 8, "from 1 to"),
        ("per_hour = 50", "per_hour = \"50\"", 8, "write per_hour = 50"),
        ("per_hour = 50", "per_hour = 99999999999999999999", 8, "from 1 to"),
        ("expires = 2026-11-23", "", 2, "must say \"expires\": write expires = 2027-06-30"),
        ("expires = 2026-11-23", "expires = \"2026-11-31\"", 9, "a day that exists"),
        ("expires = 2026-11-23", "expires = 2026-11-23T10:00:00Z", 9, "a day that exists"),
        ("actor = \"desk\"", "", 2, "must say \"actor\""),
        ("actor = \"desk\"", "actor = \"\"", 3, "\"actor\" must not be empty"),
        ("actor = \"desk\"", "actor = \"*\"", 3, "no word for all"),
        ("actor = \"desk\"", "actor = \" desk\"", 3, "white space"),
        ("actor = \"desk\"", "actor = 7", 3, "a string or a list of strings"),
        ("purposes = \"audit\"", "purposes = []", 15, "an empty list, which grants nothing"),
        ("purposes = \"audit\"", "purposes = [\"audit\", \"\"]", 15, "must not be empty"),
        ("scopes = [\"prod\"]", "scopes = [\"*\"]", 7, "no word for all"),
        ("scopes = [\"prod\"]", "", 2, "must say \"scopes\""),
        ("act = \"reveal\"\nkinds = [\"bank", "act = [\"reveal\", \"tokenise\"]\nkinds = [\"bank", 2, "one string"),
        ("[[right]]\nactor = [", "[[rights]]\nactor = [", 11, "unknown key in the file \"rights\": write \"right\""),
        ("per_hour = 50", "per_hour 50", 8, "this is no TOML"),
        ("per_hour = 50", "per_hour = 50\nper_hour = 60", 9, "this is no TOML"),
    ];
    for (right, wrong, line, words) in table {
        assert!(GOOD.contains(right), "{right}");
        let said = parsed(&GOOD.replacen(right, wrong, 1)).expect_err(wrong);
        assert!(said.starts_with(&format!("rights.toml:{line}: ")) && said.contains(words), "{wrong}: {said}");
    }
    assert!(parsed("right = 3").is_err_and(|said| said.contains("write [[right]]")));
    assert!(parsed(&GOOD.replace("50", &PER_HOUR_LIMIT.to_string())).is_ok());
    let many = GOOD.repeat(5001);
    assert!(parsed(&many).is_err_and(|said| said.contains("more than 10000 rights")));
    let long = format!("# {}", "a".repeat(FILE_LIMIT_BYTES));
    assert!(parsed(&long).is_err_and(|said| said.contains("more than 4194304 bytes")));
}

#[test]
fn no_part_of_a_file_grants_more_than_the_whole() {
    let whole = parsed(GOOD).unwrap();
    for end in 0..=GOOD.len() {
        // Cut anywhere it is a mistake, or the rights that were whole by then.
        if let Ok(part) = parsed(&GOOD[..end]) {
            assert_eq!(part.all(), &whole.all()[..part.all().len()], "cut at {end}");
        }
    }
}
