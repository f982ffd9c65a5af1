//! Routing fields: where a message goes, which has to pass for it to arrive.
//!
//! A field is let pass only where nothing but addresses stands in it. What a message says of somebody is masked wherever it
//! stands, and so is the same number in its text.

use pii_core::Kind;
use pii_core::policy::Field;
use std::ops::Range;
use std::sync::Arc;

/// The kinds that say where a message goes, unless somebody says otherwise: telephone numbers, addresses, and the tokens of
/// devices.
const KINDS: [&str; 6] = ["mobile_phone", "landline_phone", "email", "wechat_id", "qq", "access_token"];

/// A longer text is no list of receivers, in bytes.
const TEXT_LIMIT_BYTES: usize = 1 << 20;

/// A token of a device or of whoever calls.
const TOKEN: &str = "access_token";

/// A shorter one is none, in bytes.
const TOKEN_LEAST_BYTES: usize = 16;

/// So many digits on end may be somebody's number.
const PERSONAL_DIGITS: usize = 11;

/// The one kind that is dialled with the country's code before it.
const MOBILE_PHONE: &str = "mobile_phone";

/// Which fields of a document say where it goes. Without fields, as by default, everything is decided by the policy.
///
/// A finding in one of them passes if its kind is one that routes, and if the whole text of the field is such findings, with
/// `,` `;` `|` `、` `，` `；` and white space between them, and `+86`, `0086` or `86` before a mobile number. A name means
/// what stands [near the top](Field::means_near_top) of the document; what stands deeper is listed by its path. Nothing inside
/// a carrier routes: a document in a string, a form's value or base64 (the variables of an SMS template). Nor does a column of
/// a table (CSV, SQL), which is of many persons.
#[derive(Clone, Debug, Default)]
pub struct Routing {
    fields: Vec<Listed>,
    /// The keys of arrays whose elements are messages or receivers.
    lists: Vec<Field>,
}

/// A field, and what may stand in it. `None`: [`KINDS`].
#[derive(Clone, Debug)]
struct Listed {
    field: Field,
    kinds: Option<Arc<[Kind]>>,
}

impl Routing {
    /// Routing by these fields: of JSON by path or name, of a form or a query by key. In them stand mobile and landline telephone
    /// numbers, e-mail addresses, identities of WeChat and QQ, and tokens.
    pub fn new(fields: impl IntoIterator<Item = Field>) -> Self {
        let fields = fields.into_iter().map(|field| Listed { field, kinds: None });
        Self { fields: fields.collect(), ..Self::default() }
    }

    /// The same with these kinds in the place of the usual ones, in all of its fields.
    #[must_use]
    pub fn with_kinds(mut self, kinds: impl IntoIterator<Item = Kind>) -> Self {
        let kinds: Arc<[Kind]> = kinds.into_iter().collect();
        self.fields.iter_mut().for_each(|listed| listed.kinds = Some(kinds.clone()));
        self
    }

    /// The same, by which a name also means fields of the objects in an array under one of these keys of the outermost object:
    /// of the messages of a batch, or of its receivers. In other arrays stand data.
    #[must_use]
    pub fn with_lists(mut self, keys: impl IntoIterator<Item = Field>) -> Self {
        self.lists.extend(keys);
        self
    }

    /// The same with the fields and lists of `other` behind it: a field that both mean holds what it holds here.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.fields.extend(other.fields);
        self.lists.extend(other.lists);
        self
    }

    /// Whether there are no fields.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// A text that stands at `path`, if the field is listed.
    pub(crate) fn text_at(&self, path: &str, text: &[u8]) -> Option<Arc<Receivers>> {
        if text.len() > TEXT_LIMIT_BYTES {
            return None;
        }
        let listed = self.fields.iter().find(|listed| listed.field.means_near_top(path, &self.lists))?;
        let text = str::from_utf8(text).ok()?.into();
        Some(Arc::new(Receivers { text, kinds: listed.kinds.clone() }))
    }
}

/// All of the text of a field that says where a message goes, and what may stand there. Holds values, so it has no `Debug`.
pub(crate) struct Receivers {
    text: Box<str>,
    kinds: Option<Arc<[Kind]>>,
}

impl Receivers {
    /// Whether a finding of this kind is one. A name calls anything a token: only what has the form of one is.
    pub(crate) fn take(&self, kind: Kind, value: &str) -> bool {
        let is_listed = match &self.kinds {
            Some(kinds) => kinds.contains(&kind),
            None => KINDS.contains(&kind.as_str()),
        };
        is_listed && (kind.as_str() != TOKEN || is_token(value))
    }

    /// Whether all of the text is in `spans`, of findings of these kinds in order, but for what separates receivers.
    pub(crate) fn are_all(&self, spans: &[(Range<usize>, Kind)]) -> bool {
        is_all(&self.text, spans)
    }
}

/// Long, of ASCII without blanks, with letters, and without a run of digits that a number of a person's could be.
fn is_token(value: &str) -> bool {
    let has_letters = value.bytes().any(|byte| byte.is_ascii_alphabetic());
    let in_a_row = value.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0);
    let is_plain = value.bytes().all(|byte| byte.is_ascii_graphic());
    is_plain && has_letters && value.len() >= TOKEN_LEAST_BYTES && in_a_row < PERSONAL_DIGITS
}

