//! How much an actor may do in an hour.
#![cfg(unix)]

mod support;

use pii_store::{Act, Quota};
use support::{Place, TEN_O_CLOCK, at};

/// Each step: when, how many, out of how many an hour, and whether they are let.
fn held(steps: &[(u64, u64, u64, bool)]) {
    let place = Place::new();
    for (number, &(when, count, per_hour, is_let)) in steps.iter().enumerate() {
        // Opened anew each time: it is kept in the file.
        let mut quota = Quota::new(place.store());
        let spent = quota.spend("desk", Act::Reveal, count, per_hour, at(when)).expect("counted");
        assert_eq!(spent, is_let, "step {number}");
    }
}

const HOUR: u64 = 3600;

#[test]
fn an_hour_ends_on_the_hour() {
    held(&[
        (TEN_O_CLOCK, 6, 10, true),
        (TEN_O_CLOCK + 1, 5, 10, false),
        (TEN_O_CLOCK + 2, 4, 10, true),
        (TEN_O_CLOCK + HOUR - 1, 1, 10, false),
        (TEN_O_CLOCK + HOUR, 10, 10, true),
        (TEN_O_CLOCK + HOUR, 1, 10, false),
        (TEN_O_CLOCK + 5 * HOUR, 11, 10, false),
        (TEN_O_CLOCK + 5 * HOUR, 10, 10, true),
    ]);
}

#[test]
fn a_clock_that_is_set_back_opens_no_hour_twice() {
    held(&[
        (TEN_O_CLOCK, 10, 10, true),
        (TEN_O_CLOCK + HOUR, 7, 10, true),
        (TEN_O_CLOCK, 4, 10, false),
        (TEN_O_CLOCK - 20 * HOUR, 4, 10, false),
        (TEN_O_CLOCK, 3, 10, true),
        (TEN_O_CLOCK - HOUR, 1, 10, false),
        (TEN_O_CLOCK + HOUR, 1, 10, false),
        (TEN_O_CLOCK + 2 * HOUR, 10, 10, true),
    ]);
}

#[test]
fn the_first_of_an_hour_is_held_to_the_limit_and_numbers_do_not_wrap() {
    held(&[
        (TEN_O_CLOCK, 11, 10, false),
        (TEN_O_CLOCK, u64::MAX, 10, false),
        (TEN_O_CLOCK, 10, 10, true),
        (TEN_O_CLOCK, u64::MAX, u64::MAX, false),
        (TEN_O_CLOCK, 0, 10, true),
        // A right that was cut meanwhile.
        (TEN_O_CLOCK, 1, 5, false),
    ]);
}

#[test]
fn actors_and_acts_are_counted_apart() {
    let place = Place::new();
    let mut quota = Quota::new(place.store());
    for (actor, act) in [("desk", Act::Reveal), ("desk", Act::Tokenise), ("Desk", Act::Reveal), ("d'esk", Act::Reveal)]
    {
        assert!(quota.spend(actor, act, 10, 10, at(TEN_O_CLOCK)).unwrap(), "{actor} {act}");
        assert!(!quota.spend(actor, act, 1, 10, at(TEN_O_CLOCK)).unwrap(), "{actor} {act}");
    }
}
