//! Inputs made to be slow: one thing over and over, in one line, as an attacker or a broken log would send it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// An input, and what is in it.
pub struct Worst {
    /// What the table calls it.
    pub name: String,
    /// One line.
    pub text: String,
}

/// What is repeated.
const UNITS: [&str; 40] = [
    "1",
    "12345678",
    "1 ",
    "1-",
    "1.",
    "1,",
    "1.1.1.",
    "1890-01-01 ",
    "138 0013 8000 ",
    "13800138000",
    "13800138000,",
    "440524188001010014 ",
    "A1B2",
    "a@",
    "@",
    "a@b.cn ",
    "\"",
    "[",
    "{\"a\":",
    "{\"idNo\":",
    "<a>",
    "&#49;",
    "%31",
    "\\u0031",
    "=?UTF-8?B?",
    "password=",
    "token: x ",
    "Dear ",
    "Name: ",
    "身份证号",
    "姓名",
    "姓名：张",
    "先生",
    "尊敬的张三",
    "张三13800138000",
    "客户",
    "深圳市路",
    "地址路号",
    "一二三四五",
    "*",
];

/// Every unit repeated to about `bytes`, and base64 of base64.
#[must_use]
pub fn inputs(bytes: usize) -> Vec<Worst> {
    let repeated = |unit: &&str| Worst { name: format!("{unit:?}"), text: unit.repeat(bytes / unit.len()) };
    let mut inputs: Vec<Worst> = UNITS.iter().map(repeated).collect();
    inputs.push(Worst { name: "base64 in base64".to_owned(), text: coded_again(bytes) });
    inputs
}

/// A text coded as base64 until it has reached `bytes`.
fn coded_again(bytes: usize) -> String {
    let mut text = "手机13800138000 ".repeat(64);
    while text.len() < bytes / 2 {
        text = STANDARD.encode(text);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_have_the_size_that_was_asked_for() {
        for input in inputs(10_000) {
            assert!((4_000..=10_000).contains(&input.text.len()), "{}: {}", input.name, input.text.len());
        }
    }
}
