//! What a signature covers leaves as it came, or not at all: changed, its signature would not fit any more.

use super::{Came, Leaves};
use crate::signature::{self, Covers, Signature};
use crate::stop::{Stop, Why};

/// Whether what leaves may leave under the signature that came.
///
/// # Errors
/// Something that is covered would be another one.
pub(super) fn holds(came: &Came<'_>, leaves: &Leaves) -> Result<(), Stop> {
    if leaves.query.is_none() && leaves.body.is_none() && leaves.cookies.is_none() {
        return Ok(());
    }
    let Some(Signature { dialect, covers }) = signature::of(came.headers, came.query, came.body) else { return Ok(()) };
    let place = match covers {
        Covers { query: true, .. } if leaves.query.is_some() => "query",
        Covers { body: true, .. } if leaves.body.is_some() => "body",
        Covers { cookies: true, .. } if leaves.cookies.is_some() => "header cookie",
        _ => return Ok(()),
    };
    let detail = "something personal in it would be masked, and its signature would not fit any more: mask it before it is signed, by \
                  the library or the local API, or have the route sign it again";
    Err(Stop::new(Why::Signed, detail).at(place).in_words_of(Some(dialect)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::{Dialect, Provider};
    use bytes::Bytes;
    use hyper::header::AUTHORIZATION;
    use hyper::{HeaderMap, Method};

    #[test]
    fn only_what_is_covered_has_to_stay() {
        let signed = "SDK-HMAC-SHA256 Access=AK, SignedHeaders=host, Signature=00";
        let mut given = HeaderMap::from_iter([(AUTHORIZATION, signed.parse().expect("a value"))]);
        let body = Bytes::from_static(b"a");
        let other_body = || Leaves { body: Some(vec![1]), ..Leaves::default() };
        let other_query = Leaves { query: Some(String::new()), ..Leaves::default() };
        let held = |headers: &HeaderMap, leaves: &Leaves| {
            holds(&Came { method: &Method::POST, path: "/", query: Some("q"), headers, body: &body }, leaves)
        };
        assert_eq!(held(&given, &other_body()).expect_err("the body is covered").place.as_deref(), Some("body"));
        given.insert("x-sdk-content-sha256", "UNSIGNED-PAYLOAD".parse().expect("a value"));
        assert!(held(&given, &Leaves::default()).is_ok() && held(&given, &other_body()).is_ok());
        let stop = held(&given, &other_query).expect_err("the query is covered");
        assert_eq!((stop.why, stop.place.as_deref()), (Why::Signed, Some("query")));
        assert_eq!(stop.dialect, Some(Dialect { provider: Provider::Huawei, is_xml: false }));
    }
}
