//! Passwords, card security codes, tokens, one-time codes.

use super::{Generator, Sign, Slot};
use crate::coding::base64_url;

pub(super) const SLOTS: &[Slot] = &[
    Slot {
        name: "pwd", kind: "password", sign: Sign::Nothing, label: "初始密码", field: "password", make: password
    },
    Slot { name: "cvv", kind: "cvv", sign: Sign::Nothing, label: "CVV2", field: "cvv2", make: cvv },
    Slot { name: "jwt", kind: "access_token", sign: Sign::Shape, label: "token", field: "accessToken", make: jwt },
    Slot {
        name: "token",
        kind: "access_token",
        sign: Sign::Nothing,
        label: "access_token",
        field: "access_token",
        make: token,
    },
    Slot {
        name: "otp",
        kind: "verification_code",
        sign: Sign::Nothing,
        label: "验证码",
        field: "verifyCode",
        make: code,
    },
];

fn password(g: &mut Generator) -> String {
    match g.random.below(3) {
        0 => g.random.digits(6),
        1 => g.random.string("ABCDEFGHJKMNPQRSTUVWXYZ", 1) + &g.random.string("abcdefghjkmnpqrstuvwxyz23456789@#_", 9),
        _ => g.random.string("abcdefghjkmnpqrstuvwxyz", 4) + &g.random.digits(4),
    }
}

fn cvv(g: &mut Generator) -> String {
    g.random.digits(3)
}

fn jwt(g: &mut Generator) -> String {
    let header = base64_url(br#"{"alg":"HS256","typ":"JWT"}"#);
    let payload = base64_url(format!(r#"{{"sub":"{}","exp":{}}}"#, g.random.digits(8), g.random.number(10)).as_bytes());
    format!("{header}.{payload}.{}", g.random.string(URL_SAFE, 43))
}

fn token(g: &mut Generator) -> String {
    if g.random.chance(50) { g.random.string("0123456789abcdef", 32) } else { g.random.string(URL_SAFE, 40) }
}

fn code(g: &mut Generator) -> String {
    let length = g.random.pick(&[4, 6, 6, 6]);
    g.random.digits(length)
}

const URL_SAFE: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
