//! Bodies in codings, whole and otherwise.

use super::*;
use flate2::{Compression, GzBuilder};
use pii_tests::random::Random;
use proptest::prelude::*;
use std::io::Write as _;

const ALL: [Coding; 5] = [Coding::Gzip, Coding::Deflate, Coding::BareDeflate, Coding::Brotli, Coding::Zstd];

const TEXT: &str = "尊敬的客户，您尾号1234的账户于2026年11月23日转入人民币1,000.00元。";

fn only(coding: Coding) -> Codings {
    Codings::from_iter([coding])
}

fn decoded(coding: Coding, bytes: &[u8]) -> Result<Vec<u8>, CodingError> {
    decode(&only(coding), bytes, &Limits::default()).map(|decoded| decoded.bytes)
}

fn told(coding: Coding, bytes: &[u8]) -> String {
    decoded(coding, bytes).expect_err("it is refused").to_string()
}

#[test]
fn what_was_coded_comes_out_again() {
    let random: Vec<u8> = {
        let mut random = Random::new(7);
        (0..300_000).map(|_| random.bits() as u8).collect()
    };
    let text: String = (0..2000).map(|nth| format!("{TEXT}{}", nth * nth)).collect();
    for content in [&b""[..], b"x", TEXT.as_bytes(), text.as_bytes(), &random] {
        for coding in ALL {
            let coded = encode(&only(coding), content);
            assert!(decoded(coding, &coded).is_ok_and(|bytes| bytes == content), "{coding:?} {}", content.len());
            assert_eq!(encode(&only(coding), content), coded, "{coding:?}: the same each time");
        }
    }
}

#[test]
fn what_others_write_is_read() {
    for (coding, hex) in [
        // gzip 1.12, `gzip -n`.
        (Coding::Gzip, "1f8b08000000000000037bd6d9fd6cce2e43630b03033061f07e4fcf3374310067cb007e25000000"),
        // zstd 1.5, level 3.
        (Coding::Zstd, "28b52ffd2425bd000078e6898be69cba313338303030efbc8c020037278150bc25e5ce1e"),
        // Node.js 20.
        (Coding::Deflate, "789c7bd6d9fd6cce2e43630b03033061f07e4fcf337431003e760ef4"),
        (Coding::BareDeflate, "7bd6d9fd6cce2e43630b03033061f07e4fcf33743100"),
        (Coding::Brotli, "1b2400f81d09362ed4c7c68d3a8691d75ccc240cce7b12b28a3a59c008cc584558e701"),
    ] {
        let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal");
        let coded: Vec<u8> = (0..hex.len()).step_by(2).map(byte).collect();
        assert_eq!(decoded(coding, &coded).as_deref(), Ok("手机13800138000，手机13800138000".as_bytes()), "{coding:?}");
    }
}

#[test]
fn codings_lie_on_top_of_each_other() {
    let codings = Codings::from_iter(ALL.into_iter().take(4));
    let coded = encode(&codings, TEXT.as_bytes());
    // The last one is what is seen first.
    assert_eq!(decoded(Coding::Brotli, &coded), Ok(encode(&Codings::from_iter(ALL[..3].to_vec()), TEXT.as_bytes())));
    let back = decode(&codings, &coded, &Limits::default()).expect("well-formed");
    assert_eq!((back.bytes.as_slice(), &back.codings), (TEXT.as_bytes(), &codings));
    let plain = decode(&Codings::default(), b"x", &Limits::default()).expect("there is nothing to undo");
    assert_eq!((plain.bytes.as_slice(), encode(&plain.codings, b"x")), (&b"x"[..], b"x".to_vec()));
}

