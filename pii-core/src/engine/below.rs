//! A label that has a line to itself, and its value on the line below: what a form becomes when a program reads it as text.
//!
//! A line says nothing of the next one otherwise, so both have to be just that: a known title, and a value that is one
//! under this title and fills its line.

use super::{Engine, Scratch};
use crate::evidence::Evidence;
use crate::finding::{Finding, Support};
use crate::kind::Class;
use crate::plan::FormId;
use crate::recognise::name;
use crate::rule::Shape;
use crate::segment::Segment;

/// A longer line is no label, in bytes.
pub const LABEL_LINE_LIMIT_BYTES: usize = 64;

/// A longer line is no value below a label, in bytes.
pub const VALUE_LINE_LIMIT_BYTES: usize = 256;

/// Shorter words below a label for a credential are words, in bytes.
const CREDENTIAL_AT_LEAST_BYTES: usize = 6;

/// What prose has in it and a label has not.
const PUNCTUATION: [&str; 8] = ["，", "。", "；", "！", "？", "“", "、", "…"];

impl Engine {
    /// What `line` says of the line below it, if it is a label and nothing else: 资金账号, 姓名：, `Mobile No.`.
    #[must_use]
    pub fn label_line(&self, line: &[u8]) -> Option<Evidence> {
        let label = trimmed(line);
        let begins = label.first().is_some_and(|b| !b.is_ascii_digit());
        if line.len() > LABEL_LINE_LIMIT_BYTES || label.len() < 2 || !begins {
            return None;
        }
        let evidence = self.field_evidence(label);
        let labels = self.rules().labels();
        let is_personal = evidence.fields().any(|field| !labels.get(field).kinds.is_empty());
        let is_prose = || PUNCTUATION.iter().any(|mark| memchr::memmem::find(label, mark.as_bytes()).is_some());
        (is_personal && !is_prose()).then_some(evidence)
    }

    /// Whether all of `line` is a value under the label that the line above it is.
    #[must_use]
    pub fn is_value_below(&self, label: Evidence, line: &[u8], scratch: &mut Scratch) -> bool {
        let value = trimmed(line);
        if line.len() > VALUE_LINE_LIMIT_BYTES || value.is_empty() {
            return false;
        }
        let own = self.field_evidence(value);
        let Some(segment) = Segment::new(value, label).filter(|_| !own.is_labelled() && !own.tells_aside()) else {
            return false;
        };
        let mut findings = Vec::new();
        self.find(segment, scratch, &mut findings);
        let [found] = &findings[..] else { return false };
        found.span() == (0..value.len())
            && found.reasons.support == Support::Field
            && self.stands(found, label, value, scratch)
    }

    /// Whether a value is one without the whole of a form around it. In a form's own field, names may be of any words and
    /// credentials of any characters.
    fn stands(&self, found: &Finding, label: Evidence, value: &[u8], scratch: &mut Scratch) -> bool {
        let recognised = &self.inner.recognised;
        let is_of = |form: Option<FormId>| form.is_some_and(|id| id.rule == found.rule);
        if is_of(recognised.name) {
            let labels = self.rules().labels();
            let is_vague = label.fields().any(|field| labels.get(field).vague);
            return if value.is_ascii() { !is_vague } else { name::whole(value, false).is_some() };
        }
        let has_digit = value.iter().any(u8::is_ascii_digit);
        if is_of(recognised.address) {
            return has_digit || !self.found_in(value, scratch).is_empty();
        }
        // A form's own field goes as a whole when a value begins it. Here nothing else may follow.
        let form = &self.rules().at(found.rule).forms[usize::from(found.form)];
        if let Shape::AfterLabel(regex) = &form.shape
            && !regex.find(value).is_some_and(|all| all.range() == (0..value.len()))
        {
            return false;
        }
        let is_spelt = value.iter().any(u8::is_ascii_lowercase);
        let has_blank = value.iter().any(u8::is_ascii_whitespace);
        let is_word = (!has_digit && value.is_ascii()) || (is_spelt && has_blank);
        let is_secret = || value.len() >= CREDENTIAL_AT_LEAST_BYTES && value.iter().all(u8::is_ascii_graphic);
        !is_word && (found.class < Class::FOUR || is_secret())
    }
}

