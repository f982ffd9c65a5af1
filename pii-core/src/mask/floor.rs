//! The floor: how much must be left to guess of a number that leaves the firm.
//!
//! One mask may be strong and two together weak: an ID that shows its first and last digit leaves 31 bits, and 15 when
//! the birth date stands beside it. So the numbers of one record are judged together. The full mask is always enough:
//! there is nothing left to hide.

use super::{Mask, Method};
use crate::residual::RegionKnown;

/// A numbered value of a record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Numbered {
    /// The mask it would have.
    pub mask: Mask,
    /// Stands for the value: equal for equal canonical values, and different for others (a hash that stays in memory).
    pub value: u64,
}

/// What a reader of the record gets to know besides: what *stays visible*, not what was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// A birth date.
    pub birth: BirthKnown,
    /// An age, or something that gives it away.
    pub age: bool,
    /// The sex; 先生 and 女士 tell it too.
    pub sex: bool,
    /// A place where the person lives.
    pub region: RegionKnown,
}

/// How much of a birth date stays visible.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum BirthKnown {
    /// Nothing.
    #[default]
    Hidden,
    /// The year.
    Year,
    /// Year and month.
    Month,
    /// All of it.
    Day,
}

/// The mask that a value of the record gets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kept {
    /// The mask to use.
    pub mask: Mask,
    /// How many bits are left to guess under it, beside what else the record shows. Infinity where nothing can be counted.
    pub bits: f64,
    /// Why it is not the one that was asked for.
    pub widened: Option<Widening>,
}

/// What the floor changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Widening {
    /// Why.
    pub why: WhyWider,
    /// What the mask that was asked for would have left to guess.
    pub bits_before: f64,
    /// What is left now.
    pub bits_after: f64,
}

/// Why a mask was made wider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyWider {
    /// It leaves too little to guess.
    TooWeak,
    /// It leaves too little to guess beside what else the record shows.
    SideKnowledge,
    /// The same value had two masks, which together show more than either.
    TwoMasks,
}

/// Makes masks wider until each leaves `floor_bits` to guess, or shows nothing.
///
/// `residual(index, mask, beside)` says how many bits are left of the value at `index` under `mask`; infinity for what
/// has no structure to count. What is not a number counts as nothing left. The mask that shows most and holds the floor
/// is taken; of two that show as much, the one that shows more at the end, by which people know a number.
///
/// Equal values have equal masks afterwards. Calls `residual` at most 60 times a value.
pub fn hold_floor(
    items: &[Numbered],
    beside: Beside,
    floor_bits: f64,
    residual: impl Fn(usize, &Mask, &Beside) -> f64,
) -> Vec<Kept> {
    let bits = |index: usize, mask: &Mask, beside: &Beside| match residual(index, mask, beside) {
        bits if bits.is_nan() => 0.0,
        bits => bits,
    };
    let equal = equal_values(items);
    let asked: Vec<Mask> = items.iter().map(|item| item.mask).collect();
    let joint = joint_masks(asked, &equal);
    // What was counted for a mask is kept with it: counting takes longer than masking.
    let mut counted: Vec<Option<f64>> = vec![None; items.len()];
    let strong: Vec<Mask> = joint
        .iter()
        .zip(&mut counted)
        .enumerate()
        .map(|(index, (mask, counted))| {
            let holds = |mask: &Mask| {
                let left = bits(index, mask, &beside);
                *counted = Some(left).filter(|left| *left >= floor_bits);
                left >= floor_bits
            };
            narrowest(*mask, holds)
        })
        .collect();
    // Equal values may be of kinds that count differently: the mask that shows least is everyone's.
    let masks = joint_masks(strong.clone(), &equal);
    let kept = items.iter().enumerate().map(|(index, item)| {
        let mask = masks[index];
        let known = counted[index].filter(|_| strong[index] == mask);
        let left = known.unwrap_or_else(|| bits(index, &mask, &beside));
        if mask == item.mask {
            return Kept { mask, bits: left, widened: None };
        }
        let why = if joint[index] != item.mask || strong[index] != mask {
            WhyWider::TwoMasks
        } else if bits(index, &item.mask, &Beside::default()) >= floor_bits {
            WhyWider::SideKnowledge
        } else {
            WhyWider::TooWeak
        };
        let (bits_before, bits_after) = (bits(index, &item.mask, &beside), left);
        Kept { mask, bits: left, widened: Some(Widening { why, bits_before, bits_after }) }
    });
    kept.collect()
}

/// The values and their items, equal ones side by side; nothing where no two are equal.
fn equal_values(items: &[Numbered]) -> Vec<(u64, usize)> {
    if items.len() < 2 {
        return Vec::new();
    }
    let mut order: Vec<(u64, usize)> = items.iter().map(|item| item.value).zip(0..).collect();
    order.sort_unstable();
    if order.windows(2).all(|pair| pair[0].0 != pair[1].0) {
        order.clear();
    }
    order
}

/// The masks, of equal values only what all of them show.
fn joint_masks(mut masks: Vec<Mask>, equal: &[(u64, usize)]) -> Vec<Mask> {
    for same in equal.chunk_by(|a, b| a.0 == b.0) {
        let Some(joint) = same.iter().map(|(_, index)| masks[*index]).reduce(Mask::shared_with) else { continue };
        for (_, index) in same {
            masks[*index] = joint;
        }
    }
    masks
}

