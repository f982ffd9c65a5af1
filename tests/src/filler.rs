//! What stands around planted values, and what hard negatives are made of: amounts, codes, orders, dates, names of firms.
//!
//! Nothing here is personal, so a finding in it is wrong. Long numbers are drawn until no check of a planted kind passes:
//! an order number that is a valid card number by chance would be counted against an engine that is right.

use crate::check_digits::{cnaps as cnaps_check, is_luhn, mod_11_2};
use crate::generate::Generator;

mod masked;
mod words;

/// A filler by its name in templates, or `None` for a name that is not known.
#[must_use]
pub(crate) fn fill(name: &str, g: &mut Generator) -> Option<String> {
    if let Some(list) = words::list(name) {
        return Some(g.random.pick(list).to_owned());
    }
    masked::fill(name, g).or_else(|| number(name, g)).or_else(|| time(name, g)).or_else(|| technical(name, g))
}

/// Numbers of trade and money.
fn number(name: &str, g: &mut Generator) -> Option<String> {
    Some(match name {
        "amt" => amount(g),
        "bigamt" => format!("{}.{}", g.random.number(12), g.random.digits(2)),
        "px" => format!("{}.{}", g.random.between(2, 300), g.random.digits(2)),
        "nav" => format!("{}.{}", g.random.between(0, 3), g.random.digits(4)),
        "pct" => format!("{}.{}%", g.random.between(0, 12), g.random.digits(2)),
        "ratio" => format!("{}.{}", g.random.between(101, 299), g.random.digits(2)),
        "qty" => (g.random.between(1, 500) * 100).to_string(),
        "lots" => g.random.between(1, 200).to_string(),
        "n2" => g.random.between(10, 99).to_string(),
        "n3" => g.random.between(100, 999).to_string(),
        "n4" => g.random.digits(4),
        "n5" => g.random.number(5),
        "n6" => g.random.digits(6),
        "n8" => g.random.number(8),
        "n12" => harmless(g, |g| g.random.number(12)),
        "oid" => harmless(g, |g| {
            let length = g.random.pick(&[14, 16, 18]);
            g.random.pick(&["2024", "2025", "2026"]).to_owned() + &g.random.digits(length)
        }),
        "oid10" => format!("{}{}", g.random.pick(&["20", "30", "41", "50", "60"]), g.random.digits(8)),
        "dealno" => harmless(g, |g| format!("{}{}", g.random.pick(&["0000", "1000"]), g.random.digits(8))),
        "badid" => bad_id(g),
        "badcard" => bad_card(g),
        "isin" => format!("CNE{}{}", g.random.string("01", 1), g.random.digits(8)),
        "cnaps" => bank_number(g),
        "hotline" => hotline(g),
        "code6" => security_code(g),
        "contract" => contract(g),
        _ => return None,
    })
}

fn amount(g: &mut Generator) -> String {
    let length = g.random.between(1, 8);
    let digits = g.random.number(length);
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{grouped}.{}", g.random.digits(2))
}

/// Draws until the number is no valid identity number, card number or device number.
fn harmless(g: &mut Generator, draw: fn(&mut Generator) -> String) -> String {
    loop {
        let number = draw(g);
        let identity = number.len() == 18 && number.ends_with(mod_11_2(&number[..17]));
        if !is_luhn(&number) && !identity {
            return number;
        }
    }
}

/// An identity number with a wrong check digit, as a log says of a refused one.
fn bad_id(g: &mut Generator) -> String {
    harmless(g, |g| {
        let region = g.random.pick(&["110105", "310104", "440304", "510104", "330106", "420106"]);
        let date =
            format!("18{}{:02}{:02}", g.random.between(80, 99), g.random.between(1, 12), g.random.between(1, 28));
        format!("{region}{date}{}", g.random.digits(4))
    })
}

fn bad_card(g: &mut Generator) -> String {
    harmless(g, |g| {
        let length = g.random.pick(&[10, 13]);
        g.random.pick(&["622202", "622848", "621700", "436742"]).to_owned() + &g.random.digits(length)
    })
}

