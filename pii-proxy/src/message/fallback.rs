//! A text in place of one that must not leave: the field that holds it is replaced in the body's own bytes, and what comes of it is
//! inspected like any other message.

use crate::config::Fallback;
use crate::percent;
use pii_formats::Format;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::ops::Range;

/// The body with the fallback's text in its field. `None` where it has no such field, or has it twice.
pub(super) fn put(body: &[u8], format: Format, fallback: &Fallback) -> Option<Vec<u8>> {
    match format {
        Format::Json => {
            let text = std::str::from_utf8(body).ok()?;
            let span = span_of(text, &steps(&fallback.field)?)?;
            spliced(body, span, serde_json::to_string(&fallback.text).ok()?.as_bytes())
        }
        Format::Form => {
            let text = percent::coded(fallback.text.as_bytes(), |byte| byte.is_ascii_alphanumeric());
            spliced(body, pair_of(body, &fallback.field)?, text.as_bytes())
        }
        _ => None,
    }
}

fn spliced(body: &[u8], span: Range<usize>, text: &[u8]) -> Option<Vec<u8>> {
    Some([body.get(..span.start)?, text, body.get(span.end..)?].concat())
}

/// The names on the way to a field: `$.text.content`, or one alone.
fn steps(field: &str) -> Option<Vec<&str>> {
    let Some(path) = field.strip_prefix("$.") else { return Some(vec![field]) };
    let steps: Vec<&str> = path.split('.').collect();
    steps.iter().all(|step| !step.is_empty() && !step.contains(['[', ']'])).then_some(steps)
}

/// Where the value at the end of the way stands in `text`.
fn span_of(text: &str, steps: &[&str]) -> Option<Range<usize>> {
    let mut value: &RawValue = serde_json::from_str(text).ok()?;
    for step in steps {
        // Of a name that stands there twice one reader takes the first value and another the last.
        let entries: Object<'_> = serde_json::from_str(value.get()).ok()?;
        value = entries.0.get(*step).copied().flatten()?;
    }
    let start = value.get().as_ptr().addr().checked_sub(text.as_ptr().addr())?;
    Some(start..start + value.get().len())
}

/// The values of an object, as they are written; none of a name that stands there twice.
struct Object<'t>(BTreeMap<String, Option<&'t RawValue>>);

impl<'de: 't, 't> serde::Deserialize<'de> for Object<'t> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> serde::de::Visitor<'de> for Entries {
            type Value = BTreeMap<String, Option<&'de RawValue>>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = BTreeMap::new();
                while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
                    let known = entries.insert(name.clone(), Some(value));
                    if known.is_some() {
                        entries.insert(name, None);
                    }
                }
                Ok(entries)
            }
        }

        deserializer.deserialize_map(Entries).map(Object)
    }
}

/// Where the value of the one pair with this key stands. Keys are compared as they are written: those of forms are words.
fn pair_of(body: &[u8], key: &str) -> Option<Range<usize>> {
    let (mut at, mut found) = (0, None);
    for pair in body.split(|byte| *byte == b'&') {
        let is_it = pair.strip_prefix(key.as_bytes()).is_some_and(|rest| rest.first() == Some(&b'='));
        if is_it {
            let span = at + key.len() + 1..at + pair.len();
            if found.replace(span).is_some() {
                return None;
            }
        }
        at += pair.len() + 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(body: &str, format: Format, field: &str) -> Option<String> {
        let fallback = Fallback { field: field.to_owned(), text: "请登录\"APP\"".to_owned() };
        put(body.as_bytes(), format, &fallback).map(|bytes| String::from_utf8(bytes).expect("UTF-8"))
    }

    #[test]
    fn only_the_field_is_replaced() {
        let json = |body, field| with(body, Format::Json, field);
        let text = "\"请登录\\\"APP\\\"\"";
        for (body, field, expected) in [
            (
                "{ \"n\" : 1.50, \"content\": \"x\" }",
                "content",
                Some(format!("{{ \"n\" : 1.50, \"content\": {text} }}")),
            ),
            ("{\"t\":{\"content\":[1,2]}}", "$.t.content", Some(format!("{{\"t\":{{\"content\":{text}}}}}"))),
            ("{\"t\":{\"content\":1}}", "content", None),
            ("{\"content\":1,\"content\":2}", "content", None),
            ("[1]", "content", None),
            ("{\"content\":", "content", None),
            ("{\"a\":[{\"b\":1}]}", "$.a[0].b", None),
        ] {
            assert_eq!(json(body, field), expected, "{body} {field}");
        }
        let form = |body, field| with(body, Format::Form, field);
        let text = "%E8%AF%B7%E7%99%BB%E5%BD%95%22APP%22";
        assert_eq!(form("a=1&text=x%20y&b=", "text"), Some(format!("a=1&text={text}&b=")));
        assert_eq!((form("a=1&text=x&text=y", "text"), form("a=1&texts=x", "text")), (None, None));
    }
}
