//! What personal information is processed for, as a firm has declared it.
//!
//! Order 218 Art. 31 ¶1 and PIPL Art. 6 keep processing inside a purpose that was declared; PIPL Art. 17 and the Regulations on
//! Network Data Security Art. 21 say what has to be told of it. A [`Purpose`] holds as much of that as can be checked by a
//! program.

use crate::Kind;
use crate::time::Period;
use std::fmt;

/// The longest code of a purpose, in bytes.
pub const CODE_LIMIT_BYTES: usize = 64;

/// The longest text, in bytes.
pub const TEXT_LIMIT_BYTES: usize = 4096;

/// A purpose, as it was declared. Its fields are checked, and it has at least one kind and one method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose {
    code: String,
    text: String,
    service: String,
    is_necessary: bool,
    kinds: Vec<Kind>,
    methods: Vec<Method>,
    retention: Period,
}

/// What a purpose is made of.
#[derive(Clone, Debug)]
pub struct PurposeParts {
    /// The name that flows and consents use: small ASCII letters, digits, `_`, `-` and `.`, a letter first.
    pub code: String,
    /// What it is, as data subjects are told.
    pub text: String,
    /// The service that it is for.
    pub service: String,
    /// Whether the service cannot be given without it. Only then may the service be refused where consent is (Order 218
    /// Art. 31 ¶2, PIPL Art. 16).
    pub is_necessary: bool,
    /// The kinds of data that it takes.
    pub kinds: Vec<Kind>,
    /// What is done with them.
    pub methods: Vec<Method>,
    /// How long they are kept at most.
    pub retention: Period,
}

/// A way of processing: the words of PIPL Art. 4 ¶2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// 收集
    Collect,
    /// 存储
    Store,
    /// 使用
    Use,
    /// 加工
    Process,
    /// 传输
    Transmit,
    /// 提供, to another who decides what to do with it
    Provide,
    /// 公开
    Publish,
    /// 删除
    Delete,
}

/// What is wrong with the parts of a purpose. Its message says what to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PurposeError(Wrong);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    Code,
    Text,
    NoKinds,
    NoMethods,
}

impl Purpose {
    /// Checks the parts. A kind or method that is given twice counts once.
    ///
    /// # Errors
    /// The code is none, text or service are empty or over [`TEXT_LIMIT_BYTES`], or there are no kinds or no methods.
    pub fn new(parts: PurposeParts) -> Result<Self, PurposeError> {
        let PurposeParts { code, text, service, is_necessary, mut kinds, mut methods, retention } = parts;
        if !is_code(&code) {
            return Err(PurposeError(Wrong::Code));
        }
        if [&text, &service].iter().any(|text| text.trim().is_empty() || text.len() > TEXT_LIMIT_BYTES) {
            return Err(PurposeError(Wrong::Text));
        }
        kinds.sort_unstable_by_key(|kind| kind.as_str());
        kinds.dedup();
        methods.sort_unstable();
        methods.dedup();
        if kinds.is_empty() {
            return Err(PurposeError(Wrong::NoKinds));
        }
        if methods.is_empty() {
            return Err(PurposeError(Wrong::NoMethods));
        }
        Ok(Self { code, text, service, is_necessary, kinds, methods, retention })
    }

    /// The name that flows and consents use.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What it is, as data subjects are told.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The service that it is for.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.service
    }

    /// Whether the service cannot be given without it.
    #[must_use]
    pub fn is_necessary(&self) -> bool {
        self.is_necessary
    }

    /// The kinds of data that it takes, by name, each once.
    #[must_use]
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// Whether it takes data of this kind.
    #[must_use]
    pub fn takes(&self, kind: Kind) -> bool {
        self.kinds.contains(&kind)
    }

    /// What is done with them, each once.
    #[must_use]
    pub fn methods(&self) -> &[Method] {
        &self.methods
    }

    /// How long they are kept at most.
    #[must_use]
    pub fn retention(&self) -> Period {
        self.retention
    }
}

/// Whether this can be the code of a purpose.
fn is_code(code: &str) -> bool {
    let begins = code.as_bytes().first().is_some_and(u8::is_ascii_lowercase);
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-' | b'.');
    begins && code.len() <= CODE_LIMIT_BYTES && code.bytes().all(fits)
}

impl Method {
    /// All of them, in the law's order.
    pub const ALL: [Self; 8] = [
        Self::Collect,
        Self::Store,
        Self::Use,
        Self::Process,
        Self::Transmit,
        Self::Provide,
        Self::Publish,
        Self::Delete,
    ];

    /// The word that stands in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Collect => "collect",
            Self::Store => "store",
            Self::Use => "use",
            Self::Process => "process",
            Self::Transmit => "transmit",
            Self::Provide => "provide",
            Self::Publish => "publish",
            Self::Delete => "delete",
        }
    }

    /// Reads such a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == word)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for PurposeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Wrong::Code => write!(
                f,
                "a purpose's code has small letters, digits, _, - and ., a letter first, {CODE_LIMIT_BYTES} bytes at most"
            ),
            Wrong::Text => {
                write!(f, "a purpose's text and service say what it is for, in {TEXT_LIMIT_BYTES} bytes at most")
            }
            Wrong::NoKinds => f.write_str("a purpose without kinds takes no data: name the kinds that it needs"),
            Wrong::NoMethods => {
                f.write_str("a purpose without methods does nothing: name what is done, for instance \"use\"")
            }
        }
    }
}

impl std::error::Error for PurposeError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts() -> PurposeParts {
        PurposeParts {
            code: "trade_notice".to_owned(),
            text: "成交与交收提醒".to_owned(),
            service: "证券交易".to_owned(),
            is_necessary: true,
            kinds: ["mobile_phone", "capital_account", "mobile_phone"]
                .map(|name| Kind::new(name).expect("a name"))
                .to_vec(),
            methods: vec![Method::Transmit, Method::Use],
            retention: Period::years(20).expect("some"),
        }
    }

    #[test]
    fn says_what_was_declared() {
        let purpose = Purpose::new(parts()).expect("sound");
        let kinds: Vec<&str> = purpose.kinds().iter().map(|kind| kind.as_str()).collect();
        assert_eq!(
            (kinds.as_slice(), purpose.methods()),
            (&["capital_account", "mobile_phone"][..], &[Method::Use, Method::Transmit][..])
        );
        assert!(
            purpose.takes(Kind::new("mobile_phone").expect("a name"))
                && !purpose.takes(Kind::new("email").expect("a name"))
        );
    }

    #[test]
    fn nothing_is_left_out() {
        let wrong: [fn(&mut PurposeParts); 8] = [
            |parts| parts.code = "交易".to_owned(),
            |parts| parts.code = "2fa".to_owned(),
            |parts| parts.code = "a".repeat(CODE_LIMIT_BYTES + 1),
            |parts| parts.text = " ".to_owned(),
            |parts| parts.service = String::new(),
            |parts| parts.text = "a".repeat(TEXT_LIMIT_BYTES + 1),
            |parts| parts.kinds.clear(),
            |parts| parts.methods.clear(),
        ];
        for (at, change) in wrong.into_iter().enumerate() {
            let mut parts = parts();
            change(&mut parts);
            assert!(Purpose::new(parts).is_err(), "change {at}");
        }
    }

    #[test]
    fn methods_are_the_laws_words() {
        assert!(Method::ALL.into_iter().all(|method| Method::parse(method.as_str()) == Some(method)));
        assert_eq!(Method::parse("sell"), None);
    }
}
