//! Identity documents: resident IDs, permits, passports, passes, and what is known by its label only.

use std::sync::LazyLock;

use super::{Births, Generator, Sign, Slot};
use crate::check_digits::{hkid, icao_731, mod_11_2, taiwan};

const fn slot(
    name: &'static str,
    kind: &'static str,
    sign: Sign,
    label: &'static str,
    field: &'static str,
    make: fn(&mut Generator) -> String,
) -> Slot {
    Slot { name, kind, sign, label, field, make }
}

pub(super) const SLOTS: &[Slot] = &[
    slot("id18", "resident_id", Sign::Check, "身份证号码", "idNo", id18),
    slot("id15", "resident_id", Sign::Nothing, "身份证号", "zjhm", id15),
    slot("hmt_permit", "residence_permit", Sign::Check, "港澳台居民居住证号", "residencePermitNo", hmt_permit),
    slot("fpr2023", "foreign_permanent_resident_id", Sign::Check, "永久居留身份证号", "prcNo", fpr2023),
    slot("fpr2017", "foreign_permanent_resident_id", Sign::Check, "永久居留证号", "prcNo", fpr2017),
    slot("passport", "passport", Sign::Nothing, "护照号", "passportNo", passport),
    slot("foreign_passport", "passport", Sign::Nothing, "护照号码", "passportNo", foreign_passport),
    slot("hk_macau_pass", "hk_macau_pass", Sign::Nothing, "回乡证号码", "hkMacauPassNo", hk_macau_pass),
    slot("taiwan_pass", "taiwan_pass", Sign::Nothing, "台胞证号码", "taiwanPassNo", taiwan_pass),
    slot("exit_permit", "mainland_exit_permit", Sign::Nothing, "往来港澳通行证号", "exitPermitNo", exit_permit),
    slot("hkid", "hkid", Sign::Check, "香港身份证号", "hkid", hkid_number),
    slot("macau_id", "macau_id", Sign::Nothing, "澳门身份证号", "macauIdNo", macau_id),
    slot("taiwan_id", "taiwan_id", Sign::Check, "台湾身份证号", "taiwanIdNo", taiwan_id),
    slot("military_id", "military_id", Sign::Nothing, "军官证号", "officerCardNo", military_id),
    slot("drivers_licence", "drivers_licence", Sign::Nothing, "驾驶证档案编号", "licenceFileNo", file_number),
    slot("social_security", "social_security_no", Sign::Nothing, "社保卡号", "socialSecurityNo", social_security),
];

/// County-level division codes, current and historical.
static COUNTIES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let json = include_str!("../../data/division_codes.json");
    json.split('"').filter(|code| code.len() == 6 && !code.ends_with("00") && code.parse::<u32>().is_ok()).collect()
});

/// A code that a birthplace may have. Prefixes 71, 81 to 83 are left out: those residents hold other documents.
pub(super) fn county(g: &mut Generator) -> &'static str {
    loop {
        let code = g.random.pick(&COUNTIES);
        if code.as_bytes()[0] < b'7' {
            return code;
        }
    }
}

/// Year, month and day of birth.
pub(super) fn birth(g: &mut Generator) -> (usize, usize, usize) {
    let (first, last) = match g.births {
        Births::Historic => (1880, 1899),
        Births::Recent => (1945, 2005),
    };
    (g.random.between(first, last), g.random.between(1, 12), g.random.between(1, 28))
}

/// The cards of §1.3 and §1.4 exist for the born from 1900 on only, and who was born before 1906 is not living.
fn permit_birth(g: &mut Generator) -> String {
    let (year, month, day) = birth(g);
    let year = if year < 1900 { 1900 + year % 6 } else { year };
    format!("{year}{month:02}{day:02}")
}

fn with_check(body: String) -> String {
    let check = mod_11_2(&body);
    body + &check.to_string()
}

fn id18(g: &mut Generator) -> String {
    let (year, month, day) = birth(g);
    let body = format!("{}{year}{month:02}{day:02}{}", county(g), g.random.digits(3));
    with_check(body)
}

/// 15 digits carry no century: the sequence numbers 996 to 999 were kept for those born before 1900.
fn id15(g: &mut Generator) -> String {
    let (year, month, day) = birth(g);
    let sequence = match g.births {
        Births::Historic => format!("99{}", g.random.between(6, 9)),
        Births::Recent => g.random.digits(3),
    };
    format!("{}{:02}{month:02}{day:02}{sequence}", county(g), year % 100)
}

fn hmt_permit(g: &mut Generator) -> String {
    let region = g.random.pick(&["810000", "820000", "830000"]);
    let body = format!("{region}{}{}", permit_birth(g), g.random.digits(3));
    with_check(body)
}

fn fpr2023(g: &mut Generator) -> String {
    let province = g.random.pick(&["11", "12", "21", "31", "32", "33", "35", "37", "42", "44", "51", "61"]);
    // Numeric nationalities of ISO 3166-1: US, GB, DE, FR, JP, KR, CA, AU, SG, IT, IN, BR.
    let nation = g.random.pick(&["840", "826", "276", "250", "392", "410", "124", "036", "702", "380", "356", "076"]);
    let body = format!("9{province}{nation}{}{}", permit_birth(g), g.random.digits(3));
    with_check(body)
}

fn fpr2017(g: &mut Generator) -> String {
    let nation = g.random.pick(&["USA", "GBR", "DEU", "FRA", "JPN", "KOR", "CAN", "AUS", "SGP", "ITA"]);
    let place = g.random.pick(&["1100", "1200", "2102", "3101", "3201", "3301", "3502", "4401", "4403", "5101"]);
    let body = format!("{nation}{place}{}{}", &permit_birth(g)[2..], g.random.digits(1));
    let check = icao_731(&body);
    format!("{body}{check}")
}

