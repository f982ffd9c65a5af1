//! The standards' own examples, and what must not verify.

use super::*;
use crate::key::{KeyId, Secret};

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal");
    (0..hex.len()).step_by(2).map(digit).collect()
}

fn key(algorithm: SignAlgorithm, fill: u8) -> SigningKey {
    let id = KeyId::new(u32::from(fill)).expect("below the limit");
    SigningKey::new(algorithm, id, &Secret::copy_of(&[fill; 32])).expect("32 bytes")
}

/// A public key as its SubjectPublicKeyInfo: a prefix that names the algorithm, and the key's bytes.
fn public(prefix: &str, point: &str) -> VerifyingKey {
    use base64::Engine as _;
    let info = base64::engine::general_purpose::STANDARD.encode(bytes(&format!("{prefix}{point}")));
    let lines: Vec<&str> = info.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("ASCII")).collect();
    let info = lines.join("\n");
    VerifyingKey::from_pem(&format!("-----BEGIN PUBLIC KEY-----\n{info}\n-----END PUBLIC KEY-----\n")).expect("a key")
}

#[test]
fn ed25519_of_rfc_8032() {
    // Section 7.1, tests 1 and 2.
    let table = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
    ];
    for (secret, point, message, signature) in table {
        let id = KeyId::new(1).expect("below the limit");
        let key = SigningKey::new(SignAlgorithm::Ed25519, id, &Secret::new(bytes(secret))).expect("32 bytes");
        assert_eq!(key.sign(&bytes(message)).to_vec(), bytes(signature));
        let public = public("302a300506032b6570032100", point);
        assert_eq!(key.verifying_key(), public);
        assert!(public.verify(&bytes(message), &bytes(signature)));
    }
}

#[test]
fn sm2_of_gb_t_32918() {
    // GB/T 32918.5-2017, A.2: the standard draws its nonce at random, so its signature can be verified and not repeated.
    let point = "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
                 ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
    let public = public("3059301306072a8648ce3d020106082a811ccf5501822d034200", point);
    let signature = bytes(
        "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3\
         b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa",
    );
    assert_eq!(public.algorithm(), SignAlgorithm::Sm2);
    assert!(public.verify(b"message digest", &signature));
    assert!(!public.verify(b"message digesu", &signature));
    let with_asn_1 = bytes(
        "3046022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3\
         022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa",
    );
    assert!(public.verify(b"message digest", &with_asn_1));
}

#[test]
fn only_the_same_message_and_key_verify() {
    for algorithm in SignAlgorithm::ALL {
        let (key, other) = (key(algorithm, 7), key(algorithm, 8));
        let signature = key.sign(b"one");
        assert!(key.verifying_key().verify(b"one", &signature));
        assert!(!key.verifying_key().verify(b"two", &signature));
        assert!(!other.verifying_key().verify(b"one", &signature));
        for bit in 0..SIGNATURE_BYTES * 8 {
            let mut changed = signature;
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(!key.verifying_key().verify(b"one", &changed), "{algorithm}, bit {bit}");
        }
        for length in 0..SIGNATURE_BYTES {
            assert!(!key.verifying_key().verify(b"one", &signature[..length]));
        }
        assert!(!key.verifying_key().verify(b"one", &[0; SIGNATURE_BYTES]));
        assert_eq!(key.sign(b"one"), signature, "deterministic");
    }
    let [first, second] = SignAlgorithm::ALL.map(|algorithm| key(algorithm, 7));
    assert!(!first.verifying_key().verify(b"one", &second.sign(b"one")));
}

#[test]
fn what_is_no_key_is_an_error() {
    let id = KeyId::new(1).expect("below the limit");
    for length in [0, 31, 33, 64] {
        for algorithm in SignAlgorithm::ALL {
            assert!(SigningKey::new(algorithm, id, &Secret::copy_of(&vec![1; length])).is_err());
        }
    }
    let pem = key(SignAlgorithm::Sm2, 7).verifying_key().to_pem();
    assert!(VerifyingKey::from_pem(&pem.replace('\n', "\r\n")).is_ok());
    for bad in [
        "",
        "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n",
        &pem[..pem.len() / 2],
        &pem.replace("PUBLIC", "PRIVATE"),
    ] {
        assert!(VerifyingKey::from_pem(bad).is_err());
    }
    assert!(VerifyingKey::from_pem(&" ".repeat(5000)).is_err());
    // The neutral point of Ed25519, whose signatures anybody can make.
    let weak = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n-----END PUBLIC KEY-----\n";
    assert!(VerifyingKey::from_pem(weak).is_err());
}

#[test]
fn no_secret_is_shown() {
    assert_eq!(format!("{:?}", key(SignAlgorithm::Sm2, 7)), "SigningKey(aaah, SM2-SM3)");
    assert_eq!(format!("{:?}", key(SignAlgorithm::Ed25519, 7).verifying_key()), "VerifyingKey(Ed25519)");
}
