//! Signatures that providers have requests carry: whose, and what they cover. What is covered cannot be changed on the way without
//! somebody who signs again.
//!
//! Known by their shape alone: a provider's documentation says which headers or parameters it reads. A word that only says who calls
//! (a bearer token, Basic, a key of a webhook, a `sign` over a time and a secret) covers nothing of the message, and is none.

mod canonical;
mod digest;
mod signer;

pub use signer::Signer;
pub(crate) use signer::{Fits, Head, Unfit};

use hyper::HeaderMap;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};

/// A longer body is no form of parameters that are signed, in bytes.
const FORM_LIMIT_BYTES: usize = 256 << 10;

/// Whose signature, and so whose words an application's SDK understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Provider {
    /// Alibaba Cloud: ACS3-HMAC-SHA256, and the older one in parameters.
    Aliyun,
    /// Tencent Cloud: TC3-HMAC-SHA256, and the older one in parameters.
    Tencent,
    /// Amazon Web Services: AWS4-HMAC-SHA256.
    Aws,
    /// Huawei Cloud: SDK-HMAC-SHA256.
    Huawei,
    /// Volcengine: HMAC-SHA256 with a credential.
    Volcengine,
    /// Qiniu Cloud.
    Qiniu,
    /// WeChat Pay: WECHATPAY2-SHA256-RSA2048 and its SM2 twin.
    WechatPay,
    /// Whoever signs by RFC 9421.
    HttpMessage,
}

/// In whose words an error is told, and how they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Whose.
    pub provider: Provider,
    /// As XML, and not as JSON.
    pub is_xml: bool,
}

/// A signature and what it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Signature {
    pub(crate) dialect: Dialect,
    pub(crate) covers: Covers,
}

/// What has to leave as it came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Covers {
    pub(crate) query: bool,
    pub(crate) body: bool,
    pub(crate) cookies: bool,
}

/// Schemes of `Authorization`, in small letters, and whose they are. A blank ends each.
const SCHEMES: [(&str, Provider); 8] = [
    ("acs3-hmac-sha256", Provider::Aliyun),
    ("tc3-hmac-sha256", Provider::Tencent),
    ("aws4-hmac-sha256", Provider::Aws),
    ("sdk-hmac-sha256", Provider::Huawei),
    ("hmac-sha256", Provider::Volcengine),
    ("qiniu", Provider::Qiniu),
    ("wechatpay2-sha256-rsa2048", Provider::WechatPay),
    ("wechatpay2-sm2-with-sm3", Provider::WechatPay),
];

/// Headers that say what stands for the body in what is signed.
const BODY_HASHES: [&str; 5] =
    [ACS3_HASH, "x-amz-content-sha256", "x-sdk-content-sha256", "x-tc-content-sha256", "x-content-sha256"];

/// That of Alibaba Cloud, which knows no body that is left out.
const ACS3_HASH: &str = "x-acs-content-sha256";

/// What stands in them where the body is left out.
const UNSIGNED: &str = "UNSIGNED-PAYLOAD";

/// In whose words whoever sent a request with this head is told what is the matter. `None`: it carries no signature that is known.
pub(crate) fn dialect(headers: &HeaderMap, query: Option<&str>) -> Option<Dialect> {
    in_head(headers, query).map(|signature| signature.dialect)
}

fn in_head(headers: &HeaderMap, query: Option<&str>) -> Option<Signature> {
    by_header(headers, query).or_else(|| by_components(headers)).or_else(|| by_parameters(query?))
}

/// The signature that a request carries. `None`: none that is known.
pub(crate) fn of(headers: &HeaderMap, query: Option<&str>, body: &[u8]) -> Option<Signature> {
    in_head(headers, query).or_else(|| {
        let form = Some(body).filter(|body| is_form(headers) && body.len() <= FORM_LIMIT_BYTES)?;
        by_parameters(std::str::from_utf8(form).ok()?)
    })
}

fn is_form(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|value| {
        let essence = value.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default();
        essence.trim_ascii().eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
    })
}

