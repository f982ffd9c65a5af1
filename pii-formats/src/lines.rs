//! Line numbers for positions in a stream of which only the end is held.

/// Counts the lines of what has passed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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

    /// Counts on through `held`, which follows what has passed and begins at position `base` of the stream.
    pub(crate) fn counter<'h>(&self, held: &'h [u8], base: u64) -> Counter<'h> {
        Counter { held, base, at: 0, line: self.passed + 1 }
    }

    /// `bytes` have passed.
    pub(crate) fn pass(&mut self, bytes: &[u8]) {
        let (line, column) = self.position(bytes);
        self.passed = line - 1;
        self.column = column - 1;
    }
}

/// Line numbers of positions that follow each other.
pub(crate) struct Counter<'h> {
    held: &'h [u8],
    base: u64,
    at: usize,
    line: u64,
}

impl Counter<'_> {
    /// The line, from 1, of the stream's position `position`. Positions that go back get the line of the last one.
    pub(crate) fn line_of(&mut self, position: u64) -> u64 {
        let upto = (position.saturating_sub(self.base) as usize).min(self.held.len());
        if upto > self.at {
            self.line += memchr::memchr_iter(b'\n', &self.held[self.at..upto]).count() as u64;
            self.at = upto;
        }
        self.line
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
        let mut counter = lines.counter(b"a\nb\n", 10);
        assert_eq!((counter.line_of(11), counter.line_of(12), counter.line_of(14)), (2, 3, 4));
    }
}
