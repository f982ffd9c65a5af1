//! Whether a name may be shown: the keys and headers of an input are data too, and may themselves be values.

use super::{Engine, Scratch};
use crate::evidence::Evidence;
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
        if title.bytes().all(|b| b.is_ascii_alphabetic()) || self.field_evidence(text).is_labelled() {
            return true;
        }
        title.chars().all(|c| c.is_alphanumeric() || "_-.:$[]()（）/".contains(c)) && !self.may_be_value(text, scratch)
    }

    fn may_be_value(&self, text: &[u8], scratch: &mut Scratch) -> bool {
        let mut findings = Vec::new();
        if let Some(segment) = Segment::new(text, Evidence::none()) {
            self.find(segment, scratch, &mut findings);
        }
        !findings.is_empty() || name::whole(text, false).is_some() || address::whole(text).is_some()
    }
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
}