/// The line without white space around it.
fn trimmed(line: &[u8]) -> &[u8] {
    const WIDE: &[u8] = "\u{3000}".as_bytes();
    let mut line = line.trim_ascii();
    while let Some(rest) = line.strip_prefix(WIDE).or_else(|| line.strip_suffix(WIDE)) {
        line = rest.trim_ascii();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleSet;

    fn is_value(label: &str, value: &str) -> bool {
        let engine = Engine::new(RuleSet::builtin());
        let evidence = engine.label_line(label.as_bytes());
        evidence.is_some_and(|label| engine.is_value_below(label, value.as_bytes(), &mut Scratch::default()))
    }

    #[test]
    fn a_line_that_is_a_label_speaks_for_a_line_that_is_a_value() {
        for (label, value) in [
            ("资金账号", "8800123456"),
            ("资金账号：\r", "  8800123456\r"),
            ("\u{3000}资金账号 :", "\t8800123456"),
            ("【资金账号】", "8800 1234 56"),
            ("資金賬號", "８８００１２３４５６"),
            ("请填写资金账号", "8800123456"),
            ("姓名", "张三"),
            ("客户姓名：", "欧阳明"),
            ("客户姓名", "Zhang San"),
            ("出生日期", "1890-01-02"),
            ("联系地址", "学府街18号3单元201室"),
            ("联系地址", "浙江省杭州市西湖区文三路"),
            ("登录密码", "hunter2x"),
            ("微信号", "zhangsan1890"),
            ("QQ号", "123456789"),
            ("验证码：", "482913"),
            ("生日", "1890年1月2日"),
            ("微信号", "zhangsan_88"),
        ] {
            assert!(is_value(label, value), "{label:?} {value:?}");
        }
    }

    #[test]
    fn prose_titles_and_words_are_no_values_and_no_labels() {
        for (label, value) in [
            // A column of titles.
            ("姓名", "单位"),
            ("姓名", "性别"),
            ("姓名", "证件号码"),
            ("姓名", "年龄"),
            // Words and sentences.
            ("姓名", "高级经理"),
            ("姓名", "请如实填写"),
            ("姓名", "方案"),
            ("姓名", "单价"),
            ("姓名", "成交"),
            ("姓名", "张三是我们的客户"),
            ("Name", "Zhang San"),
            ("name", "closePosition"),
            ("地址", "增速居前"),
            ("地址", "外发渠道"),
            ("密码", "登录"),
            ("password", "forgot?"),
            ("Password", "at least 8 characters"),
            ("密码", "8位以上"),
            ("微信", "Wechat is an app"),
            ("微信号", "WeChat"),
            ("资金账号", "8800123456，请核对"),
            ("资金账号", "余额 8800123456"),
            ("验证码", "482913，登录"),
            ("验证码", "482913 登录"),
            ("微信号", "zhangsan1890请添加"),
            ("密码", "hunter2x，勿泄露"),
            ("生日", "1890年1月2日在上海"),
            ("资金账号", "88****3456"),
            ("姓名", "张**"),
            ("姓名", ""),
            // No labels.
            ("订单号", "8800123456"),
            ("备注", "8800123456"),
            ("", "8800123456"),
            ("您好，请核对资金账号", "8800123456"),
            ("1. 资金账号的说明", "8800123456"),
        ] {
            assert!(!is_value(label, value), "{label:?} {value:?}");
        }
        let long = format!("{}资金账号", "请".repeat(30));
        assert!(!is_value(&long, "8800123456"));
        assert!(!is_value("地址", &"学府街18号".repeat(40)));
    }
}
