//! What a message is called: in its answer, in logs, and in the audit trail.

use pii_core::key::Entropy;
use pii_store::trail::Name;
use std::sync::atomic::{AtomicU64, Ordering};

/// Letters that make no words. No digits: a name in a trail has few of them.
const LETTERS: &[u8; 16] = b"bcdfghjkmnpqrtvz";

/// Gives each message a name of its own.
#[derive(Debug)]
pub struct Numbers {
    /// Of this run: another one gives other names.
    run: u32,
    next: AtomicU64,
}

impl Numbers {
    /// Those of one run.
    ///
    /// # Errors
    /// This machine gives no random bytes.
    pub fn new(entropy: &mut dyn Entropy) -> Result<Self, pii_core::key::EntropyError> {
        let mut run = [0; 4];
        entropy.fill(&mut run)?;
        Ok(Self { run: u32::from_le_bytes(run), next: AtomicU64::new(1) })
    }

    /// The next name, such as `mbcdfghjk-bcd`.
    pub fn next(&self) -> Name {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let mut name = String::with_capacity(32);
        name.push('m');
        spell(u64::from(self.run), 8, &mut name);
        name.push('-');
        spell(number, 1, &mut name);
        Name::new(&name).expect("a letter, and then letters and a dash")
    }
}

/// Appends a number, with so many letters at least.
fn spell(number: u64, least: u32, out: &mut String) {
    let letters = (u64::BITS - number.leading_zeros()).div_ceil(4).max(least);
    for nth in (0..letters).rev() {
        out.push(char::from(LETTERS[(number >> (4 * nth)) as usize & 15]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pii_keys::SystemEntropy;

    #[test]
    fn names_are_names_and_differ() {
        let numbers = Numbers::new(&mut SystemEntropy).expect("random bytes");
        let (one, two) = (numbers.next(), numbers.next());
        assert!(one != two && one.as_str().len() == 11, "{one}");
        let mut spelt = String::new();
        spell(0xFFFF_FFFF_FFFF_FFFF, 1, &mut spelt);
        assert_eq!(spelt, "z".repeat(16));
    }
}