fn bank_number(g: &mut Generator) -> String {
    let bank = g.random.pick(&["102", "103", "104", "105", "301", "305", "308", "310"]);
    let body = format!("{bank}{}{}", g.random.number(4), g.random.digits(4));
    let check = cnaps_check(&body);
    format!("{body}{check}")
}

fn hotline(g: &mut Generator) -> String {
    match g.random.below(4) {
        0 => format!("400-{}-{}", g.random.number(3), g.random.digits(4)),
        1 => format!("400{}", g.random.number(7)),
        2 => "12386".to_owned(),
        _ => format!("95{}", g.random.number(3)),
    }
}

fn security_code(g: &mut Generator) -> String {
    let start =
        g.random.pick(&["600", "601", "603", "688", "000", "002", "300", "301", "510", "159", "830", "113", "127"]);
    start.to_owned() + &g.random.digits(3)
}

fn contract(g: &mut Generator) -> String {
    let product = g.random.pick(&["rb", "IF", "IC", "IH", "au", "ag", "sc", "m", "TA", "SR", "i", "cu", "lc", "T"]);
    format!("{product}2{}{:02}", g.random.between(5, 7), g.random.between(1, 12))
}

fn time(name: &str, g: &mut Generator) -> Option<String> {
    let (year, month, day) = (g.random.between(2024, 2026), g.random.between(1, 12), g.random.between(1, 28));
    let (hour, minute, second) = (g.random.between(0, 23), g.random.between(0, 59), g.random.between(0, 59));
    Some(match name {
        "dt" => format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{}", g.random.digits(3)),
        "iso" => format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}+08:00"),
        "cdt" => format!("{month}月{day}日{hour}时{minute}分"),
        "cdate" => format!("{year}年{month}月{day}日"),
        "date" => format!("{year}-{month:02}-{day:02}"),
        "date8" => format!("{year}{month:02}{day:02}"),
        "dt14" => format!("{year}{month:02}{day:02}{hour:02}{minute:02}{second:02}"),
        "fixtime" => format!("{year}{month:02}{day:02}-{hour:02}:{minute:02}:{second:02}.{}", g.random.digits(3)),
        "hm" => format!("{hour:02}:{minute:02}"),
        "year" => year.to_string(),
        "ts" => (1_700_000_000_000 + g.random.below(60_000_000_000)).to_string(),
        _ => return None,
    })
}

fn technical(name: &str, g: &mut Generator) -> Option<String> {
    const HEX: &str = "0123456789abcdef";
    Some(match name {
        "hex" => g.random.string(HEX, 32),
        "sha" => g.random.string(HEX, 64),
        "commit" => g.random.string(HEX, 12),
        "uuid" => [8, 4, 4, 4, 12].map(|count| g.random.string(HEX, count)).join("-"),
        "ver" => format!("{}.{}.{}", g.random.between(1, 9), g.random.below(20), g.random.below(99)),
        "thr" => format!("exec-{}", g.random.between(1, 64)),
        "bytes" => g.random.between(120, 90_000).to_string(),
        "surname" => crate::generate::surname(g),
        "zip" => g.random.pick(&["1000", "2000", "5180", "3100", "6100"]).to_owned() + &g.random.digits(2),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(name: &str) -> Vec<String> {
        let mut g = Generator::new(2);
        (0..400).map(|_| fill(name, &mut g).expect("a known filler")).collect()
    }

    #[test]
    fn long_numbers_pass_no_check() {
        for name in ["oid", "badcard", "badid", "n12"] {
            assert!(drawn(name).iter().all(|number| !is_luhn(number)), "{name}");
        }
        for name in ["oid", "badid"] {
            let valid = |number: &String| number.len() == 18 && number.ends_with(mod_11_2(&number[..17]));
            assert!(!drawn(name).iter().any(valid), "{name}");
        }
    }

    #[test]
    fn fillers_have_their_form() {
        assert!(drawn("amt").iter().any(|amount| amount.contains(',')));
        assert!(drawn("cnaps").iter().all(|number| number.ends_with(cnaps_check(&number[..11]))));
        assert!(drawn("date8").iter().all(|date| date.len() == 8));
        assert_eq!(fill("no such thing", &mut Generator::new(1)), None);
    }
}
