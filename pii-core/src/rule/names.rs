//! A list of names, each once and with a number, in which a name is found by one look. Thousands are read at every start, so
//! all stand in one piece of memory.

/// Names, numbered in the order in which they came.
pub(super) struct Names {
    bytes: Vec<u8>,
    /// Where in `bytes` each ends.
    ends: Vec<u32>,
    /// The number of the name that is looked for there, from 1, and 0 where there is none. Twice as many as there are names,
    /// and a power of two.
    places: Vec<u32>,
}

/// Room for the names of this version: how many there may be before it takes more.
const ROOM: usize = 1 << 12;

impl Default for Names {
    fn default() -> Self {
        Self { bytes: Vec::with_capacity(16 * ROOM), ends: Vec::with_capacity(ROOM), places: vec![0; 2 * ROOM] }
    }
}

impl Names {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// All names, in the order of their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.ends.len() as u32).map(|number| self.name(number))
    }

    fn name(&self, number: u32) -> &[u8] {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before as usize]);
        &self.bytes[start as usize..self.ends[number as usize] as usize]
    }

    /// The number of a name.
    pub(super) fn find(&self, name: &[u8]) -> Option<u32> {
        self.look(name).ok()
    }

    /// The number of a name, which is a new one where the name is new.
    pub(super) fn number(&mut self, name: &[u8]) -> u32 {
        match self.look(name) {
            Ok(number) => number,
            Err(free) => {
                let number = self.ends.len() as u32;
                self.bytes.extend_from_slice(name);
                self.ends.push(self.bytes.len() as u32);
                self.places[free] = number + 1;
                if 2 * self.len() > self.places.len() {
                    self.grow();
                }
                number
            }
        }
    }

    /// The number of a name, or the place at which it would be found.
    fn look(&self, name: &[u8]) -> Result<u32, usize> {
        let mask = self.places.len() - 1;
        let mut place = hash(name) & mask;
        while let Some(number) = self.places[place].checked_sub(1) {
            if self.name(number) == name {
                return Ok(number);
            }
            place = (place + 1) & mask;
        }
        Err(place)
    }

    fn grow(&mut self) {
        let mask = 2 * self.places.len() - 1;
        self.places = vec![0; mask + 1];
        for number in 0..self.ends.len() as u32 {
            let mut place = hash(self.name(number)) & mask;
            while self.places[place] != 0 {
                place = (place + 1) & mask;
            }
            self.places[place] = number + 1;
        }
    }
}

/// Fibonacci hashing, eight bytes at a time. The names are those of the rules, and nobody outside can choose some that collide.
fn hash(name: &[u8]) -> usize {
    let mut all = name.len() as u64;
    for piece in name.chunks(8) {
        let mut eight = [0; 8];
        eight[..piece.len()].copy_from_slice(piece);
        let spread = (all ^ u64::from_le_bytes(eight)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        all = spread ^ spread >> 32;
    }
    all as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_numbers() {
        let mut names = Names::default();
        let written: Vec<String> = (0..20_000u32).map(|n| format!("name{}", n * n)).collect();
        for (number, name) in (0u32..).zip(&written) {
            assert_eq!(names.find(name.as_bytes()), None);
            assert_eq!(names.number(name.as_bytes()), number);
        }
        for (number, name) in (0u32..).zip(&written) {
            assert_eq!((names.find(name.as_bytes()), names.number(name.as_bytes())), (Some(number), number));
        }
        assert_eq!(names.len(), written.len());
        assert!(names.iter().eq(written.iter().map(String::as_bytes)));
        assert_eq!((names.find(b"name"), names.find(b"")), (None, None));
        assert_eq!((names.number(b""), names.find(b"")), (20_000, Some(20_000)));
    }

    #[test]
    fn names_spread_over_the_places() {
        let rules = crate::rule::RuleSet::builtin();
        let mut names = Names::default();
        rules.rules().iter().flat_map(|rule| rule.fields()).for_each(|name| {
            names.number(name.as_bytes());
        });
        let runs = names.places.split(|place| *place == 0);
        assert!(names.len() > 2_000 && runs.map(<[u32]>::len).max() < Some(40));
    }
}