#[test]
fn bare_deflate_is_known_and_coded_so_again() {
    let coded = encode(&only(Coding::BareDeflate), TEXT.as_bytes());
    let codings = Codings::parse(b"deflate").expect("known");
    let back = decode(&codings, &coded, &Limits::default()).expect("well-formed");
    assert_eq!((back.bytes.as_slice(), &back.codings), (TEXT.as_bytes(), &only(Coding::BareDeflate)));
    assert_eq!(encode(&back.codings, TEXT.as_bytes()), coded);
    let zlib = encode(&codings, TEXT.as_bytes());
    assert_eq!(decode(&codings, &zlib, &Limits::default()).expect("well-formed").codings, codings);
}

#[test]
fn each_byte_that_is_missing_is_noticed() {
    for coding in ALL {
        let coded = encode(&only(coding), TEXT.repeat(3).as_bytes());
        for end in 0..coded.len() {
            let error = decoded(coding, &coded[..end]).expect_err("a part");
            // Without its header, the zlib format is not told from bare deflate.
            assert_eq!(
                (error.is_limit(), error.coding().as_str()),
                (false, coding.as_str()),
                "{coding:?} {end}: {error}"
            );
        }
        assert!(told(coding, &coded[..coded.len() - 1]).ends_with("it ends too early"), "{coding:?}");
    }
}

#[test]
fn what_follows_the_end_is_noticed() {
    for coding in ALL {
        let coded = encode(&only(coding), TEXT.as_bytes());
        for more in [&b"\0"[..], b"13800138000", b"\n", b"\x1F", b"\x28"] {
            let error = decoded(coding, &[&coded, more].concat()).expect_err("more than all").to_string();
            let expected: &[&str] = match (coding, more) {
                // These might begin another member or frame.
                (Coding::Zstd, b"\x28") => &["zstd: it ends too early"],
                _ => &["something follows its end"],
            };
            assert!(expected.iter().any(|expected| error.ends_with(expected)), "{coding:?} {more:?}: {error}");
        }
    }
}

#[test]
fn each_bit_that_is_turned_is_noticed_or_means_nothing() {
    for coding in [Coding::Gzip, Coding::Deflate, Coding::Zstd] {
        let coded = encode(&only(coding), TEXT.as_bytes());
        for bit in 0..coded.len() * 8 {
            let mut turned = coded.clone();
            turned[bit / 8] ^= 1 << (bit % 8);
            if let Ok(bytes) = decoded(coding, &turned) {
                assert_eq!(bytes, TEXT.as_bytes(), "{coding:?} {bit}");
            }
        }
    }
}

#[test]
fn members_and_frames_follow_each_other() {
    for coding in [Coding::Gzip, Coding::Zstd] {
        let part = |text: &str| encode(&only(coding), text.as_bytes());
        let both = [part("138"), part(""), part("00138000")].concat();
        assert_eq!(decoded(coding, &both).as_deref(), Ok(&b"13800138000"[..]), "{coding:?}");
        assert_eq!(decoded(coding, &part("").repeat(1000)), Ok(Vec::new()));
        let error = decoded(coding, &part("").repeat(1001)).expect_err("too many");
        assert!(error.is_limit() && error.to_string().contains("more than 1000"), "{error}");
    }
    // Two streams of these are one and something behind it.
    for coding in [Coding::Deflate, Coding::BareDeflate, Coding::Brotli] {
        let coded = encode(&only(coding), b"x").repeat(2);
        assert!(told(coding, &coded).ends_with("something follows its end"), "{coding:?}");
    }
}