fn passport(g: &mut Generator) -> String {
    let second = "ABCDEFGHJKLMNPQRSTUVWXYZ";
    match g.random.below(6) {
        0 | 1 => format!("E{}", g.random.digits(8)),
        2 | 3 => format!("E{}{}", g.random.string(second, 1), g.random.digits(7)),
        4 => format!("G{}", g.random.digits(8)),
        _ => format!("{}E{}", g.random.pick(&["D", "S", "P"]), g.random.digits(7)),
    }
}

fn foreign_passport(g: &mut Generator) -> String {
    match g.random.below(4) {
        0 => g.random.number(9),
        1 => format!("{}{}", g.random.string("CFGHJK", 1), g.random.string("0123456789CFGHJKLMNPRTVWXYZ", 7) + "5"),
        2 => format!("{}{}", g.random.string("ABKLMNPRT", 2), g.random.digits(7)),
        _ => format!("{}{}", g.random.string("ABKLMNPRT", 1), g.random.digits(8)),
    }
}

fn hk_macau_pass(g: &mut Generator) -> String {
    let renewals = if g.random.chance(30) { format!("0{}", g.random.digits(1)) } else { String::new() };
    format!("{}{}{renewals}", g.random.pick(&["H", "M"]), g.random.digits(8))
}

fn taiwan_pass(g: &mut Generator) -> String {
    if g.random.chance(80) { g.random.digits(8) } else { format!("{}(B)", g.random.digits(10)) }
}

fn exit_permit(g: &mut Generator) -> String {
    match g.random.below(4) {
        0 => format!("C{}", g.random.digits(8)),
        1 => format!("C{}{}", g.random.string("ABCDEFGHJKLMNPQRSTUVWXYZ", 1), g.random.digits(7)),
        2 => format!("L{}", g.random.digits(8)),
        _ => format!("T{}", g.random.digits(8)),
    }
}

fn hkid_number(g: &mut Generator) -> String {
    let letters = if g.random.chance(80) { 1 } else { 2 };
    let body = g.random.string("ABCDEGHKMNPRTVYZ", letters) + &g.random.digits(6);
    let check = hkid(&body);
    format!("{body}({check})")
}

fn macau_id(g: &mut Generator) -> String {
    let body = format!("{}{}", g.random.pick(&["1", "5", "7"]), g.random.digits(6));
    format!("{body}({})", g.random.digits(1))
}

fn taiwan_id(g: &mut Generator) -> String {
    let letter = g.random.string("ABCDEFGHIJKMNOPQTUVWXZ", 1);
    let body = format!("{letter}{}{}", g.random.pick(&["1", "2", "8", "9"]), g.random.digits(7));
    let check = taiwan(&body);
    format!("{body}{check}")
}

fn military_id(g: &mut Generator) -> String {
    let service = g.random.pick(&["军", "南", "北", "东", "西", "中", "海", "空", "政", "士"]);
    let length = g.random.between(6, 8);
    format!("{service}字第{}号", g.random.digits(length))
}

fn file_number(g: &mut Generator) -> String {
    let place = g.random.pick(&["3101", "4403", "1101", "3301", "5101"]);
    format!("{place}{}", g.random.digits(8))
}

fn social_security(g: &mut Generator) -> String {
    format!("{}{}", g.random.string("ABCDEFGHJK", 1), g.random.digits(8))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate;

    fn drawn(slot: &str, births: Births) -> Vec<String> {
        let mut g = Generator::new(11).births(births);
        let slot = generate::slot(slot).expect("a slot of this family");
        (0..300).map(|_| slot.value(&mut g)).collect()
    }

    #[test]
    fn eighteen_characters_end_in_their_check() {
        for slot in ["id18", "hmt_permit", "fpr2023"] {
            for value in drawn(slot, Births::Historic) {
                assert_eq!(value.chars().count(), 18, "{slot}");
                assert!(value.ends_with(mod_11_2(&value[..17])), "{slot}");
            }
        }
        for value in drawn("fpr2017", Births::Historic) {
            assert!(value.len() == 15 && value.ends_with(icao_731(&value[..14])));
        }
    }

    #[test]
    fn births_are_historic_unless_asked_otherwise() {
        let years = |births| drawn("id18", births).into_iter().map(|id| id[6..10].parse::<u32>().unwrap());
        assert!(years(Births::Historic).all(|year| (1880..1900).contains(&year)));
        assert!(years(Births::Recent).all(|year| (1945..2006).contains(&year)));
        assert!(drawn("id15", Births::Historic).iter().all(|id| id[12..].parse::<u32>().unwrap() >= 996));
        assert!(drawn("hmt_permit", Births::Historic).iter().all(|id| id[6..10] < *"1906"));
    }

    #[test]
    fn every_region_is_a_division() {
        assert!(COUNTIES.len() > 6_000, "{}", COUNTIES.len());
        assert!(drawn("id18", Births::Historic).iter().all(|id| COUNTIES.contains(&&id[..6])));
    }

    #[test]
    fn bracketed_numbers_hold_their_check() {
        for value in drawn("hkid", Births::Historic) {
            let (body, check) = value.split_once('(').unwrap();
            assert!(check.starts_with(hkid(body)));
        }
        for value in drawn("taiwan_id", Births::Historic) {
            assert!(value.len() == 10 && value.ends_with(taiwan(&value[..9])));
        }
    }
}
