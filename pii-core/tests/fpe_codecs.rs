//! What the codecs make of valid values: valid ones again, each another, and back.

use aes::Aes256Enc;
use fpe::ff1::{FF1, FlexibleNumeralString};
use pii_core::Kind;
use pii_core::check::{Verdict, bank_card, calendar, phone, residence_permit, resident_id};
use pii_core::fpe::{Algorithm, BankCard, Cipher, FpeError, IdNumber, Keep, MobilePhone, Tweak};
use pii_core::region;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn cipher() -> Cipher {
    Cipher::new(Algorithm::Aes256, &[3; 32]).expect("32 bytes")
}

fn tweak(kind: &str) -> Tweak {
    Tweak::of(Kind::new(kind).expect("a name"), "tests")
}

fn resident(keep: Keep) -> IdNumber {
    IdNumber::resident(&cipher(), &tweak("resident_id"), keep).expect("a large domain")
}

fn with_check(body: &str) -> [u8; 18] {
    let mut number = [0; 18];
    number[..17].copy_from_slice(body.as_bytes());
    number[17] = resident_id::check_char(body.as_bytes()).expect("17 digits");
    number
}

/// Every way of keeping.
fn keeps() -> Vec<Keep> {
    (0..8).map(|n| Keep { region: n & 1 > 0, birth_year: n & 2 > 0, sex: n & 4 > 0 }).collect()
}

fn is_kept(keep: Keep, one: &[u8], other: &[u8]) -> bool {
    let same = |part: std::ops::Range<usize>| one[part.clone()] == other[part];
    (!keep.region || same(0..6)) && (!keep.birth_year || same(6..10)) && (!keep.sex || one[16] % 2 == other[16] % 2)
}

/// The twentieth century, 2000 to 2029, and all other years.
fn class(number: &[u8]) -> u8 {
    match &number[6..10] {
        year if (&b"1900"[..]..=&b"1999"[..]).contains(&year) => 0,
        year if (&b"2000"[..]..=&b"2029"[..]).contains(&year) => 1,
        _ => 2,
    }
}

#[test]
fn results_are_fixed_for_good() {
    // A change of any of these means that nothing that was enciphered before can be deciphered, nor joined with: it takes
    // a new `ID_NUMBER_DOMAIN`, or should not be made.
    let ciphers = [
        Cipher::new(Algorithm::Aes128, &[1; 16]).unwrap(),
        Cipher::new(Algorithm::Aes256, &[2; 32]).unwrap(),
        Cipher::new(Algorithm::Sm4, &[3; 16]).unwrap(),
    ];
    let results = ciphers.map(|cipher| {
        let id = IdNumber::resident(&cipher, &tweak("resident_id"), Keep::default()).unwrap();
        String::from_utf8(id.encrypt(b"11010519491231002X").unwrap().to_vec()).unwrap()
    });
    assert_eq!(results, ["440526197810082154", "440116199809203021", "320824199304271230"]);
    assert_eq!(pii_core::fpe::ID_NUMBER_DOMAIN, "id-number-v2");
}

/// The recipe, done the long way by the crate `fpe`: so that others can do it too.
#[test]
fn a_resident_id_is_a_rank_in_radix_722() {
    let tweak = tweak("resident_id");
    // The tweak, and behind it the three bytes of what is kept: nothing.
    let whole_tweak: Vec<u8> = tweak.as_bytes().iter().copied().chain([0; 3]).collect();
    let ff1 = FF1::<Aes256Enc>::new(&[3; 32], 722).unwrap();
    let codec = resident(Keep::default());
    for body in ["11010519491231002", "44052419000101001", "65402519991231999", "11000019960229000"] {
        let number = |part: std::ops::Range<usize>| body[part].parse::<u32>().unwrap();
        let region = region::codes().iter().position(|&code| code == number(0..6)).unwrap();
        let years: u32 = (1900..number(6..10)).map(|year| if calendar::is_leap(year) { 366 } else { 365 }).sum();
        let is_before = |&(month, day): &(u32, u32)| (month, day) < (number(10..12), number(12..14));
        let days = (1..=12).flat_map(|month| (1..=31).map(move |day| (month, day))).filter(is_before);
        let day = years as usize + days.filter(|&(month, day)| calendar::is_day(number(6..10), month, day)).count();
        let mut rank = (region * 36_524 + day) * 1000 + number(14..17) as usize;
        loop {
            let numerals: Vec<u16> =
                (0..4).rev().map(|place| u16::try_from(rank / 722usize.pow(place) % 722).unwrap()).collect();
            let result = ff1.encrypt(&whole_tweak, &FlexibleNumeralString::from(numerals)).unwrap();
            rank = Vec::from(result).into_iter().fold(0, |sum, numeral| sum * 722 + usize::from(numeral));
            if rank < 7403 * 36_524 * 1000 {
                break;
            }
        }
        let result = codec.encrypt(&with_check(body)).unwrap();
        assert_eq!(result[..6], *region::codes()[rank / 1000 / 36_524].to_string().as_bytes(), "{body}");
        assert_eq!(result[14..17], *format!("{:03}", rank % 1000).as_bytes(), "{body}");
    }
}

