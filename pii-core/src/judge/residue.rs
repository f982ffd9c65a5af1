//! How much is left to guess of a masked number, beside what else its record shows.

use super::{Case, split};
use crate::aside::Aside;
use crate::mask::{Beside, BirthKnown, Mask, Method, Split};
use crate::policy::Action;
use crate::residual::{RegionKnown, SideKnowledge, Structure, residual_bits};
use crate::rule::{Form, RuleSet, Shape};

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
        region: beside.region,
    };
    residual_bits(&structure, &shown, side)
}

/// What the record shows of the person beside the numbers.
pub(super) fn beside(rules: &RuleSet, cases: &[Case<'_>], aside: Aside, cut_short: bool) -> Beside {
    if cut_short {
        return Beside { birth: BirthKnown::Day, age: true, sex: true, region: RegionKnown::County };
    }
    let birth = cases.iter().map(birth_shown).max().unwrap_or_default();
    let region = cases.iter().map(|case| region_shown(rules, case)).max().unwrap_or_default();
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
fn region_shown(rules: &RuleSet, case: &Case<'_>) -> RegionKnown {
    let rule = rules.at(case.item.finding.rule);
    let Some(Split::Address { city, county, .. }) = split(rule, case) else { return RegionKnown::Hidden };
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

/// What of `beside` speaks of a value that is masked so: the parts that alone leave less to guess than nothing does.
pub(super) fn told(beside: &Beside, bits: impl Fn(&Beside) -> f64) -> String {
    let alone = bits(&Beside::default());
    let parts = [
        ("a birth date", Beside { birth: beside.birth, ..Beside::default() }),
        ("an age", Beside { age: beside.age, ..Beside::default() }),
        ("the sex", Beside { sex: beside.sex, ..Beside::default() }),
        ("a place", Beside { region: beside.region, ..Beside::default() }),
    ];
    let speaking = parts.iter().filter(|(_, part)| bits(part) < alone).map(|(name, _)| *name);
    speaking.collect::<Vec<_>>().join(", ")
}
