//! Countries and areas by their letters and numbers (ISO 3166-1, GB/T 2659).

const DATA: &str = include_str!("../../data/country_codes.txt");

/// What machine-readable documents carry beside the letters of ISO 3166-1: the kinds of British nationality, stateless
/// persons, refugees, unspecified nationality, the United Nations (ICAO Doc 9303 part 3, section 5).
const ICAO_LETTERS: [&[u8; 3]; 12] =
    [b"GBD", b"GBN", b"GBO", b"GBP", b"GBS", b"XXA", b"XXB", b"XXC", b"XXX", b"UNO", b"UNA", b"RKS"];

/// Whether these three letters stand for a nationality in documents.
#[must_use]
pub fn letters_exist(letters: &[u8]) -> bool {
    ICAO_LETTERS.iter().any(|known| known.as_slice() == letters) || rows().any(|(known, _)| known.as_bytes() == letters)
}

/// Whether this is the number of a country, 1 to 999.
#[must_use]
pub fn number_exists(number: u32) -> bool {
    numbers().any(|known| known == number)
}

/// The numbers of all countries.
pub(crate) fn numbers() -> impl Iterator<Item = u32> {
    rows().filter_map(|(_, number)| number.parse().ok())
}

/// The three letters of all countries.
pub(crate) fn letters() -> impl Iterator<Item = &'static str> {
    rows().map(|(letters, _)| letters)
}

/// The three letters and the number of each line.
fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    DATA.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.get(3..)?.split_once(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole() {
        assert_eq!(numbers().count(), 250);
        assert!(rows().all(|(letters, number)| letters.len() == 3 && number.len() == 3));
    }

    #[test]
    fn letters_and_numbers() {
        for (letters, number) in [("CHN", 156), ("USA", 840), ("GBR", 826), ("SAU", 682), ("AFG", 4)] {
            assert!(letters_exist(letters.as_bytes()) && number_exists(number), "{letters}");
        }
        assert!(letters_exist(b"XXA"));
        assert!(!letters_exist(b"ZZZ") && !letters_exist(b"") && !letters_exist(b"US"));
        assert!(!number_exists(0) && !number_exists(999) && !number_exists(1000));
    }
}
