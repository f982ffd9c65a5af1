//! A purpose, as the firm publishes it.

use crate::Kind;
use crate::purpose::{Method, Purpose, PurposeParts};
use crate::time::Period;
use serde::{Deserialize, Serialize};

/// A purpose that was published. Published again with other kinds, methods or (unless that is editorial) another text, it is
/// another purpose, and consents to the one before do not count for it (PIPL Art. 14 ¶2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Published {
    purpose: Purpose,
    is_editorial: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    code: String,
    text: String,
    service: String,
    is_necessary: bool,
    kinds: Vec<Kind>,
    methods: Vec<Method>,
    retention: Period,
    #[serde(default)]
    is_editorial: bool,
}

impl Published {
    /// A purpose whose text, if it is another than before, says something else.
    #[must_use]
    pub fn new(purpose: Purpose) -> Self {
        Self { purpose, is_editorial: false }
    }

    /// A purpose whose text may be another than before and says the same.
    #[must_use]
    pub fn editorial(purpose: Purpose) -> Self {
        Self { purpose, is_editorial: true }
    }

    /// The purpose.
    #[must_use]
    pub fn purpose(&self) -> &Purpose {
        &self.purpose
    }

    /// Whether a consent to `before` is one to this.
    #[must_use]
    pub fn is_same_as(&self, before: &Purpose) -> bool {
        let now = &self.purpose;
        let says_the_same = self.is_editorial || (now.text() == before.text() && now.service() == before.service());
        says_the_same && now.kinds() == before.kinds() && now.methods() == before.methods()
    }
}

impl TryFrom<Written> for Published {
    type Error = crate::purpose::PurposeError;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let Written { code, text, service, is_necessary, kinds, methods, retention, is_editorial } = written;
        let purpose = Purpose::new(PurposeParts { code, text, service, is_necessary, kinds, methods, retention })?;
        Ok(Self { purpose, is_editorial })
    }
}

impl From<Published> for Written {
    fn from(published: Published) -> Self {
        let Published { purpose, is_editorial } = published;
        Self {
            code: purpose.code().to_owned(),
            text: purpose.text().to_owned(),
            service: purpose.service().to_owned(),
            is_necessary: purpose.is_necessary(),
            kinds: purpose.kinds().to_vec(),
            methods: purpose.methods().to_vec(),
            retention: purpose.retention(),
            is_editorial,
        }
    }
}
