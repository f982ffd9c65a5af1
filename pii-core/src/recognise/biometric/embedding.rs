//! Vectors of neural networks as bytes: 32-bit or 16-bit floating point numbers, in either byte order.
//!
//! Ciphertext and digests of the same length are told apart by the numbers: of random bits, one 32-bit number in eight
//! is of a plausible size, so that 64 of them in a row never are.

/// How many numbers embeddings of faces, voices and gaits have.
pub(super) const DIMENSIONS: [usize; 9] = [64, 128, 192, 256, 384, 512, 768, 1024, 2048];

/// Confidence in numbers that are all of the right size: they can still be another model's vector, of a text.
pub(super) const CONFIDENCE: f32 = 0.8;

/// Whether an embedding can have this many bytes.
pub(super) fn is_length(bytes: usize) -> bool {
    DIMENSIONS.iter().any(|&dimension| bytes == dimension * 4 || bytes == dimension * 2)
}

/// Whether these bytes are an embedding.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    // Decimal digits in ASCII make small numbers in both formats.
    if !is_length(bytes.len()) || bytes.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace()) {
        return false;
    }
    let (fours, _) = bytes.as_chunks::<4>();
    let (twos, _) = bytes.as_chunks::<2>();
    let is_dimension = |count: usize| DIMENSIONS.contains(&count);
    let single = is_dimension(fours.len())
        && (is_plausible(fours.iter().map(|&four| f32::from_le_bytes(four)))
            || is_plausible(fours.iter().map(|&four| f32::from_be_bytes(four))));
    let half = is_dimension(twos.len())
        && (is_plausible(twos.iter().map(|&two| half(u16::from_le_bytes(two))))
            || is_plausible(twos.iter().map(|&two| half(u16::from_be_bytes(two)))));
    single || half
}

/// Nearly all numbers are between -1 and 1, few are vanishingly small, and together they have a length.
fn is_plausible(numbers: impl ExactSizeIterator<Item = f32>) -> bool {
    let strays_allowed = numbers.len() / 50;
    let (mut strays, mut zeros, mut squares) = (0, 0, 0.0_f64);
    let (mut least, mut most) = (f32::INFINITY, f32::NEG_INFINITY);
    let count = numbers.len();
    for number in numbers {
        let size = number.abs();
        if number == 0.0 {
            zeros += 1;
        } else if !(1e-7..=1.0).contains(&size) {
            strays += 1;
            if strays > strays_allowed {
                return false;
            }
        } else {
            squares += f64::from(size) * f64::from(size);
            (least, most) = (least.min(number), most.max(number));
        }
    }
    // Networks with rectified outputs have zeros, but never a majority of them. A vector shorter than a fifth of the
    // unit is another thing, such as a table of probabilities.
    zeros * 2 <= count && squares > 0.04 && least < most
}

/// A 16-bit floating point number (IEEE 754 binary16).
fn half(bits: u16) -> f32 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let fraction = f32::from(bits & 0x3ff);
    let size = match bits >> 10 & 0x1f {
        0 => fraction * 2_f32.powi(-24),
        0x1f => f32::NAN,
        exponent => (1024.0 + fraction) * 2_f32.powi(i32::from(exponent) - 25),
    };
    sign * size
}

#[cfg(test)]
pub(super) fn example(dimension: usize) -> Vec<f32> {
    // A fixed sequence without a pattern, of unit length.
    let mut state = 0x9e37_79b9_u32;
    let numbers: Vec<f32> = (0..dimension)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 8_388_608.0 - 1.0
        })
        .collect();
    let length = numbers.iter().map(|number| number * number).sum::<f32>().sqrt();
    numbers.iter().map(|number| number / length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn single(numbers: &[f32]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    #[test]
    fn every_dimension_and_byte_order_is_known() {
        for dimension in DIMENSIONS {
            let numbers = example(dimension);
            assert!(is_one(&single(&numbers)), "{dimension}");
            let reversed: Vec<u8> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
            assert!(is_one(&reversed), "{dimension}, big endian");
            let halves = numbers.iter().flat_map(|&number| to_half(number).to_le_bytes()).collect::<Vec<_>>();
            assert!(is_one(&halves), "{dimension}, 16 bits");
        }
    }

    /// Rounds towards zero; numbers below the smallest normal one become zero.
    fn to_half(number: f32) -> u16 {
        let bits = number.to_bits();
        let exponent = (bits >> 23 & 0xff) as i32 - 112;
        let size = if exponent < 1 { 0 } else { (exponent as u32) << 10 | bits >> 13 & 0x3ff };
        (bits >> 16 & 0x8000) as u16 | size as u16
    }

    #[test]
    fn halves_are_read_as_the_standard_says() {
        for (bits, number) in [(0x3c00, 1.0), (0xb800, -0.5), (0x0001, 2_f32.powi(-24)), (0x7bff, 65504.0), (0, 0.0)] {
            assert_eq!(half(bits), number);
        }
        assert!(half(0x7c00).is_nan(), "an infinity is as useless as no number");
    }

    #[test]
    fn other_things_of_the_same_length_are_not() {
        let table: [(&str, Vec<u8>); 6] = [
            ("zeros", vec![0; 512]),
            ("digits in ASCII", b"0123456789".iter().cycle().take(512).copied().collect()),
            ("whole numbers", (0..128_u32).flat_map(u32::to_le_bytes).collect()),
            ("prices", single(&(0..128).map(|n| 10.0 + n as f32).collect::<Vec<_>>())),
            ("one number again and again", single(&[0.25; 128])),
            ("a length that no model has", single(&example(128)[..100])),
        ];
        for (name, bytes) in table {
            assert!(!is_one(&bytes), "{name}");
        }
    }

    proptest! {
        #[test]
        fn random_bytes_are_not(
            bytes in proptest::sample::select(vec![128, 256, 512, 2048]).prop_flat_map(|n| proptest::collection::vec(any::<u8>(), n)),
        ) {
            prop_assert!(!is_one(&bytes));
        }
    }
}
