//! A body in chunks (RFC 9112 §7.1), with no extension and no trailer.

use super::fault::Fault;

/// The most digits of a chunk's size: those that 64 bits have.
const SIZE_DIGITS: u8 = 16;

/// Where in the body the next byte is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// In a size of which `digits` have come.
    Size {
        size: u64,
        digits: u8,
    },
    /// Behind the CR of a size.
    SizeLf(u64),
    /// In data of which so much is left.
    Data(u64),
    /// Behind the data.
    DataCr,
    DataLf,
    /// Behind the last chunk.
    EndCr,
    EndLf,
    Done,
}

const SIZE: At = At::Size { size: 0, digits: 0 };

/// Follows a body from its first chunk to its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunks(At);

impl Chunks {
    pub(super) fn new() -> Self {
        Self(SIZE)
    }

    /// Whether the body has ended.
    pub(super) fn is_done(&self) -> bool {
        self.0 == At::Done
    }

    /// How many of the bytes belong to the body, counted up to its end or to a fault; the fault, when it is the first byte.
    pub(super) fn judge(&mut self, held: &[u8]) -> Result<usize, Fault> {
        let mut good = 0;
        while good < held.len() && self.0 != At::Done {
            match self.step(&held[good..]) {
                Ok(count) => good += count,
                Err(fault) if good == 0 => return Err(fault),
                Err(_) => break,
            }
        }
        Ok(good)
    }

    /// Takes one byte, or as much data as there is. `rest` is not empty. A fault leaves everything as it was.
    fn step(&mut self, rest: &[u8]) -> Result<usize, Fault> {
        let byte = rest[0];
        let must_be = |expected: u8, fault: Fault| if byte == expected { Ok(()) } else { Err(fault) };
        self.0 = match self.0 {
            At::Size { size, digits } => size_step(size, digits, byte)?,
            At::SizeLf(size) => {
                must_be(b'\n', Fault::ChunkLineEnd)?;
                if size == 0 { At::EndCr } else { At::Data(size) }
            }
            At::Data(left) => {
                let count = usize::try_from(left).map_or(rest.len(), |left| left.min(rest.len()));
                let left = left - count as u64;
                self.0 = if left == 0 { At::DataCr } else { At::Data(left) };
                return Ok(count);
            }
            At::DataCr => must_be(b'\r', Fault::ChunkEnd).map(|()| At::DataLf)?,
            At::DataLf => must_be(b'\n', Fault::ChunkEnd).map(|()| SIZE)?,
            At::EndCr if byte == b'\n' => return Err(Fault::ChunkLineEnd),
            At::EndCr => must_be(b'\r', Fault::Trailers).map(|()| At::EndLf)?,
            At::EndLf => must_be(b'\n', Fault::ChunkLineEnd).map(|()| At::Done)?,
            At::Done => return Ok(0),
        };
        Ok(1)
    }
}

fn size_step(size: u64, digits: u8, byte: u8) -> Result<At, Fault> {
    match (char::from(byte).to_digit(16), byte) {
        (Some(_), _) if digits == SIZE_DIGITS => Err(Fault::ChunkSizeTooLong),
        (Some(digit), _) => Ok(At::Size { size: size << 4 | u64::from(digit), digits: digits + 1 }),
        (None, _) if digits == 0 => Err(Fault::ChunkSize),
        (None, b'\r') => Ok(At::SizeLf(size)),
        (None, b'\n') => Err(Fault::ChunkLineEnd),
        (None, b';') => Err(Fault::ChunkExtension),
        (None, _) => Err(Fault::ChunkSize),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(body: &[u8]) -> (usize, Option<Fault>, bool) {
        let mut chunks = Chunks::new();
        let mut good = 0;
        loop {
            match chunks.judge(&body[good..]) {
                Ok(0) => return (good, None, chunks.is_done()),
                Ok(count) => good += count,
                Err(fault) => return (good, Some(fault), chunks.is_done()),
            }
        }
    }

    #[test]
    fn a_body_ends_behind_its_last_chunk() {
        assert_eq!(judged(b"2\r\nab\r\n0\r\n\r\nGET"), (12, None, true));
        assert_eq!(judged(b"0000000000000002\r\nab\r\n00\r\n\r\n"), (28, None, true));
        assert_eq!(judged(b"ffffffffffffffff\r\nab"), (20, None, false));
    }

    #[test]
    fn what_is_before_a_fault_is_good() {
        assert_eq!(judged(b"2\r\nab\r\n2;a=b\r\n"), (8, Some(Fault::ChunkExtension), false));
        assert_eq!(judged(b"00000000000000001\r\n"), (16, Some(Fault::ChunkSizeTooLong), false));
        assert_eq!(judged(b"2\r\nabc"), (5, Some(Fault::ChunkEnd), false));
    }
}