#[test]
fn the_edges_of_the_domain_hold() {
    let codes: Vec<u32> = region::codes().iter().copied().filter(|code| code / 10_000 < 81).collect();
    let regions = [codes[0], codes[1], codes[codes.len() / 2], codes[codes.len() - 1]];
    let days = [
        "18000101", "18000228", "18991231", "19000101", "19000228", "19000301", "20000229", "20291231", "20300101",
        "20991231", "20960229",
    ];
    for keep in keeps() {
        let codec = resident(keep);
        for (region, day) in regions.into_iter().flat_map(|region| days.map(|day| (region, day))) {
            for sequence in [0, 1, 2, 500, 998, 999] {
                let number = with_check(&format!("{region}{day}{sequence:03}"));
                let result = codec.encrypt(&number).unwrap();
                assert_eq!(resident_id::check(&result), Verdict::Valid, "{keep:?}");
                assert_eq!(codec.decrypt(&result), Ok(number), "{keep:?}");
                assert!(is_kept(keep, &number, &result), "{keep:?}");
                assert_eq!(class(&number), class(&result), "{keep:?}");
            }
        }
    }
}

#[test]
fn one_to_one_over_a_whole_small_domain() {
    // All permits of a birth year: 3 regions, 365 days, 1,000 sequences.
    let keep = Keep { birth_year: true, ..Keep::default() };
    let codec = IdNumber::residence_permit(&cipher(), &tweak("residence_permit"), keep).unwrap();
    let all: Vec<[u8; 18]> = (0..3u32)
        .flat_map(|region| (1..=12).flat_map(move |month| (1..=31).map(move |day| (81 + region, month, day))))
        .flat_map(|(region, month, day)| (0..1000).map(move |n| format!("{region}00001990{month:02}{day:02}{n:03}")))
        .map(|body| with_check(&body))
        .filter(|number| residence_permit::check(number) == Verdict::Valid)
        .collect();
    assert_eq!(all.len(), 1_095_000);
    let mut results = Vec::new();
    let values: Vec<&[u8]> = all.iter().map(|number| &number[..]).collect();
    codec.encrypt_each(&values, &mut results);
    let distinct: BTreeSet<[u8; 18]> = results.into_iter().map(Result::unwrap).collect();
    assert!(distinct.iter().eq(&all), "the same numbers, each once, and all in order");
}

#[test]
fn batches_do_what_calls_do() {
    for keep in keeps() {
        let codec = resident(keep);
        let numbers: Vec<[u8; 18]> = (0..500u32)
            .map(|n| with_check(&format!("440305{}{:02}{:02}{:03}", 1890 + n % 180, 1 + n % 12, 1 + n % 28, n)))
            .collect();
        let mut values: Vec<&[u8]> = numbers.iter().map(|number| &number[..]).collect();
        values.insert(77, b"110105194912310020");
        values.insert(130, b"");
        let mut results = Vec::new();
        codec.encrypt_each(&values, &mut results);
        assert!(results.iter().eq(&values.iter().map(|value| codec.encrypt(value)).collect::<Vec<_>>()), "{keep:?}");
        assert!(results[77].is_err() && results[130].is_err());
        let encrypted: Vec<[u8; 18]> = results.into_iter().flatten().collect();
        let mut back = Vec::new();
        codec.decrypt_each(&encrypted.iter().map(|number| &number[..]).collect::<Vec<_>>(), &mut back);
        assert!(back.into_iter().eq(numbers.into_iter().map(Ok)));
    }
}

#[test]
fn what_is_no_id_is_an_error() {
    let codec = resident(Keep::default());
    for wrong in [
        &b"110105194912310020"[..], // check character
        b"99010518870228002X",      // region
        b"110105188702310020",      // day
        b"810000190001010018",      // a permit
        b"110105491231002",         // 15 digits
        b"11010519491231002Y",
        b"11010519491231002",
        b"11010519491231002XX",
        b"\xff\xff\xff",
        b"",
    ] {
        assert!(codec.encrypt(wrong).is_err_and(FpeError::is_value), "{}", wrong.escape_ascii());
        assert!(codec.decrypt(wrong).is_err_and(FpeError::is_value));
    }
    assert_eq!(codec.encrypt(b"11010519491231002x"), codec.encrypt(b"11010519491231002X"));
    let error = format!("{:?}", codec.encrypt(b"110105194912310020").unwrap_err());
    assert_eq!(error, "no valid resident_id");
}

