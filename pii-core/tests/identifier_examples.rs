//! Every check passes the examples of its format and turns down the counter-examples, as rules reach it: by name, with
//! the canonical value.

use pii_core::check::{self, Verdict};
use serde::Deserialize;

#[derive(Deserialize)]
struct Examples {
    format: Vec<Format>,
}

#[derive(Deserialize)]
struct Format {
    name: String,
    check: String,
    valid: Vec<String>,
    invalid: Vec<String>,
}

/// What rules do before a check: upper case, and neither separators nor the country code.
fn canonical(format: &str, value: &str) -> Vec<u8> {
    let upper = value.to_ascii_uppercase();
    match format {
        "mac" => upper.into_bytes(),
        "mobile" => {
            let digits: String = upper.chars().filter(char::is_ascii_digit).collect();
            let bare = digits.strip_prefix("00").unwrap_or(&digits);
            bare.strip_prefix("86").unwrap_or(bare).as_bytes().to_vec()
        }
        _ => upper.bytes().filter(u8::is_ascii_alphanumeric).collect(),
    }
}

#[test]
fn checks_agree_with_the_examples() {
    let examples: Examples = toml::from_str(include_str!("data/identifier_examples.toml")).expect("well written");
    let mut tried = 0;
    for format in &examples.format {
        let check = check::named(&format.check).expect("a check of this name");
        for (values, passes) in [(&format.valid, true), (&format.invalid, false)] {
            for value in values {
                let verdict = check(&canonical(&format.name, value));
                assert_eq!(verdict >= Verdict::Likely, passes, "{}: {value} is {verdict:?}", format.name);
                tried += 1;
            }
        }
    }
    assert_eq!(tried, EXAMPLE_COUNT, "an example was added or lost");
}

const EXAMPLE_COUNT: usize = 90;
