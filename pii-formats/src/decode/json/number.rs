//! Finds the end of a number (RFC 8259 §6), and goes on where it stopped when the rest arrives.

use super::fault::Fault;

/// How far a number has been read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NumberScan {
    scanned: usize,
    state: State,
}

/// What has been read of a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Nothing,
    Minus,
    Zero,
    Integer,
    Point,
    Fraction,
    E,
    ESign,
    Exponent,
}

impl State {
    /// The state after one more byte. `None` if the number does not go on with it.
    fn after(self, byte: u8) -> Option<Self> {
        match (self, byte) {
            (Self::Nothing, b'-') => Some(Self::Minus),
            (Self::Nothing | Self::Minus, b'0') => Some(Self::Zero),
            (Self::Nothing | Self::Minus | Self::Integer, b'0'..=b'9') => Some(Self::Integer),
            (Self::Zero | Self::Integer, b'.') => Some(Self::Point),
            (Self::Point | Self::Fraction, b'0'..=b'9') => Some(Self::Fraction),
            (Self::Zero | Self::Integer | Self::Fraction, b'e' | b'E') => Some(Self::E),
            (Self::E, b'+' | b'-') => Some(Self::ESign),
            (Self::E | Self::ESign | Self::Exponent, b'0'..=b'9') => Some(Self::Exponent),
            _ => None,
        }
    }

    fn may_end(self) -> bool {
        matches!(self, Self::Zero | Self::Integer | Self::Fraction | Self::Exponent)
    }
}

impl NumberScan {
    /// The length of the number at the front of `token`. `None` while it may go on; the same bytes with more behind
    /// them are then expected.
    pub(super) fn read(&mut self, token: &[u8], is_end: bool) -> Result<Option<usize>, Fault> {
        let mut at = self.scanned;
        while let Some(state) = token.get(at).and_then(|&byte| self.state.after(byte)) {
            self.state = state;
            at += 1;
        }
        self.scanned = at;
        if at == token.len() && !is_end {
            return Ok(None);
        }
        if !self.state.may_end() {
            return Err(Fault { at, what: "expected a digit" });
        }
        *self = Self::default();
        Ok(Some(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_where_the_grammar_says() {
        let cases: &[(&[u8], Result<usize, usize>)] = &[
            (b"0", Ok(1)),
            (b"01", Ok(1)),
            (b"-0.5e+10,", Ok(8)),
            (b"13800138000}", Ok(11)),
            (b"1E5", Ok(3)),
            (b"1.5.6", Ok(3)),
            (b"-", Err(1)),
            (b"-x", Err(1)),
            (b"1.", Err(2)),
            (b"1.e5", Err(2)),
            (b"1e", Err(2)),
            (b"1e+", Err(3)),
            (b"+1", Err(0)),
            (b".5", Err(0)),
        ];
        for (token, expected) in cases {
            let shown = String::from_utf8_lossy(token);
            let read = NumberScan::default().read(token, true);
            assert_eq!(read.map_err(|f| f.at), expected.map(Some), "{shown}");
        }
    }

    #[test]
    fn a_number_at_the_end_of_what_has_arrived_may_go_on() {
        let mut scan = NumberScan::default();
        assert_eq!(scan.read(b"138", false), Ok(None));
        assert_eq!(scan.read(b"1380", false), Ok(None));
        assert_eq!(scan.read(b"1380 ", false), Ok(Some(4)));
    }
}
