//! Line numbers for positions in a stream of which only the end is held.

/// Counts the lines of what has passed.
#[derive(Default)]
pub(crate) struct Lines {
    /// Line ends that have passed.
    passed: u64,
    /// Characters of the line that is being passed.
    column: u64,
}

impl Lines {
    /// Line and column, from 1, right behind `held`, which follows what has passed.
    pub(crate) fn position(&self, held: &[u8]) -> (u64, u64) {
        let line = self.passed + memchr::memchr_iter(b'\n', held).count() as u64 + 1;
        let column = match memchr::memrchr(b'\n', held) {
            Some(at) => characters(&held[at + 1..]),
            None => self.column + characters(held),
        };
        (line, column + 1)
    }

    /// The line, from 1, of the stream's position `at`, where `held` begins at position `base`.
    pub(crate) fn line_of(&self, held: &[u8], base: u64, at: u64) -> u64 {
        let upto = (at.saturating_sub(base) as usize).min(held.len());
        self.passed + memchr::memchr_iter(b'\n', &held[..upto]).count() as u64 + 1
    }

    /// `bytes` have passed.
    pub(crate) fn pass(&mut self, bytes: &[u8]) {
        let (line, column) = self.position(bytes);
        self.passed = line - 1;
        self.column = column - 1;
    }
}

fn characters(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|&&b| b & 0xC0 != 0x80).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_go_on_where_the_last_ended() {
        let mut lines = Lines::default();
        assert_eq!(lines.position("一二".as_bytes()), (1, 3));
        lines.pass("一二\n三".as_bytes());
        assert_eq!(lines.position(b"x"), (2, 3));
        assert_eq!(lines.position(b"x\ny\n"), (4, 1));
        assert_eq!(lines.line_of(b"a\nb", 10, 12), 3);
    }
}