/// The mask that shows most of those that show no more than `mask` and hold the floor; else the full one.
fn narrowest(mask: Mask, mut holds: impl FnMut(&Mask) -> bool) -> Mask {
    if holds(&mask) || mask.method() == Method::Drop {
        return mask;
    }
    let first_most = mask.first().max(usize::from(mask.letter()));
    let ends_count = matches!(mask.method(), Method::Keep | Method::TailOfAccount | Method::AreaCode);
    if ends_count {
        for shown in (0..first_most + mask.last()).rev() {
            for last in (0..=mask.last().min(shown)).rev() {
                let candidate = mask.showing_at_most(shown - last, last);
                if shown - last <= first_most && holds(&candidate) {
                    return candidate;
                }
            }
        }
    }
    Mask::full()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A resident ID of 18 digits, roughly: 3,500 regions, 25,000 birth dates, 1,000 serial numbers, one check digit.
    fn bits_of_id(_: usize, mask: &Mask, beside: &Beside) -> f64 {
        let canonical = "11010518880228002X";
        let (first, last) = mask.shown_ends(canonical);
        let region = (11.8 - 3.0 * first.min(6) as f64).max(0.0);
        let birth: f64 = match beside.birth {
            BirthKnown::Hidden if beside.age => 8.5,
            BirthKnown::Hidden => 14.6,
            BirthKnown::Year => 8.5,
            BirthKnown::Month => 5.0,
            BirthKnown::Day => 0.0,
        };
        let sex = if beside.sex { 1.0 } else { 0.0 };
        let serial = (10.0 - sex - 3.3 * last as f64).max(0.0);
        region + birth + serial
    }

    fn keep(first: usize, last: usize) -> Mask {
        Mask::parse(None, first, last, None, 0, false).expect("small numbers")
    }

    fn tail(last: usize) -> Mask {
        Mask::parse(Some("tail_of_account"), 0, last, None, 0, false).expect("small numbers")
    }

    fn hold(masks: &[(Mask, u64)], beside: Beside) -> Vec<(String, Option<WhyWider>)> {
        let items: Vec<Numbered> = masks.iter().map(|(mask, value)| Numbered { mask: *mask, value: *value }).collect();
        let kept = hold_floor(&items, beside, 19.0, bits_of_id);
        for (index, kept) in kept.iter().enumerate() {
            let bits = bits_of_id(index, &kept.mask, &beside);
            assert!(bits >= 19.0 || kept.mask == Mask::full(), "{bits} bits");
            assert_eq!(kept.bits, bits);
            assert_eq!(kept.widened.is_some(), kept.mask != items[index].mask);
            assert!(kept.widened.is_none_or(|w| w.bits_before <= w.bits_after && w.bits_after == bits));
        }
        kept.into_iter().map(|k| (k.mask.to_string(), k.widened.map(|w| w.why))).collect()
    }

    #[test]
    fn a_strong_mask_stays() {
        assert_eq!(hold(&[(keep(1, 1), 1)], Beside::default()), [("keep first=1 last=1".into(), None)]);
    }

    #[test]
    fn weak_masks_are_widened_as_little_as_it_takes() {
        assert_eq!(
            hold(&[(keep(6, 4), 1)], Beside::default()),
            [("keep first=6 last=1".into(), Some(WhyWider::TooWeak))]
        );
        let born = Beside { birth: BirthKnown::Day, ..Beside::default() };
        assert_eq!(hold(&[(keep(1, 1), 1)], born), [("keep".into(), Some(WhyWider::SideKnowledge))]);
    }

    #[test]
    fn two_masks_of_one_value_show_only_what_both_show() {
        let both = hold(&[(keep(1, 1), 7), (keep(0, 4), 7), (keep(1, 1), 8)], Beside::default());
        assert_eq!(both[0], ("keep last=1".into(), Some(WhyWider::TwoMasks)));
        assert_eq!(both[1], ("keep last=1".into(), Some(WhyWider::TwoMasks)));
        assert_eq!(both[2], ("keep first=1 last=1".into(), None));
        let both = hold(&[(keep(1, 4), 7), (tail(3), 7)], Beside::default());
        assert_eq!(both[0].0, "tail_of_account last=3");
        assert_eq!(both[1], ("tail_of_account last=3".into(), None));
        let surname = Mask::parse(Some("surname"), 0, 0, None, 0, false).expect("known");
        assert_eq!(hold(&[(surname, 7), (keep(1, 1), 7)], Beside::default())[0].0, "keep");
        assert_eq!(hold(&[(Mask::drop(), 7), (keep(1, 1), 7)], Beside::default())[1].0, "drop");
    }

    #[test]
    fn a_letter_and_no_number_are_handled() {
        let letter = Mask::parse(None, 0, 2, None, 0, true).expect("small numbers");
        let kept = hold_floor(&[Numbered { mask: letter, value: 1 }], Beside::default(), 19.0, |_, mask, _| {
            if mask.last() > 1 { f64::NAN } else { 20.0 }
        });
        assert_eq!(kept[0].mask.to_string(), "keep last=1 letter");
        let nothing = hold_floor(&[Numbered { mask: letter, value: 1 }], Beside::default(), 19.0, |_, _, _| f64::NAN);
        assert_eq!(nothing[0].mask.shown_ends("E12345678"), (0, 0));
    }

    #[test]
    fn kinds_that_count_differently_agree_on_the_wider_mask() {
        let items = [Numbered { mask: keep(2, 4), value: 3 }, Numbered { mask: keep(2, 4), value: 3 }];
        let kept = hold_floor(
            &items,
            Beside::default(),
            19.0,
            |index, mask, _| {
                if index == 0 || mask.last() <= 2 { 30.0 } else { 1.0 }
            },
        );
        assert_eq!(kept[0].mask, kept[1].mask);
        assert_eq!(kept[0].mask.to_string(), "keep first=2 last=2");
        assert_eq!(kept[0].widened.map(|w| w.why), Some(WhyWider::TwoMasks));
    }
}
