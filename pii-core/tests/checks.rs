//! What holds for every check, whatever bytes it is given.

use pii_core::check::{self, Verdict};
use proptest::prelude::*;

proptest! {
    #[test]
    fn no_check_panics(value in proptest::collection::vec(any::<u8>(), 0..64)) {
        for name in check::names() {
            check::named(name).expect("registered")(&value);
        }
    }

    /// Most bytes at random are turned down at once; these come as far as the arithmetic.
    #[test]
    fn no_check_panics_on_what_looks_right(value in "[0-9A-Z:.%-]{0,40}|[0-9]{0,40}|[A-Z]{1,3}[0-9]{6,18}[0-9X]|[0-9A-F:.]{2,45}") {
        for name in check::names() {
            check::named(name).expect("registered")(value.as_bytes());
        }
    }

    #[test]
    fn bytes_outside_ascii_are_nothing(value in "[0-9]{8,20}", at in 0usize..20, byte in 0x80u8..) {
        let mut value = value.into_bytes();
        let at = at % value.len();
        value[at] = byte;
        for name in check::names() {
            prop_assert_eq!(check::named(name).expect("registered")(&value), Verdict::Invalid, "{}", name);
        }
    }
}

#[test]
fn a_long_value_is_turned_down() {
    let long = vec![b'0'; 1 << 20];
    for name in check::names().iter().filter(|name| !matches!(**name, "luhn" | "icao_731")) {
        assert_eq!(check::named(name).expect("registered")(&long), Verdict::Invalid, "{name}");
    }
}