#[test]
fn what_is_left_to_guess_is_told() {
    let keep = |region, birth_year, sex| Keep { region, birth_year, sex };
    let (cipher, tweak) = (cipher(), tweak("resident_id"));
    let permit = |keep| IdNumber::residence_permit(&cipher, &tweak, keep).unwrap();
    for (codec, bits) in [
        (resident(keep(false, false, false)), 36.2..36.3),
        (resident(keep(true, false, false)), 23.3..23.4),
        (resident(keep(false, true, false)), 31.3..31.4),
        (resident(keep(true, false, true)), 22.3..22.4),
        (resident(keep(true, true, false)), 18.4..18.5),
        (resident(keep(true, true, true)), 17.4..17.5),
        (permit(keep(false, false, false)), 24.9..25.0),
        (permit(keep(false, true, true)), 19.0..19.1),
    ] {
        assert!(bits.contains(&codec.bits()), "{codec:?}: {}", codec.bits());
    }
    assert!(IdNumber::resident(&cipher, &Tweak::new(&[0; 9]).unwrap(), Keep::default()).is_err_and(FpeError::is_limit));
}

/// A domain under a million: a table, whose one cycle leaves nothing in its place.
#[test]
fn one_to_one_where_region_and_birth_year_are_kept() {
    let codec = resident(Keep { region: true, birth_year: true, sex: false });
    for (region, year) in [("110105", 1890), ("440524", 1896)] {
        let days = (1..=12).flat_map(|month| (1..=31).map(move |day| (month, day)));
        let all: Vec<[u8; 18]> = days
            .filter(|&(month, day)| calendar::is_day(year, month, day))
            .flat_map(|(month, day)| (0..1000).map(move |n| format!("{region}{year}{month:02}{day:02}{n:03}")))
            .map(|body| with_check(&body))
            .collect();
        let mut results = Vec::new();
        codec.encrypt_each(&all.iter().map(|number| &number[..]).collect::<Vec<_>>(), &mut results);
        let results: Vec<[u8; 18]> = results.into_iter().map(Result::unwrap).collect();
        assert!(results.iter().zip(&all).all(|(result, number)| result != number), "nothing maps to itself");
        assert!(results.iter().copied().collect::<BTreeSet<_>>().iter().eq(&all), "the same numbers, each once");
        assert_eq!(codec.decrypt(&results[77]), Ok(all[77]));
    }
}

#[test]
fn what_is_kept_is_part_of_the_meaning() {
    // Two people who differ in their region alone do not come out alike but for the region.
    let codec = resident(Keep { region: true, ..Keep::default() });
    let one = codec.encrypt(&with_check("11010519490101002")).unwrap();
    let other = codec.encrypt(&with_check("44052419490101002")).unwrap();
    assert_ne!(one[6..17], other[6..17]);
    let phone = MobilePhone::new(&cipher(), &tweak("mobile_phone")).unwrap();
    let [mut one, mut other] = [*b"13800138000", *b"13900138000"];
    phone.encrypt(&mut one).unwrap();
    phone.encrypt(&mut other).unwrap();
    assert_ne!(one[3..], other[3..]);
}

#[test]
fn key_and_scope_change_the_result() {
    let number = b"11010519491231002X";
    let kind = Kind::new("resident_id").unwrap();
    let encrypt = |key: u8, scope: &str| {
        let cipher = Cipher::new(Algorithm::Sm4, &[key; 16]).unwrap();
        IdNumber::resident(&cipher, &Tweak::of(kind, scope), Keep::default()).unwrap().encrypt(number).unwrap()
    };
    let results = BTreeSet::from([encrypt(1, "a"), encrypt(2, "a"), encrypt(1, "b"), *number]);
    assert_eq!(results.len(), 4);
    assert_eq!(encrypt(1, "a"), encrypt(1, "a"));
}

#[test]
fn cards_stay_cards_of_their_issuer() {
    let codec = BankCard::new(&cipher(), &tweak("bank_card")).unwrap();
    let mut changed = 0;
    // 622102 begins both cards of 18 digits and resident IDs: no result may be one.
    for (prefix, length) in
        [("622848", 19), ("622102", 18), ("436742", 16), ("621098", 19), ("370246", 15), ("555555", 16), ("685800", 19)]
    {
        for n in 0..400u64 {
            let body = format!("{prefix}{:0width$}", n * 7919, width = length - 7);
            let mut card = body.clone().into_bytes();
            card.push(bank_card::check_char(body.as_bytes()).unwrap());
            let original = card.clone();
            if bank_card::check(&card) < Verdict::Likely {
                assert!(codec.encrypt(&mut card).is_err_and(FpeError::is_value));
                assert_eq!(card, original);
                continue;
            }
            codec.encrypt(&mut card).unwrap();
            assert!(bank_card::check(&card) >= Verdict::Likely);
            assert_eq!((card.len(), &card[..6]), (length, prefix.as_bytes()));
            changed += usize::from(card != original);
            codec.decrypt(&mut card).unwrap();
            assert_eq!(card, original);
        }
    }
    assert!(changed > 1000, "{changed}");
    for wrong in [&b"6228480000000000217"[..], b"", b"622848", b"62284800000000002160000", b"abcdefghijklmnop"] {
        assert!(codec.encrypt(&mut wrong.to_vec()).is_err_and(FpeError::is_value), "{}", wrong.escape_ascii());
    }
}

