//! How much is left to guess of a masked number, beside what else its record shows.

use super::case::Case;
use crate::aside::Aside;
use crate::mask::{Beside, BirthKnown, Mask, Method, Split};
use crate::policy::Action;
use crate::residual::{RegionKnown, SideKnowledge, Structure, residual_bits};
use crate::rule::Shape;

/// Longer numbers are counted with memory of their own.
const USUAL_LENGTH: usize = 40;

/// Bits left of a value under `mask`. Infinity for what is no number: names and addresses have no floor of their own.
pub(super) fn bits(case: &Case<'_>, mask: &Mask, beside: &Beside) -> f64 {
    let Shape::Token(shape) = &case.form.shape else { return f64::INFINITY };
    let canonical = case.canonical();
    let length = canonical.len();
    let structure = Structure::of(case.form.check_name.as_deref(), shape.alphabet.len() as u32, length);
    let (first, last) = mask.shown_ends(&canonical);
    let side = SideKnowledge {
        birth_date: beside.birth == BirthKnown::Day,
        age: beside.age || beside.birth != BirthKnown::Hidden,
        sex: beside.sex,
        region: beside.region,
    };
    let (mut usual, mut long) = ([None; USUAL_LENGTH], Vec::new());
    let shown = match usual.get_mut(..length) {
        Some(usual) => usual,
        None => {
            long.resize(length, None);
            &mut long[..]
        }
    };
    for (at, (place, byte)) in shown.iter_mut().zip(canonical.bytes()).enumerate() {
        *place = (at < first || at + last >= length).then_some(byte);
    }
    residual_bits(&structure, shown, side)
}

/// What the record shows of the person beside the numbers.
pub(super) fn beside(cases: &[Case<'_>], aside: Aside, cut_short: bool) -> Beside {
    if cut_short {
        return Beside { birth: BirthKnown::Day, age: true, sex: true, region: RegionKnown::County };
    }
    let birth = cases.iter().map(birth_shown).max().unwrap_or_default();
    let region = cases.iter().map(region_shown).max().unwrap_or_default();
    Beside { birth, age: aside.age, sex: aside.sex, region }
}

/// How much of a birth date stays visible.
fn birth_shown(case: &Case<'_>) -> BirthKnown {
    if case.item.finding.kind().as_str() != "date_of_birth" {
        return BirthKnown::Hidden;
    }
    match (case.decision.action, case.mask.method(), case.mask.parts()) {
        (Action::Pass, ..) => BirthKnown::Day,
        (Action::Mask, Method::Date, 2..) => BirthKnown::Month,
        (Action::Mask, Method::Date, 1) => BirthKnown::Year,
        _ => BirthKnown::Hidden,
    }
}

/// How much of an address stays visible.
fn region_shown(case: &Case<'_>) -> RegionKnown {
    let Some(Split::Address { city, county, .. }) = case.split else { return RegionKnown::Hidden };
    let keeps_county = match case.decision.action {
        Action::Pass => true,
        Action::Mask if case.mask.method() == Method::Address => case.mask.parts() > 2,
        _ => return RegionKnown::Hidden,
    };
    match (city > 0, county > city) {
        (_, true) if keeps_county => RegionKnown::County,
        (true, _) => RegionKnown::City,
        _ => RegionKnown::Hidden,
    }
}

/// What of `beside` speaks of a value: the birth date, the age, the sex, the place, where that alone leaves less to guess
/// than nothing does.
pub(super) fn speaking(beside: &Beside, bits: impl Fn(&Beside) -> f64) -> [bool; 4] {
    let alone = bits(&Beside::default());
    [
        Beside { birth: beside.birth, ..Beside::default() },
        Beside { age: beside.age, ..Beside::default() },
        Beside { sex: beside.sex, ..Beside::default() },
        Beside { region: beside.region, ..Beside::default() },
    ]
    .map(|part| bits(&part) < alone)
}
