//! Values that are masked already, in the styles that systems in use have. Masking them again would spoil them.

use crate::generate::{self, Generator};

pub(super) fn fill(name: &str, g: &mut Generator) -> Option<String> {
    let star = g.random.pick(&["*", "*", "*", "＊", "×", "x", "●", "X"]);
    Some(match name {
        "m_mobile" => {
            let (head, tail) = (g.random.pick(&["138", "139", "186", "177"]), g.random.digits(4));
            let tail = if g.random.chance(50) { tail } else { format!("{}{}", star.repeat(2), &tail[..2]) };
            format!("{head}{}{tail}", star.repeat(4))
        }
        "m_id" => match g.random.below(4) {
            0 => format!("{}{}{}", g.random.number(1), star.repeat(16), g.random.digits(1)),
            1 => format!("{}{}{}", g.random.number(6), star.repeat(8), g.random.digits(4)),
            2 => format!("{}{}X", g.random.number(3), star.repeat(14)),
            _ => format!("{}{}{}", g.random.number(4), star.repeat(10), g.random.digits(4)),
        },
        "m_card" => match g.random.below(4) {
            0 => format!("{}{}{}", g.random.number(4), star.repeat(8), g.random.digits(4)),
            1 => format!("{} **** **** {}", g.random.number(4), g.random.digits(4)),
            2 => format!("{}{}", star.repeat(12), g.random.digits(4)),
            _ => format!("{}{}{}", g.random.number(6), star.repeat(9), g.random.digits(4)),
        },
        "m_account" => format!("{}{}", star.repeat(6), g.random.digits(4)),
        "m_name" => match g.random.below(3) {
            0 => format!("{}{}", generate::surname(g), g.random.pick(&["**", "*", "＊＊", "某", "某某"])),
            1 => format!("*{}", g.random.string("明华强敏静", 1)),
            _ => format!("{}*{}", g.random.string("王李张刘陈", 1), g.random.string("明华强敏静", 1)),
        },
        "m_email" => {
            format!("{}***@{}", g.random.string("abcdefgh", 1), g.random.pick(&["qq.com", "163.com", "example.com"]))
        }
        "m_address" => format!("{}***", g.random.pick(&["广东省深圳市", "浙江省杭州市", "上海市", "四川省成都市"])),
        "m_ip" => format!("{}.*.*.*", g.random.pick(&["10", "116", "202"])),
        "m_passport" => format!("E{}{}", star.repeat(6), g.random.digits(2)),
        _ => return None,
    })
}