fn by_header(headers: &HeaderMap, query: Option<&str>) -> Option<Signature> {
    let mut given =
        headers.get_all(AUTHORIZATION).iter().filter_map(|value| std::str::from_utf8(value.as_bytes()).ok());
    let (provider, rest) = given.find_map(|value| {
        let (scheme, rest) = value.trim_start().split_once(' ')?;
        let known = SCHEMES.iter().find(|(known, _)| scheme.eq_ignore_ascii_case(known));
        known.map(|(_, provider)| (*provider, rest))
    })?;
    // A plain HMAC is known by who signs with it.
    if provider == Provider::Volcengine && !rest.trim_start().starts_with("Credential=") {
        return None;
    }
    let cookies = signed_headers(rest).any(|name| name.eq_ignore_ascii_case("cookie"));
    let is_xml = match provider {
        // What is called by parameters answers in XML, what is called by JSON in JSON.
        Provider::Aws => is_form(headers) || query.is_some_and(|query| query.contains("Action=")),
        _ => format_of(query.unwrap_or_default()).is_some_and(|format| format.eq_ignore_ascii_case("xml")),
    };
    let dialect = Dialect { provider, is_xml };
    Some(Signature { dialect, covers: Covers { query: true, body: !is_unsigned(headers), cookies } })
}

/// Whether a header says that the body is left out of what is signed.
fn is_unsigned(headers: &HeaderMap) -> bool {
    !headers.contains_key(ACS3_HASH)
        && body_hashes(headers).any(|value| value.eq_ignore_ascii_case(UNSIGNED.as_bytes()))
}

/// What headers say that stands for the body.
fn body_hashes(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let values = BODY_HASHES.iter().flat_map(|name| headers.get_all(*name));
    values.map(|value| value.as_bytes().trim_ascii())
}

/// The parameter `Format`, by which Alibaba Cloud is asked for JSON or XML.
fn format_of(parameters: &str) -> Option<&str> {
    parameters.split('&').find_map(|pair| pair.strip_prefix("Format="))
}

/// The headers that `SignedHeaders=a;b` names.
fn signed_headers(parameters: &str) -> impl Iterator<Item = &str> {
    let named = parameters.split(',').find_map(|part| part.trim().strip_prefix("SignedHeaders="));
    named.unwrap_or_default().split(';').map(str::trim)
}

/// By `Signature-Input` (RFC 9421 §4.1): the components that it lists.
fn by_components(headers: &HeaderMap) -> Option<Signature> {
    let inputs: Vec<&[u8]> = headers.get_all("signature-input").iter().map(HeaderValue::as_bytes).collect();
    if inputs.is_empty() || !headers.contains_key("signature") {
        return None;
    }
    let text = inputs.join(&b", "[..]);
    let has = |component: &[u8]| memchr::memmem::find(&text, component).is_some();
    let query = [&b"\"@query"[..], b"\"@target-uri\"", b"\"@request-target\""].iter().any(|component| has(component));
    let body = [&b"\"content-digest\""[..], b"\"digest\"", b"\"content-md5\""].iter().any(|component| has(component));
    let dialect = Dialect { provider: Provider::HttpMessage, is_xml: false };
    Some(Signature { dialect, covers: Covers { query, body, cookies: has(b"\"cookie\"") } })
}

