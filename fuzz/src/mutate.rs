//! Inputs made from seeds by small changes, the same for the same numbers: what CI runs in place of libFuzzer.

use pii_tests::random::Random;

/// What formats, rules and disguises are made of: changes that a random byte would hardly hit upon.
const TOKENS: [&[u8]; 40] = [
    b"\"",
    b"'",
    b"\\",
    b"\\u0031",
    b"\\u",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b"<",
    b">",
    b"</",
    b"/>",
    b"&#49;",
    b"&",
    b"%31",
    b"%",
    b"=",
    b"=3D",
    b"=\r\n",
    b"\r\n",
    b"\n",
    b"\r",
    b"\t",
    b"\0",
    b"\x01",
    b"--",
    b"=?UTF-8?B?",
    b"?=",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"-->",
    "：".as_bytes(),
    "，".as_bytes(),
    "１".as_bytes(),
    b"\xE2\x80\x8B",
    b"\xFF",
];

/// Values that are found, in their plainest spelling.
const VALUES: [&str; 8] = [
    "440524188001010014",
    "13800138000",
    "6228480000000000216",
    "张三",
    "zhangsan@example.com",
    "身份证号",
    "手机",
    "1880-01-01",
];

/// No input grows beyond this, in bytes.
const LIMIT_BYTES: usize = 4096;

/// An input made from one of `seeds` (at least one) by one to eight changes.
pub fn next(random: &mut Random, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut input = seeds[random.below(seeds.len())].clone();
    for _ in 0..random.between(1, 8) {
        change(random, &mut input, seeds);
    }
    input.truncate(LIMIT_BYTES);
    input
}

fn change(random: &mut Random, input: &mut Vec<u8>, seeds: &[Vec<u8>]) {
    let at = random.below(input.len() + 1);
    let end = (at + random.between(1, 16)).min(input.len());
    match random.below(8) {
        0 => drop(input.drain(at..end)),
        1 => {
            let again = input[at..end].to_vec();
            input.splice(at..at, again);
        }
        2 => drop(input.splice(at..at, random.pick(&TOKENS).iter().copied())),
        3 => drop(input.splice(at..end, random.pick(&TOKENS).iter().copied())),
        4 => drop(input.splice(at..at, random.pick(&VALUES).bytes())),
        5 if at < input.len() => input[at] ^= 1 << random.below(8),
        6 => {
            let other = &seeds[random.below(seeds.len())];
            let from = random.below(other.len() + 1);
            input.truncate(at);
            input.extend_from_slice(&other[from..]);
        }
        _ => input.truncate(at.max(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_makes_the_same_inputs() {
        let seeds = [b"{\"a\":1}".to_vec(), Vec::new()];
        let inputs = |seed| {
            let mut random = Random::new(seed);
            (0..50).map(|_| next(&mut random, &seeds)).collect::<Vec<_>>()
        };
        assert_eq!(inputs(1), inputs(1));
        assert_ne!(inputs(1), inputs(2));
        assert!(inputs(3).iter().all(|input| input.len() <= LIMIT_BYTES));
    }
}