#[test]
fn batches_of_cards_and_phones_do_what_calls_do() {
    let (card, phone) =
        (BankCard::new(&cipher(), &tweak("c")).unwrap(), MobilePhone::new(&cipher(), &tweak("p")).unwrap());
    let cards: Vec<Vec<u8>> = (0..700u64)
        .map(|n| {
            let (issuer, length) = [("622848", 19), ("622102", 18), ("436742", 16), ("370246", 15)][n as usize % 4];
            let mut value = format!("{issuer}{:0width$}", n * 7919 % 100_000_000, width = length - 7).into_bytes();
            value.push(if n % 50 == 7 { b'x' } else { bank_card::check_char(&value).unwrap() });
            value
        })
        .collect();
    let phones: Vec<Vec<u8>> = (0..300u32).map(|n| format!("1{}{n:08}", 25 + n % 70).into_bytes()).collect();
    type Each<'a> = &'a dyn Fn(&mut [Vec<u8>], &mut Vec<Result<(), FpeError>>);
    type One<'a> = &'a dyn Fn(&mut [u8]) -> Result<(), FpeError>;
    let both: [(&[Vec<u8>], One<'_>, Each<'_>, Each<'_>); 2] = [
        (&cards, &|v| card.encrypt(v), &|v, r| card.encrypt_each(v, r), &|v, r| card.decrypt_each(v, r)),
        (&phones, &|v| phone.encrypt(v), &|v, r| phone.encrypt_each(v, r), &|v, r| phone.decrypt_each(v, r)),
    ];
    for (plain, encrypt, encrypt_each, decrypt_each) in both {
        let (mut singles, mut batch, mut results) = (plain.to_vec(), plain.to_vec(), Vec::new());
        let one_by_one: Vec<_> = singles.iter_mut().map(|value| encrypt(value)).collect();
        encrypt_each(&mut batch, &mut results);
        assert_eq!((&singles, &one_by_one), (&batch, &results));
        assert!(results.iter().any(Result::is_err) && results.iter().filter(|result| result.is_ok()).count() > 200);
        results.clear();
        decrypt_each(&mut batch, &mut results);
        assert_eq!((&batch[..], &one_by_one), (plain, &results));
    }
}

#[test]
fn phones_keep_their_prefix() {
    let codec = MobilePhone::new(&cipher(), &tweak("mobile_phone")).unwrap();
    let mut seen = BTreeSet::new();
    for n in 0..20_000u32 {
        let original = format!("138{n:08}").into_bytes();
        let mut number = original.clone();
        codec.encrypt(&mut number).unwrap();
        assert_eq!(phone::mobile(&number), Verdict::Valid);
        assert_eq!(&number[..3], b"138");
        assert!(seen.insert(number.clone()));
        codec.decrypt(&mut number).unwrap();
        assert_eq!(number, original);
    }
    for wrong in [&b"12000000000"[..], b"1380013800", b"138001380000", b"1380013800x", b""] {
        assert!(codec.encrypt(&mut wrong.to_vec()).is_err_and(FpeError::is_value));
    }
}

proptest! {
    #[test]
    fn ids_stay_ids(
        region in prop::sample::select(region::codes().iter().filter(|code| **code < 810_000).copied().collect::<Vec<_>>()),
        (year, month, day) in (1800u32..2100, 1u32..=12, 1u32..=28),
        sequence in 0u32..1000,
        keep in prop::sample::select(keeps()),
    ) {
        let number = with_check(&format!("{region}{year}{month:02}{day:02}{sequence:03}"));
        let codec = resident(keep);
        let result = codec.encrypt(&number).unwrap();
        prop_assert_eq!(resident_id::check(&result), Verdict::Valid);
        prop_assert!(is_kept(keep, &number, &result));
        prop_assert_eq!(codec.decrypt(&result), Ok(number));
    }

    #[test]
    fn no_input_is_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let (cipher, tweak) = (cipher(), tweak("any"));
        prop_assert!(resident(Keep::default()).encrypt(&bytes).is_err());
        let mut copy = bytes.clone();
        let _ = BankCard::new(&cipher, &tweak).unwrap().encrypt(&mut copy);
        let _ = MobilePhone::new(&cipher, &tweak).unwrap().decrypt(&mut copy);
    }
}
