//! When a message is about a value: a code that was asked for, sent to whom it is for.
//!
//! A label beside a value does not say so: exports and logs have labels too. What says so is the form of such messages
//! (5分钟内有效, do not share), or that the value fills the template of one.

use super::field_name::{NAME_LIMIT_BYTES, normalise};
use super::words::Words;
use std::ops::Range;

/// How far from the value its message is read, in bytes to either side.
const REACH_BYTES: usize = 320;

/// What says that a message is about a value of a kind. Empty for most kinds: no message is about them.
#[derive(Default)]
pub(crate) struct About {
    words: Words,
    /// Fields that hold what a template is filled with, in their normal form.
    fields: Vec<Box<[u8]>>,
}

impl std::fmt::Debug for About {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "About({} words, {} fields)", self.words.len(), self.fields.len())
    }
}

impl About {
    pub(super) fn new(words: &[String], fields: &[String]) -> Self {
        Self { words: Words::new(words.iter().map(String::as_str)), fields: fields.iter().filter_map(form).collect() }
    }

    /// Whether no text says so, whatever stands in it.
    pub(crate) fn is_never_said(&self) -> bool {
        self.words.len() == 0
    }

    /// Whether the text around `span` is a message about the value there.
    pub(crate) fn is_said(&self, text: &[u8], span: Range<usize>) -> bool {
        let mut is_said = false;
        self.words.find(window(text, span), |_| is_said = true);
        is_said
    }

    /// Whether the value of `len` bytes at `span` is the only one of its length around there, so that it is none of a list.
    pub(crate) fn stands_alone(text: &[u8], span: Range<usize>, len: usize) -> bool {
        let words = window(text, span).split(|b| !b.is_ascii_alphanumeric());
        words.filter(|word| word.len() == len && word.iter().any(u8::is_ascii_digit)).nth(1).is_none()
    }

    /// Whether a field path leads through what a template is filled with.
    pub(crate) fn is_in_template(&self, path: &str) -> bool {
        !self.fields.is_empty()
            && path
                .split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-'))
                .filter_map(form)
                .any(|name| self.fields.contains(&name))
    }
}

/// What is read around a value.
fn window(text: &[u8], span: Range<usize>) -> &[u8] {
    let end = text.len().min(span.end + REACH_BYTES);
    &text[span.start.saturating_sub(REACH_BYTES).min(end)..end]
}

fn form(name: impl AsRef<str>) -> Option<Box<[u8]>> {
    let mut out = [0; NAME_LIMIT_BYTES];
    normalise(name.as_ref().as_bytes(), &mut out).map(|len| out[..len].into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about() -> About {
        let own = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        About::new(&own(&["分钟内有效", "is your"]), &own(&["template_param"]))
    }

    #[test]
    fn the_form_of_the_message_says_so_and_a_label_does_not() {
        let said = |text: &str| about().is_said(text.as_bytes(), 9..15);
        assert!(said("验证码482913，5分钟内有效"));
        assert!(said("驗證碼482913，5分鐘內有效"));
        assert!(!said("验证码482913"));
        let far = format!("验证码482913{}分钟内有效", " ".repeat(400));
        assert!(!said(&far));
        assert!(!About::default().is_said("验证码482913，5分钟内有效".as_bytes(), 9..15));
    }

    #[test]
    fn a_value_of_a_list_has_others_like_it_around_it() {
        let alone = |text: &str| About::stands_alone(text.as_bytes(), 9..15, 6);
        assert!(alone("验证码482913，5分钟内有效，客服95547，2026-01-05 13800138000"));
        assert!(!alone("验证码482913，验证码482914"));
        assert!(alone(&format!("验证码482913{}482914", " ".repeat(400))));
    }

    #[test]
    fn a_template_is_known_by_the_name_of_its_parameters() {
        for path in ["$.TemplateParam.code", "$.a[0].template_param.code", "$.templateParam|$.code"] {
            assert!(about().is_in_template(path), "{path}");
        }
        for path in ["", "$.verifyCode", "$.param.code", "$.templateParamName.code"] {
            assert!(!about().is_in_template(path), "{path}");
        }
        assert!(!About::default().is_in_template("$.TemplateParam.code"));
    }
}