fn is_all(text: &str, spans: &[(Range<usize>, Kind)]) -> bool {
    let mut at = 0;
    for (span, kind) in spans {
        let Some(before) = text.get(at..span.start) else { return false };
        let before = if kind.as_str() == MOBILE_PHONE { without_country_code(before) } else { before };
        if !before.chars().all(separates) {
            return false;
        }
        at = span.end;
    }
    text.get(at..).is_some_and(|rest| rest.chars().all(separates))
}

fn separates(c: char) -> bool {
    matches!(c, ',' | ';' | '|' | '、' | '，' | '；') || c.is_whitespace()
}

/// What stands before a mobile number, without the code of the country. Its first digit follows nothing, so that the end of
/// another number is not taken for it.
fn without_country_code(before: &str) -> &str {
    let trimmed = before.trim_end_matches([' ', '-']);
    let code = ["+86", "0086", "86"].iter().find_map(|code| trimmed.strip_suffix(code));
    code.unwrap_or(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Findings are in brackets.
    fn all(marked: &str, kind: &str) -> bool {
        let kind = Kind::new(kind).expect("well spelt");
        let (mut text, mut spans) = (String::new(), Vec::new());
        for (nth, piece) in marked.split(['<', '>']).enumerate() {
            let start = text.len();
            text.push_str(piece);
            if nth % 2 == 1 {
                spans.push((start..text.len(), kind));
            }
        }
        is_all(&text, &spans)
    }

    #[test]
    fn only_separators_stand_between_receivers() {
        for (text, expected) in [
            ("<13800138000>", true),
            (" <13800138000> ", true),
            ("<13800138000>,<13900139000>", true),
            ("<13800138000>；<13900139000>、<13700137000>|<13600136000> <13500135000>;\n<13400134000>,", true),
            ("+86<13800138000>", true),
            ("86<13800138000>,0086 <13900139000>,+86-<13700137000>", true),
            ("call <13800138000>", false),
            ("<13800138000>.", false),
            ("<13800138000>,张三", false),
            ("<13800138000>/<13900139000>", false),
            ("87<13800138000>", false),
            ("1386<13800138000>", false),
            ("a86<13800138000>", false),
            ("<13800138000>86", false),
            ("+85286<13800138000>", false),
        ] {
            assert_eq!(all(text, "mobile_phone"), expected, "{text}");
        }
        assert!(all("<a@b.cn>;<c@d.cn>", "email"));
        assert!(!all("86<a@b.cn>", "email"));
    }

    fn field(text: &str) -> Field {
        Field::parse(text).expect("a name")
    }

    fn of(kinds: Option<Arc<[Kind]>>) -> Receivers {
        Receivers { text: "1".into(), kinds }
    }

    #[test]
    fn kinds_that_route_are_listed() {
        let kind = |name| Kind::new(name).expect("well spelt");
        let usual = of(None);
        assert!(KINDS.map(kind).iter().all(|kind| usual.take(*kind, "5f1b6c7a9d0e4c3b8a2f")));
        assert!(!usual.take(kind("resident_id"), "1") && !usual.take(kind("person_name"), "1"));
        let other = of(Some([kind("email")].into()));
        assert!(other.take(kind("email"), "1") && !other.take(kind("mobile_phone"), "1"));
    }

    #[test]
    fn each_field_has_its_kinds() {
        let kind = |name| Kind::new(name).expect("well spelt");
        let of_email = Routing::new([field("to")]).with_kinds([kind("email")]);
        let both = of_email.and(Routing::new(["to", "mobile"].map(field)));
        let takes = |path: &str, name| both.text_at(path, b"1").is_some_and(|text| text.take(kind(name), "1"));
        assert!(takes("to", "email") && !takes("to", "mobile_phone"));
        assert!(takes("mobile", "email") && takes("mobile", "mobile_phone"));
    }

    #[test]
    fn a_name_makes_no_token() {
        let token = Kind::new("access_token").expect("well spelt");
        let routes = |value: &str| of(None).take(token, value);
        assert!(routes("566cc69da782ec33a3c5b4b0a7d1f8e2") && routes("AK-1A2b3C4d5E6f7G8h"));
        for value in ["姓名张三", "6222021234567890128", "Zhang13800138000abcd", "short1", "two words of a text"] {
            assert!(!routes(value), "{value}");
        }
    }

    #[test]
    fn a_text_is_kept_where_its_field_is_listed() {
        let routing = Routing::new([field("mobile")]).with_lists([field("messages")]);
        let keeps = |path, text: &[u8]| routing.text_at(path, text).is_some_and(|kept| kept.text.as_bytes() == text);
        assert!(keeps("$.mobile", b"1") && keeps("$.messages[2].mobile", b"1"));
        assert!(!keeps("$.text", b"1") && !keeps("$.rows[2].mobile", b"1"));
        assert!(!keeps("$.mobile", b"\xFF") && !keeps("$.mobile", &vec![b'1'; TEXT_LIMIT_BYTES + 1]));
    }
}
