//! Devices, networks, vehicles.

use super::{Generator, Sign, Slot};
use crate::check_digits::{luhn, vin as vin_check};

pub(super) const SLOTS: &[Slot] = &[
    Slot { name: "ip", kind: "ip_address", sign: Sign::Shape, label: "IP", field: "clientIp", make: ipv4 },
    Slot { name: "ipv6", kind: "ip_address", sign: Sign::Shape, label: "IP地址", field: "remoteAddr", make: ipv6 },
    Slot { name: "mac", kind: "mac_address", sign: Sign::Shape, label: "MAC地址", field: "mac", make: mac },
    Slot { name: "imei", kind: "imei", sign: Sign::Check, label: "IMEI", field: "imei", make: imei },
    Slot { name: "plate", kind: "vehicle_plate", sign: Sign::Shape, label: "车牌号", field: "plateNo", make: plate },
    Slot { name: "vin", kind: "vin", sign: Sign::Check, label: "车架号", field: "vin", make: vin },
];

fn ipv4(g: &mut Generator) -> String {
    let first = g.random.pick(&[10, 36, 58, 101, 116, 120, 183, 202, 218]);
    format!("{first}.{}.{}.{}", g.random.below(256), g.random.below(256), g.random.between(1, 254))
}

fn ipv6(g: &mut Generator) -> String {
    let group = |g: &mut Generator| g.random.string("123456789abcdef", 1) + &g.random.string("0123456789abcdef", 3);
    let start = g.random.pick(&["240e", "2408", "2409"]);
    if g.random.chance(50) {
        return format!("{start}:{}::{}", group(g), g.random.between(1, 9));
    }
    let rest: Vec<String> = (0..7).map(|_| group(g)).collect();
    format!("{start}:{}", rest.join(":"))
}

fn mac(g: &mut Generator) -> String {
    let separator = g.random.pick(&[":", ":", "-"]);
    let alphabet = g.random.pick(&["0123456789abcdef", "0123456789ABCDEF"]);
    let pairs: Vec<String> = (0..6).map(|_| g.random.string(alphabet, 2)).collect();
    pairs.join(separator)
}

/// The type allocation codes begin with 86 or 35, as those of devices sold in China do.
fn imei(g: &mut Generator) -> String {
    let body = g.random.pick(&["86", "35"]).to_owned() + &g.random.digits(12);
    let check = luhn(&body);
    format!("{body}{check}")
}

/// GA 36: petrol plates of five characters, new-energy plates of six.
fn plate(g: &mut Generator) -> String {
    let province = g.random.string("京津沪渝冀豫云辽黑湘皖鲁苏浙赣鄂桂甘晋蒙陕吉闽贵粤青川琼", 1);
    let office = g.random.string("ABCDEFGHJKLMN", 1);
    let number = match g.random.below(4) {
        0 => g.random.string("DF", 1) + &g.random.digits(5),
        1 => g.random.string("ABCDEFGHJKLMNPQRSTUVWXYZ", 1) + &g.random.digits(4),
        2 => g.random.digits(2) + &g.random.string("ABCDEFGHJKLMNPQRSTUVWXYZ", 1) + &g.random.digits(2),
        _ => g.random.digits(5),
    };
    format!("{province}{office}{number}")
}

fn vin(g: &mut Generator) -> String {
    let maker = g.random.pick(&["LSV", "LFV", "LGB", "LVS", "LBE", "LHG"]);
    let rest = g.random.string("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", 14);
    // Whatever stands in the ninth place weighs nothing, so the check can be put there afterwards.
    let draft = format!("{maker}{rest}");
    format!("{}{}{}", &draft[..8], vin_check(&draft), &draft[9..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check_digits::is_luhn;

    #[test]
    fn checks_hold() {
        let mut g = Generator::new(6);
        for _ in 0..200 {
            assert!(is_luhn(&imei(&mut g)));
            let number = vin(&mut g);
            assert_eq!(number.len(), 17);
            assert_eq!(number.chars().nth(8), Some(vin_check(&number)));
        }
    }

    #[test]
    fn addresses_parse() {
        let mut g = Generator::new(6);
        for _ in 0..200 {
            assert!(ipv4(&mut g).parse::<std::net::Ipv4Addr>().is_ok());
            assert!(ipv6(&mut g).parse::<std::net::Ipv6Addr>().is_ok());
        }
    }
}
