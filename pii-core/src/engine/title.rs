//! Whether a name may be shown: the keys and headers of an input are data too, and may themselves be values.

use super::{Engine, Scratch};
use crate::evidence::Evidence;
use crate::finding::Finding;
use crate::mask;
use crate::recognise::{address, name};
use crate::segment::Segment;

/// Longer names are none, in bytes.
const LIMIT_BYTES: usize = 128;

/// So many digits may be a value.
const DIGITS: usize = 6;

impl Engine {
    /// Whether `text` may be shown as the name of a field: a rule knows it, or it is built like a name (letters, a few
    /// digits, `_-.:$` between them) and nothing is found in it, not even a person's name that it might be as a whole.
    ///
    /// What reads as both is not shown: a report without a name misses less than one with a person's.
    #[must_use]
    pub fn is_title(&self, text: &[u8], scratch: &mut Scratch) -> bool {
        let Some(title) = std::str::from_utf8(text).ok().filter(|title| title.len() <= LIMIT_BYTES) else {
            return false;
        };
        if title.chars().filter(|c| c.is_numeric()).count() >= DIGITS {
            return false;
        }
        if title.bytes().all(|b| b.is_ascii_alphabetic()) || self.inner.rules.labels().of_listed_field(text).is_some() {
            return true;
        }
        title.chars().all(|c| c.is_alphanumeric() || "_-.:$[]()（）/".contains(c)) && !self.may_be_value(text, scratch)
    }

    /// Whether all of `text` is found where nothing is said of it, or it is what a mask has left of a value. A heading may
    /// have a value in it as an example, and is none.
    #[must_use]
    pub fn is_value(&self, text: &[u8], scratch: &mut Scratch) -> bool {
        let all = 0..text.len();
        self.found_in(text, scratch).iter().any(|finding| finding.span() == all) || is_masked(text)
    }

    fn may_be_value(&self, text: &[u8], scratch: &mut Scratch) -> bool {
        !self.found_in(text, scratch).is_empty() || name::whole(text, false).is_some() || address::whole(text).is_some()
    }

    /// What is found in a text of which nothing is known.
    pub(super) fn found_in(&self, text: &[u8], scratch: &mut Scratch) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Some(segment) = Segment::new(text, Evidence::none()) {
            self.find(segment, scratch, &mut findings);
        }
        findings
    }
}

/// Whether stars stand for a part of `text`. One beside a word does not: it marks a field that has to be filled in.
fn is_masked(text: &[u8]) -> bool {
    let text = text.strip_suffix(b"*").unwrap_or(text);
    let text = match text {
        [b'*', rest @ ..] if rest.first().is_some_and(|b| b.is_ascii_alphanumeric() || !b.is_ascii()) => rest,
        _ => text,
    };
    text.contains(&b'*') && mask::looks_masked(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleSet;

    #[test]
    fn names_are_shown_and_values_are_not() {
        let engine = Engine::new(RuleSet::builtin());
        let shown = |text: &str| engine.is_title(text.as_bytes(), &mut Scratch::default());
        for title in [
            "idNo",
            "姓名",
            "证件号码",
            "备注",
            "产品代码",
            "x-request-id",
            "list",
            "addr_2",
            "soap:Body",
            "a[0][b]",
            "",
        ] {
            assert!(shown(title), "{title}");
        }
        for value in [
            "张三",
            "13800138000",
            "m13800138000",
            "X-138-0013-8000",
            "a@b.cn",
            "John Smith",
            "１３８００１３８０００",
            "浙江省杭州市西湖区文三路1号",
        ] {
            assert!(!shown(value), "{value}");
        }
    }

    #[test]
    fn values_are_values_after_they_are_masked() {
        let engine = Engine::new(RuleSet::builtin());
        let is_value = |text: &str| engine.is_value(text.as_bytes(), &mut Scratch::default());
        for value in ["13800138000", "138******00", "a@b.cn", "*@b.cn", "z***@example.com", "张**", "***"] {
            assert!(is_value(value), "{value}");
        }
        for title in [
            "姓名*",
            "*手机号",
            "备注＊",
            "**姓名**",
            "XX基金",
            "* 证件号码",
            "余额",
            "产品代码",
            "C×D",
            "联系方式（如a@b.cn）",
            "",
        ] {
            assert!(!is_value(title), "{title}");
        }
    }
}
