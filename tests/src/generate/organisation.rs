//! Organisations' codes. They pass by default, save an individual's business (USCC from 92).

use super::identity::county;
use super::{Generator, Sign, Slot};
use crate::check_digits::{USCC_ALPHABET, organisation_code, uscc};

pub(super) const SLOTS: &[Slot] = &[
    Slot {
        name: "uscc", kind: "uscc", sign: Sign::Check, label: "统一社会信用代码", field: "uscc", make: company
    },
    Slot {
        name: "trader",
        kind: "uscc",
        sign: Sign::Check,
        label: "统一社会信用代码",
        field: "creditCode",
        make: trader,
    },
    Slot {
        name: "orgcode",
        kind: "organisation_code",
        sign: Sign::Nothing,
        label: "组织机构代码",
        field: "orgCode",
        make: code,
    },
    Slot { name: "bic", kind: "swift_bic", sign: Sign::Nothing, label: "SWIFT代码", field: "bic", make: bic },
];

fn company(g: &mut Generator) -> String {
    let start = g.random.pick(&["91", "91", "91", "12", "51", "93"]);
    registered(g, start)
}

/// 个体工商户.
fn trader(g: &mut Generator) -> String {
    registered(g, "92")
}

/// The organisation code, with its own check character, is the middle of the unified code.
fn registered(g: &mut Generator, start: &str) -> String {
    let body = format!("{start}{}{}", county(g), organisation(g));
    let check = uscc(&body);
    format!("{body}{check}")
}

fn organisation(g: &mut Generator) -> String {
    let body =
        if g.random.chance(60) { format!("MA{}", g.random.string(USCC_ALPHABET, 6)) } else { g.random.digits(8) };
    let check = organisation_code(&body);
    format!("{body}{check}")
}

fn code(g: &mut Generator) -> String {
    let plain = organisation(g);
    format!("{}-{}", &plain[..8], &plain[8..])
}

fn bic(g: &mut Generator) -> String {
    let bank = g.random.pick(&["ICBK", "ABOC", "BKCH", "PCBC", "CMBC", "COMM", "CIBK", "EVER"]);
    let branch = g.random.pick(&["", "300", "400", "45A", "110", "XXX", "740", "95D"]);
    format!("{bank}CNBJ{branch}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_check_characters_hold() {
        let mut g = Generator::new(8);
        for _ in 0..300 {
            let number = company(&mut g);
            assert_eq!(number.len(), 18);
            assert!(number.ends_with(uscc(&number[..17])));
            assert_eq!(number.chars().nth(16), Some(organisation_code(&number[8..16])));
            assert!(trader(&mut g).starts_with("92"));
        }
    }
}
