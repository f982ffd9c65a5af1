//! Values for each check, as it sees them: capital letters and digits, without separators.

use pii_core::check::lei;
use pii_tests::check_digits::icao_731;
use pii_tests::generate::Generator;
use pii_tests::template::{Marked, Template};

/// What draws values that a check passes.
const TEMPLATES: [(&str, &str); 19] = [
    ("bank_card", "{card}"),
    ("cnaps", "{~cnaps}"),
    ("date", "{~date8}"),
    ("foreign_permanent_resident", "{fpr2023}"),
    ("hkid", "{hkid}"),
    ("iban", "{iban}"),
    ("imei", "{imei}"),
    ("ipv4", "{ip}"),
    ("ipv6", "{ipv6}"),
    ("landline_cn", "{tel}"),
    ("luhn", "{card}"),
    ("mac", "{mac}"),
    ("mobile_prefix", "{mobile}"),
    ("organisation_code", "{orgcode}"),
    ("residence_permit", "{hmt_permit}"),
    ("resident_id", "{id18}"),
    ("taiwan_id", "{taiwan_id}"),
    ("uscc", "{uscc}"),
    ("vin", "{vin}"),
];

/// `count` values that the check of this name passes; `None` for a check that is not known here.
#[must_use]
pub fn right(check: &str, count: usize) -> Option<Vec<Vec<u8>>> {
    let mut generator = Generator::new(20_261_126);
    if let Some(draw) = drawn_by_itself(check) {
        return (0..count).map(|_| draw(&mut generator)).collect();
    }
    let (_, template) = TEMPLATES.iter().find(|(name, _)| *name == check)?;
    let template = Template::parse(template).ok()?;
    let mut value = || template.fill(&mut generator, &mut Marked::new()).bytes;
    // How an address is written is part of it.
    let is_address = matches!(check, "ipv4" | "ipv6" | "mac");
    Some((0..count).map(|_| if is_address { value() } else { canonical(&value()) }).collect())
}

type Draw = fn(&mut Generator) -> Option<Vec<u8>>;

/// What no template draws.
fn drawn_by_itself(check: &str) -> Option<Draw> {
    match check {
        "icao_731" => Some(|generator| {
            let body = generator.random.string("ABCDEFGHJKLMNPRSTUVWXYZ", 1) + &generator.random.digits(8);
            let check = icao_731(&body);
            Some(format!("{body}{check}").into_bytes())
        }),
        "lei" => Some(|generator| {
            let mut code =
                (generator.random.digits(4) + "00" + &generator.random.string("ABCDEFGHJKLMNPQRS", 12)).into_bytes();
            code.extend(lei::check_digits(&code)?);
            Some(code)
        }),
        _ => None,
    }
}

fn canonical(value: &[u8]) -> Vec<u8> {
    value.iter().filter(|byte| !matches!(byte, b' ' | b'-' | b'(' | b')')).map(u8::to_ascii_uppercase).collect()
}

/// The same value with another last character.
#[must_use]
pub fn changed(value: &[u8]) -> Vec<u8> {
    let mut changed = value.to_vec();
    if let Some(last) = changed.last_mut() {
        *last = if *last == b'0' { b'1' } else { b'0' };
    }
    changed
}