#[test]
fn a_header_of_gzip_holds_no_text() {
    let write = |builder: GzBuilder| {
        let mut encoder = builder.write(Vec::new(), Compression::default());
        encoder.write_all(b"x").expect("memory takes it");
        encoder.finish().expect("memory takes it")
    };
    for (builder, what) in [
        (GzBuilder::new().filename("张三.csv"), "a file's name"),
        (GzBuilder::new().comment("13800138000"), "a comment"),
        (GzBuilder::new().extra("13800138000"), "an extra field"),
    ] {
        let expected = format!("gzip: it holds {what}, which no receiver reads and nobody has looked at");
        assert_eq!(told(Coding::Gzip, &write(builder)), expected);
    }
    let plain = write(GzBuilder::new().mtime(1_700_000_000).operating_system(3));
    assert_eq!(decoded(Coding::Gzip, &plain).as_deref(), Ok(&b"x"[..]));
    // The same with a check sum over its header.
    let mut checked = plain.clone();
    checked[3] = 2;
    let mut crc = flate2::Crc::new();
    crc.update(&checked[..10]);
    let sum = (crc.sum() as u16).to_le_bytes();
    checked.splice(10..10, sum);
    assert_eq!(decoded(Coding::Gzip, &checked).as_deref(), Ok(&b"x"[..]));
    checked[10] ^= 1;
    assert!(told(Coding::Gzip, &checked).contains("check sum"));
    let mut reserved = plain.clone();
    reserved[3] = 0x20;
    assert_eq!(told(Coding::Gzip, &reserved), "gzip: it is no gzip");
}

#[test]
fn metadata_of_brotli_is_refused() {
    // RFC 7932 §9.2: a window of 16 bits, then 1, 2, 1 and 2 bits that say "not the last, metadata, reserved, one byte of
    // length", the length less one, and padding.
    let with_metadata = |metadata: &[u8]| {
        let length = (metadata.len() - 1) as u16;
        let header = 0b0010_1100_u16 | length << 7;
        [&header.to_le_bytes()[..], metadata, &[0b11]].concat()
    };
    for metadata in [&b"1"[..], b"13800138000"] {
        assert!(told(Coding::Brotli, &with_metadata(metadata)).contains("it holds metadata"), "{metadata:?}");
    }
    // An empty one is how encoders flush: it is there, and nothing is in it.
    assert_eq!(decoded(Coding::Brotli, &[0b0000_1100, 0b11]), Ok(Vec::new()));
    // A window of more than 16 MiB: 0x11 and six bits (draft-vandevenne-shared-brotli-format §9.1).
    assert!(told(Coding::Brotli, &[0x11, 0x1E, 0x03]).contains("no Brotli"));
}

#[test]
fn frames_of_zstandard_hold_no_more_than_content() {
    let frame = encode(&only(Coding::Zstd), TEXT.as_bytes());
    let skippable = [&[0x53, 0x2A, 0x4D, 0x18, 11, 0, 0, 0][..], b"13800138000"].concat();
    for bytes in [skippable.clone(), [&frame[..], &skippable].concat(), [&skippable[..], &frame].concat()] {
        assert!(told(Coding::Zstd, &bytes).contains("a frame that is passed over"));
    }
    // Magic number, descriptor, window, blocks. A raw block: last, type 0, its length.
    let of = |descriptor: u8, header: &[u8], content: &[u8]| {
        let block = (content.len() as u32) << 3 | 1;
        [&zstd_magic()[..], &[descriptor], header, &block.to_le_bytes()[..3], content].concat()
    };
    assert_eq!(decoded(Coding::Zstd, &of(0, &[0], b"abc")).as_deref(), Ok(&b"abc"[..]));
    assert_eq!(told(Coding::Zstd, &of(1, &[0, 7], b"abc")), "zstd: it takes a dictionary");
    assert_eq!(told(Coding::Zstd, &of(8, &[0], b"abc")), "zstd: it is no Zstandard");
    // The length of the content in one byte.
    assert_eq!(decoded(Coding::Zstd, &of(0x20, &[3], b"abc")).as_deref(), Ok(&b"abc"[..]));
    for length in [0, 2, 4] {
        assert!(decoded(Coding::Zstd, &of(0x20, &[length], b"abc")).is_err(), "{length}");
    }
    // A window of 2¹⁰⁺ˣ bytes.
    assert_eq!(decoded(Coding::Zstd, &of(0, &[13 << 3], b"abc")).as_deref(), Ok(&b"abc"[..]));
    let error = decoded(Coding::Zstd, &of(0, &[13 << 3 | 1], b"abc")).expect_err("9 MiB");
    assert!(error.is_limit() && error.to_string().contains("8 MiB"), "{error}");
}

