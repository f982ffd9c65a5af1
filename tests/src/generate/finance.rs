//! Bank cards, bank accounts, IBAN.

use std::sync::LazyLock;

use super::{Generator, Sign, Slot};
use crate::check_digits::{iban as iban_check, luhn};

pub(super) const SLOTS: &[Slot] = &[
    Slot { name: "card", kind: "bank_card", sign: Sign::Check, label: "银行卡号", field: "bankCard", make: card },
    Slot {
        name: "card_forms", kind: "bank_card", sign: Sign::Check, label: "卡号", field: "cardNo", make: card_forms
    },
    Slot {
        name: "account",
        kind: "bank_account",
        sign: Sign::Nothing,
        label: "银行账号",
        field: "bankAccount",
        make: account,
    },
    Slot { name: "iban", kind: "iban", sign: Sign::Check, label: "IBAN", field: "iban", make: iban },
];

/// Prefix and length of the whole number.
static PREFIXES: LazyLock<Vec<(&'static str, usize)>> = LazyLock::new(|| {
    let table = include_str!("../../data/bank_card_prefixes.tsv").lines().filter(|line| !line.starts_with('#'));
    table
        .map(|line| {
            let mut columns = line.split('\t');
            let prefix = columns.next().expect("a prefix in every row");
            let length = columns.next().and_then(|length| length.parse().ok()).expect("a length in every row");
            (prefix, length)
        })
        .collect()
});

fn card(g: &mut Generator) -> String {
    let (prefix, length) = g.random.pick(&PREFIXES);
    let body = prefix.to_owned() + &g.random.digits(length - prefix.len() - 1);
    let check = luhn(&body);
    format!("{body}{check}")
}

fn card_forms(g: &mut Generator) -> String {
    let number = card(g);
    let separator = g.random.pick(&["", "", " ", "-"]);
    let groups: Vec<&str> = (0..number.len()).step_by(4).map(|at| &number[at..number.len().min(at + 4)]).collect();
    groups.join(separator)
}

/// Accounts of firms and passbooks have no public check digit.
fn account(g: &mut Generator) -> String {
    let length = g.random.between(12, 20);
    g.random.number(length)
}

fn iban(g: &mut Generator) -> String {
    let (country, letters, digits) = g.random.pick(&[
        ("GB", 4, 14),
        ("DE", 0, 18),
        ("NL", 4, 10),
        ("CH", 0, 17),
        ("LU", 0, 16),
        ("ES", 0, 20),
        ("IE", 4, 14),
        ("AT", 0, 16),
        ("BE", 0, 12),
    ]);
    let account = g.random.string("ABCDEFGHIJKLMNOPQRSTUVWXYZ", letters) + &g.random.digits(digits);
    format!("{country}{}{account}", iban_check(country, &account))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check_digits::is_luhn;
    use std::collections::BTreeSet;

    #[test]
    fn the_table_has_two_hundred_prefixes_of_all_lengths() {
        assert!(PREFIXES.len() >= 200, "{}", PREFIXES.len());
        let lengths: BTreeSet<usize> = PREFIXES.iter().map(|(_, length)| *length).collect();
        assert_eq!(lengths, BTreeSet::from([16, 17, 18, 19]));
    }

    #[test]
    fn cards_pass_luhn_however_they_are_grouped() {
        let mut g = Generator::new(9);
        for _ in 0..500 {
            let value: String = card_forms(&mut g).chars().filter(char::is_ascii_digit).collect();
            assert!(is_luhn(&value) && (16..=19).contains(&value.len()));
        }
    }
}
