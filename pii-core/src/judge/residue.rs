//! How much is left to guess of a masked number, beside what else its record shows.

use super::Case;
use crate::mask::{Beside, BirthKnown, Mask};
use crate::policy::Action;
use crate::residual::{SideKnowledge, Structure, residual_bits};
use crate::rule::{Form, Shape};

/// Bits left of `canonical` under `mask`. Infinity for what is no number: names and addresses have no floor of their own.
pub(super) fn bits(form: &Form, canonical: &str, mask: &Mask, beside: &Beside) -> f64 {
    let Shape::Token(shape) = &form.shape else { return f64::INFINITY };
    let length = canonical.len();
    let structure = Structure::of(form.check_name.as_deref(), shape.alphabet.len() as u32, length);
    let (first, last) = mask.shown_ends(canonical);
    let shown: Vec<Option<u8>> =
        canonical.bytes().enumerate().map(|(at, byte)| (at < first || at + last >= length).then_some(byte)).collect();
    let side = SideKnowledge {
        birth_date: beside.birth == BirthKnown::Day,
        age: beside.age || beside.birth != BirthKnown::Hidden,
        sex: beside.sex,
        region: false,
    };
    residual_bits(&structure, &shown, side)
}

/// What the record shows of the person beside the numbers.
pub(super) fn beside(cases: &[Case<'_>], cut_short: bool) -> Beside {
    if cut_short {
        return Beside { birth: BirthKnown::Day, age: true, sex: true };
    }
    let date_stays =
        |case: &Case<'_>| case.item.finding.kind().as_str() == "date_of_birth" && case.decision.action == Action::Pass;
    let shows_date = cases.iter().any(date_stays);
    Beside { birth: if shows_date { BirthKnown::Day } else { BirthKnown::Hidden }, age: false, sex: false }
}
