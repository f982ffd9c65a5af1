//! Telephone numbers, e-mail addresses, messengers' names, and addresses.

use super::address::address;
use super::{Generator, Sign, Slot};

pub(super) const SLOTS: &[Slot] = &[
    Slot { name: "mobile", kind: "mobile_phone", sign: Sign::Shape, label: "手机号", field: "mobile", make: mobile },
    Slot {
        name: "mobile_forms",
        kind: "mobile_phone",
        sign: Sign::Shape,
        label: "手机",
        field: "phone",
        make: any_form,
    },
    Slot {
        name: "tel",
        kind: "landline_phone",
        sign: Sign::Shape,
        label: "固定电话",
        field: "telephone",
        make: landline,
    },
    Slot { name: "email", kind: "email", sign: Sign::Shape, label: "邮箱", field: "email", make: email },
    Slot { name: "addr", kind: "address", sign: Sign::Shape, label: "联系地址", field: "address", make: address },
    Slot {
        name: "wechat", kind: "wechat_id", sign: Sign::Nothing, label: "微信号", field: "wechatId", make: wechat
    },
    Slot { name: "qq", kind: "qq", sign: Sign::Nothing, label: "QQ号", field: "qq", make: qq },
];

/// Every prefix that an operator of mainland China gives to persons, virtual operators included.
const MOBILE_PREFIXES: &str = "130 131 132 133 134 135 136 137 138 139 141 145 146 147 148 149 150 151 152 153 155 156 157 158 159 \
    162 165 166 167 170 171 172 173 174 175 176 177 178 180 181 182 183 184 185 186 187 188 189 190 191 192 193 195 196 \
    197 198 199";

/// Eleven digits.
pub(super) fn mobile(g: &mut Generator) -> String {
    let prefixes: Vec<&str> = MOBILE_PREFIXES.split_whitespace().collect();
    g.random.pick(&prefixes).to_owned() + &g.random.digits(8)
}

/// With the ways of writing that are usual, so not counted as disguises.
fn any_form(g: &mut Generator) -> String {
    let number = mobile(g);
    let (a, b, c) = (&number[..3], &number[3..7], &number[7..]);
    match g.random.below(8) {
        0 => format!("+86{number}"),
        1 => format!("+86 {number}"),
        2 => format!("0086{number}"),
        3 => format!("+86-{number}"),
        4 => format!("{a}-{b}-{c}"),
        5 => format!("{a} {b} {c}"),
        _ => number,
    }
}

fn landline(g: &mut Generator) -> String {
    // Area codes of three digits have eight-digit numbers, most of four digits have seven.
    let (area, length) = g.random.pick(&[
        ("010", 8),
        ("021", 8),
        ("022", 8),
        ("025", 8),
        ("028", 8),
        ("0755", 8),
        ("0571", 8),
        ("0512", 8),
        ("0431", 8),
        ("0891", 7),
        ("0771", 7),
        ("0312", 7),
    ]);
    let local = g.random.string("235678", 1) + &g.random.digits(length - 1);
    match g.random.below(6) {
        0 => format!("({area}){local}"),
        1 => format!("{area}-{local}-{}", g.random.number(4)),
        2 => format!("{area} {local}"),
        _ => format!("{area}-{local}"),
    }
}

fn email(g: &mut Generator) -> String {
    let hosts = [
        "qq.com",
        "163.com",
        "126.com",
        "sina.com.cn",
        "gmail.com",
        "outlook.com",
        "foxmail.com",
        "139.com",
        "example.com",
        "mail.example.com.cn",
        "example.org",
    ];
    let length = g.random.between(3, 9);
    let mut local = g.random.string("abcdefghijklmnopqrstuvwxyz", length);
    if g.random.chance(50) {
        let length = g.random.between(2, 4);
        local += &g.random.digits(length);
    }
    if g.random.chance(20) {
        local.insert_str(2, g.random.pick(&[".", "_", "-", "+"]));
    }
    format!("{local}@{}", g.random.pick(&hosts))
}

fn wechat(g: &mut Generator) -> String {
    let length = g.random.between(6, 12);
    if g.random.chance(40) {
        format!("wxid_{}", g.random.string("abcdefghijklmnopqrstuvwxyz0123456789", length))
    } else {
        g.random.string("abcdefghjkmnpqrstuvwxyz", 1)
            + &g.random.string("abcdefghijklmnopqrstuvwxyz0123456789_-", length)
    }
}

fn qq(g: &mut Generator) -> String {
    let length = g.random.between(6, 10);
    g.random.number(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_prefix_is_drawn() {
        let mut g = Generator::new(1);
        let drawn: BTreeSet<String> = (0..5_000).map(|_| mobile(&mut g)[..3].to_owned()).collect();
        let wanted: BTreeSet<String> = MOBILE_PREFIXES.split_whitespace().map(str::to_owned).collect();
        assert_eq!(drawn, wanted);
        assert!((0..100).all(|_| mobile(&mut g).len() == 11));
    }

    #[test]
    fn an_email_has_one_at_sign_and_a_host() {
        let mut g = Generator::new(1);
        for _ in 0..200 {
            let value = email(&mut g);
            let (local, host) = value.split_once('@').expect("one at sign");
            assert!(local.len() >= 3 && host.contains('.') && !host.contains('@'));
        }
    }
}