fn zstd_magic() -> [u8; 4] {
    [0x28, 0xB5, 0x2F, 0xFD]
}

#[test]
fn a_reader_of_one_coding_refuses_the_others() {
    for coding in [Coding::Gzip, Coding::Deflate, Coding::Zstd] {
        for other in ALL.into_iter().filter(|other| *other != coding) {
            let coded = encode(&only(other), TEXT.repeat(5).as_bytes());
            let is_bare = (coding, other) == (Coding::Deflate, Coding::BareDeflate);
            assert_eq!(decoded(coding, &coded).is_ok(), is_bare, "{other:?} as {coding:?}");
        }
        assert!(decoded(coding, TEXT.as_bytes()).is_err_and(|error| !error.is_limit()));
        assert_eq!(told(coding, b"").rsplit(": ").next(), Some("it ends too early"));
    }
}

#[test]
fn a_bomb_stops_at_the_limit() {
    let zeros = vec![0; 20 << 20];
    for coding in ALL {
        let bomb = encode(&only(coding), &zeros);
        let error = decoded(coding, &bomb).expect_err("too dense");
        assert!(error.is_limit() && error.to_string().contains("more than 100 times"), "{error}");
        let limits = Limits { ratio: usize::MAX, ..Limits::default() };
        let error = decode(&only(coding), &bomb, &limits).map(|_| ()).expect_err("too long");
        assert!(error.to_string().ends_with("more than 16777216 bytes of content"), "{error}");
        let limits = Limits { decoded_bytes: zeros.len(), ratio: usize::MAX };
        assert!(decode(&only(coding), &bomb, &limits).is_ok_and(|decoded| decoded.bytes == zeros), "{coding:?}");
        let limits = Limits { decoded_bytes: zeros.len() - 1, ..limits };
        assert!(decode(&only(coding), &bomb, &limits).is_err_and(|error| error.is_limit()), "{coding:?}");
    }
    // What repeats itself a little is no bomb.
    for coding in ALL {
        let coded = encode(&only(coding), &zeros[..RATIO_FREE_BYTES]);
        assert!(decoded(coding, &coded).is_ok(), "{coding:?}");
    }
}

#[test]
fn what_would_be_ten_gigabytes_stops_early() {
    // Bombs in bombs: each layer is within its ratio of the layer around it, and all together are not.
    let inner = encode(&only(Coding::Gzip), &vec![0; 10 << 20]);
    let bomb = encode(&only(Coding::Gzip), &inner.repeat(999));
    let codings = Codings::from_iter([Coding::Gzip, Coding::Gzip]);
    let error = decode(&codings, &bomb, &Limits { ratio: 2000, ..Limits::default() }).map(|_| ()).expect_err("a bomb");
    assert!(error.is_limit(), "{error}");
}

proptest! {
    #[test]
    fn anything_comes_back(content in prop::collection::vec(any::<u8>(), 0..2000), first in 0..5_usize, second in 0..5_usize) {
        let codings = Codings::from_iter([ALL[first], ALL[second]]);
        let back = decode(&codings, &encode(&codings, &content), &Limits::default()).expect("well-formed");
        prop_assert_eq!(back.bytes, content);
    }

    #[test]
    fn no_input_panics(bytes in prop::collection::vec(any::<u8>(), 0..300), coding in 0..5_usize) {
        let limits = Limits { decoded_bytes: 100_000, ratio: 100 };
        if let Ok(decoded) = decode(&only(ALL[coding]), &bytes, &limits) {
            prop_assert!(decoded.bytes.len() <= 100_000);
        }
    }

    #[test]
    fn no_damage_panics(
        content in prop::collection::vec(any::<u8>(), 0..300),
        coding in 0..5_usize,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut coded = encode(&only(ALL[coding]), &content);
        for (at, byte) in damage {
            let at = at.index(coded.len());
            coded[at] = byte;
        }
        let _ = decode(&only(ALL[coding]), &coded, &Limits::default());
    }
}