/// By parameters, as they are written: a name says whose they are. Where those of a query are signed, those of a form are too.
fn by_parameters(parameters: &str) -> Option<Signature> {
    if !parameters.contains("Signature=") {
        return None;
    }
    let (mut is_signed, mut provider) = (false, None);
    for pair in parameters.split('&') {
        match pair.split_once('=').map_or(pair, |(name, _)| name) {
            "Signature" | "X-Amz-Signature" => is_signed = true,
            "AccessKeyId" | "SignatureNonce" => provider = Some(Provider::Aliyun),
            "SecretId" => provider = Some(Provider::Tencent),
            "X-Amz-Credential" => provider = Some(Provider::Aws),
            _ => {}
        }
    }
    let provider = provider.filter(|_| is_signed)?;
    let is_xml = match provider {
        // XML is what it answers in where nothing else is asked for.
        Provider::Aliyun => !format_of(parameters).is_some_and(|format| format.eq_ignore_ascii_case("json")),
        provider => provider == Provider::Aws,
    };
    let dialect = Dialect { provider, is_xml };
    Some(Signature { dialect, covers: Covers { query: true, body: true, cookies: false } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::HeaderName;

    const BODY: Covers = Covers { query: true, body: true, cookies: false };
    const NO_BODY: Covers = Covers { body: false, ..BODY };

    fn headers(all: &[(&'static str, &str)]) -> HeaderMap {
        let pair =
            |(name, value): &(&'static str, &str)| (HeaderName::from_static(name), value.parse().expect("a value"));
        all.iter().map(pair).collect()
    }

    #[test]
    fn signatures_are_known_by_their_shape() {
        let signed = "Credential=AK, SignedHeaders=host;x-date, Signature=00";
        for (given, provider, covers) in [
            (vec![("authorization", format!("ACS3-HMAC-SHA256 {signed}"))], Provider::Aliyun, BODY),
            (vec![("authorization", format!("tc3-hmac-sha256 {signed}"))], Provider::Tencent, BODY),
            (vec![("authorization", format!("AWS4-HMAC-SHA256 {signed}"))], Provider::Aws, BODY),
            (vec![("authorization", format!("HMAC-SHA256 {signed}"))], Provider::Volcengine, BODY),
            (
                vec![
                    ("authorization", "SDK-HMAC-SHA256 Access=AK, SignedHeaders=cookie;host, Signature=00".to_owned()),
                    ("x-sdk-content-sha256", "UNSIGNED-PAYLOAD".to_owned()),
                ],
                Provider::Huawei,
                Covers { cookies: true, ..NO_BODY },
            ),
            (vec![("authorization", "WECHATPAY2-SHA256-RSA2048 mchid=\"1\"".to_owned())], Provider::WechatPay, BODY),
            (
                vec![
                    ("signature-input", "sig1=(\"@method\" \"content-digest\");created=1".to_owned()),
                    ("signature", "sig1=:AA==:".to_owned()),
                ],
                Provider::HttpMessage,
                Covers { query: false, body: true, cookies: false },
            ),
        ] {
            let given: Vec<_> = given.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let dialect = Dialect { provider, is_xml: false };
            assert_eq!(in_head(&headers(&given), None), Some(Signature { dialect, covers }), "{given:?}");
        }
    }

    #[test]
    fn parameters_are_signed_in_query_and_form() {
        for (parameters, provider) in [
            (
                "Action=SendSms&AccessKeyId=a&SignatureMethod=HMAC-SHA1&SignatureNonce=1&Signature=x%3D",
                Some(Provider::Aliyun),
            ),
            ("Action=SendSms&SecretId=a&Nonce=1&Signature=x", Some(Provider::Tencent)),
            ("X-Amz-Credential=a&X-Amz-Signature=0", Some(Provider::Aws)),
            ("Signature=of+a+letter&text=1", None),
            ("AccessKeyId=a", None),
        ] {
            let none = HeaderMap::new();
            assert_eq!(dialect(&none, Some(parameters)).map(|dialect| dialect.provider), provider, "{parameters}");
            let form = headers(&[("content-type", "application/x-www-form-urlencoded; charset=utf-8")]);
            assert_eq!(
                of(&form, None, parameters.as_bytes()).map(|signature| signature.dialect.provider),
                provider,
                "{parameters}"
            );
        }
    }

    #[test]
    fn xml_is_answered_where_it_is_read() {
        let is_xml = |given: &[(&'static str, &str)], query: Option<&str>| {
            dialect(&headers(given), query).expect("signed").is_xml
        };
        let older = "AccessKeyId=a&Signature=b";
        assert!(is_xml(&[], Some(older)) && !is_xml(&[], Some("AccessKeyId=a&Signature=b&Format=JSON")));
        let acs3 = ("authorization", "ACS3-HMAC-SHA256 Credential=a");
        assert!(!is_xml(&[acs3], Some("Action=SendSms")) && is_xml(&[acs3], Some("Format=xml")));
        let aws = ("authorization", "AWS4-HMAC-SHA256 Credential=a");
        assert!(is_xml(&[aws, ("content-type", "application/x-www-form-urlencoded; charset=utf-8")], None));
        assert!(!is_xml(&[aws, ("content-type", "application/json")], None));
    }

    #[test]
    fn what_only_says_who_calls_is_no_signature() {
        for value in
            ["Bearer Signature=0", "Basic QTpC", "Digest username=\"a\"", "HMAC-SHA256 abc", "ACS3-HMAC-SHA256", "key"]
        {
            assert_eq!(
                in_head(&headers(&[("authorization", value)]), Some("access_token=1&sign=2&timestamp=3")),
                None,
                "{value}"
            );
        }
    }
}
