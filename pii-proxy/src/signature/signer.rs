//! Requests that an application signs with a key that the firm gave it, and that leave signed with the one that the gateway knows: so
//! what is masked on the way has a signature that fits, and no application has the gateway's key.

use super::canonical::Signed;
use super::digest::{hex, hex_of, hmac};
use super::{UNSIGNED, body_hashes};
use crate::config::{KeyAt, Scheme, SignAt};
use hyper::HeaderMap;
use hyper::header::{AUTHORIZATION, HeaderName, HeaderValue};
use pii_core::key::Secret;
use pii_core::policy::Date;
use pii_core::time::Moment;
use std::fmt;
use std::str::FromStr as _;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// A signature may be so much older, or newer, than this machine's clock, in milliseconds: what the providers allow at most.
const WINDOW_MILLIS: u64 = 15 * 60 * 1000;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Headers of keys that are for a while: whoever signs again has none of them.
const TOKENS: [&str; 4] = ["x-acs-security-token", "x-amz-security-token", "x-tc-token", "x-security-token"];

/// Verifies what comes, and signs what leaves.
pub struct Signer {
    scheme: Scheme,
    taken: Key,
    given: Key,
}

struct Key {
    id: String,
    secret: Secret,
}

/// A request whose signature fits, and how it was signed: what leaves is signed in the same way.
pub(crate) struct Fits {
    /// The names of the headers that are signed, as they are listed.
    names: Vec<String>,
    /// What a key is derived for: day, region, service.
    scope: Vec<String>,
    /// When it was signed, as the scheme writes it.
    at: String,
}

/// Why a request's signature does not fit, in words for whoever sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unfit(pub(crate) &'static str);

/// A request as the signer sees it.
pub(crate) struct Head<'r> {
    pub(crate) method: &'r str,
    pub(crate) path: &'r str,
    pub(crate) query: Option<&'r str>,
    pub(crate) host: &'r str,
}

impl Signer {
    /// Reads the secrets.
    ///
    /// # Errors
    /// A file cannot be read, or others can read it too.
    pub fn new(at: &SignAt) -> Result<Self, String> {
        let key = |at: &KeyAt| -> Result<Key, String> {
            let secret = pii_keys::secret_in(&at.secret_file).map_err(|error| error.to_string())?;
            if secret.expose().is_empty() {
                return Err(format!("{}: it is empty", at.secret_file.display()));
            }
            Ok(Key { id: at.id.clone(), secret })
        };
        Ok(Self { scheme: at.scheme, taken: key(&at.taken)?, given: key(&at.given)? })
    }

    /// Whether the application signed this, not long ago.
    ///
    /// # Errors
    /// It is signed in no way that is known, by another key, at another time, or something else.
    pub(crate) fn verify(&self, head: &Head<'_>, headers: &HeaderMap, body: &[u8], now: Moment) -> Result<Fits, Unfit> {
        if TOKENS.iter().any(|name| headers.contains_key(*name)) {
            return Err(Unfit(
                "it is signed with a key for a while, which cannot be signed again: sign it with the route's",
            ));
        }
        let mut given = headers.get_all(AUTHORIZATION).iter();
        let (Some(authorization), None) = (given.next(), given.next()) else {
            return Err(Unfit("sign it as the route says by [route.sign]"));
        };
        let parts = Parts::of(self.scheme, authorization).ok_or(Unfit("sign it as the route says by [route.sign]"))?;
        let at = self.scheme.time(headers).ok_or(Unfit("the header with its time is missing, or no time"))?;
        if at.moment.millis_since(now).max(now.millis_since(at.moment)) > WINDOW_MILLIS {
            return Err(Unfit("it was signed too long ago, or a clock is wrong: sign it anew for each request"));
        }
        let fits = Fits { names: parts.names, scope: parts.scope, at: at.written };
        let covers = |name: &str| fits.names.iter().any(|known| known == name);
        // Where the time is a header alone, whoever could write another one could send the request again whenever they like.
        let is_hashed = super::BODY_HASHES.iter().all(|name| covers(name) || !headers.contains_key(*name));
        if !covers("host") || !self.scheme.dates(&fits) || !is_hashed {
            return Err(Unfit("its signature does not cover its host, its time and its body, or is for another day"));
        }
        let Head { method, path, query, host } = *head;
        let hash = hex_of(body);
        let signed = Signed { method, path, query, headers, host, length: body.len(), hash: &hash };
        let expected = self.scheme.signature(&self.taken, &signed, &fits);
        // The key's id is no secret, but whether it or the signature is wrong is nobody's affair.
        let is_right =
            parts.signature.as_bytes().ct_eq(expected.as_bytes()) & parts.id.as_bytes().ct_eq(self.taken.id.as_bytes());
        // Where a header says what the body's hash is, it is signed, and has to be true.
        let is_true = body_hashes(headers)
            .all(|value| value == UNSIGNED.as_bytes() || value.eq_ignore_ascii_case(hash.as_bytes()));
        if !bool::from(is_right) || !is_true {
            return Err(Unfit("its signature does not fit: something was changed behind it, or it is by another key"));
        }
        Ok(fits)
    }

    /// Signs what leaves.
    pub(crate) fn sign(&self, head: &Head<'_>, headers: &mut HeaderMap, body: &[u8], fits: &Fits) {
        let hash = hex_of(body);
        for name in super::BODY_HASHES {
            let is_hash = headers.get(name).is_some_and(|value| value.as_bytes() != UNSIGNED.as_bytes());
            if let Some(value) = HeaderValue::from_str(&hash).ok().filter(|_| is_hash) {
                headers.insert(name, value);
            }
        }
        // What ended here is not there any more to be signed.
        let is_there =
            |name: &&String| ["host", "content-length"].contains(&name.as_str()) || headers.contains_key(name.as_str());
        let names: Vec<_> = fits.names.iter().filter(is_there).cloned().collect();
        let fits = Fits { names, scope: fits.scope.clone(), at: fits.at.clone() };
        let Head { method, path, query, host } = *head;
        let signed = Signed { method, path, query, headers, host, length: body.len(), hash: &hash };
        let signature = self.scheme.signature(&self.given, &signed, &fits);
        let authorization = self.scheme.written(&self.given.id, &fits, &signature);
        if let Ok(mut value) = HeaderValue::from_str(&authorization) {
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
    }
}

/// The parts of `Authorization`.
struct Parts {
    id: String,
    scope: Vec<String>,
    names: Vec<String>,
    signature: String,
}

impl Parts {
    fn of(scheme: Scheme, authorization: &HeaderValue) -> Option<Self> {
        let (name, rest) = authorization.to_str().ok()?.split_once(' ')?;
        if !name.eq_ignore_ascii_case(scheme.name()) {
            return None;
        }
        let mut parts = rest.split(',').map(|part| part.trim().split_once('='));
        let (mut credential, mut names, mut signature) = (None, None, None);
        parts.try_for_each(|part| {
            let (name, value) = part?;
            let place = match name {
                "Credential" | "Access" => &mut credential,
                "SignedHeaders" => &mut names,
                "Signature" => &mut signature,
                _ => return None,
            };
            // Said twice, nobody can tell which holds.
            place.replace(value).is_none().then_some(())
        })?;
        let mut credential = credential?.split('/');
        let id = credential.next()?.to_owned();
        let scope: Vec<_> = credential.map(str::to_owned).collect();
        let names: Vec<_> = names?.split(';').map(str::to_owned).collect();
        let is_name = |name: &String| HeaderName::from_str(name).is_ok_and(|known| known.as_str() == name);
        let is_ordered = names.is_sorted() && names.iter().all(is_name);
        (scope.len() == scheme.scope() && is_ordered).then_some(Self {
            id,
            scope,
            names,
            signature: signature?.to_owned(),
        })
    }
}

/// When a request was signed.
struct At {
    moment: Moment,
    written: String,
}

impl Scheme {
    /// Its name in `Authorization`.
    fn name(self) -> &'static str {
        match self {
            Self::Acs3 => "ACS3-HMAC-SHA256",
            Self::Tc3 => "TC3-HMAC-SHA256",
            Self::Aws4 => "AWS4-HMAC-SHA256",
            Self::Huawei => "SDK-HMAC-SHA256",
        }
    }

    /// Of how many words what a key is derived for consists.
    fn scope(self) -> usize {
        match self {
            Self::Acs3 | Self::Huawei => 0,
            Self::Tc3 => 3,
            Self::Aws4 => 4,
        }
    }

    /// The header that says when a request was signed.
    fn time_name(self) -> &'static str {
        match self {
            Self::Acs3 => "x-acs-date",
            Self::Tc3 => "x-tc-timestamp",
            Self::Aws4 => "x-amz-date",
            Self::Huawei => "x-sdk-date",
        }
    }

    /// Whether the signature is for its time: it covers the header, or is by a key that is derived for the day, over a text that has it.
    fn dates(self, fits: &Fits) -> bool {
        let day = fits.scope.first();
        match self {
            Self::Acs3 | Self::Huawei => fits.names.iter().any(|name| name == self.time_name()),
            Self::Aws4 => day.is_some_and(|day| fits.at.starts_with(day.as_str())),
            // The time is in seconds, and the day is that of UTC.
            Self::Tc3 => {
                let seconds: Option<i64> = fits.at.parse().ok();
                let date = seconds.and_then(|seconds| Date::from_unix_days(seconds.div_euclid(DAY_SECONDS)));
                date.is_some_and(|date| day == Some(&date.to_string()))
            }
        }
    }

    /// When a request says that it was signed.
    fn time(self, headers: &HeaderMap) -> Option<At> {
        let written = headers.get(self.time_name())?.to_str().ok()?.to_owned();
        let moment = match self {
            Self::Tc3 => written.parse().ok().and_then(Moment::from_unix_seconds)?,
            Self::Acs3 => Moment::parse(&written)?,
            Self::Aws4 | Self::Huawei => basic(&written)?,
        };
        Some(At { moment, written })
    }

    /// The signature of a request, in small hexadecimal digits.
    fn signature(self, key: &Key, signed: &Signed<'_>, fits: &Fits) -> String {
        let (name, at, hash) = (self.name(), &fits.at, hex_of(signed.text(self, &fits.names).as_bytes()));
        let text = match self {
            Self::Acs3 => format!("{name}\n{hash}"),
            Self::Huawei => format!("{name}\n{at}\n{hash}"),
            Self::Tc3 | Self::Aws4 => format!("{name}\n{at}\n{}\n{hash}", fits.scope.join("/")),
        };
        let secret = key.secret.expose();
        let derived = |before: &[u8]| {
            let first = Zeroizing::new([before, secret].concat());
            let (day, rest) = fits.scope.split_first().expect("its words were counted");
            rest.iter().fold(hmac(&first, day), |key, word| hmac(&*key, word))
        };
        let code = match self {
            Self::Acs3 | Self::Huawei => hmac(secret, &text),
            Self::Tc3 => hmac(&*derived(b"TC3"), &text),
            Self::Aws4 => hmac(&*derived(b"AWS4"), &text),
        };
        hex(&*code)
    }

    /// `Authorization` as the provider reads it.
    fn written(self, id: &str, fits: &Fits, signature: &str) -> String {
        let (name, names) = (self.name(), fits.names.join(";"));
        let scope: String = fits.scope.iter().map(|word| format!("/{word}")).collect();
        match self {
            Self::Acs3 => format!("{name} Credential={id},SignedHeaders={names},Signature={signature}"),
            Self::Huawei => format!("{name} Access={id}, SignedHeaders={names}, Signature={signature}"),
            Self::Tc3 | Self::Aws4 => {
                format!("{name} Credential={id}{scope}, SignedHeaders={names}, Signature={signature}")
            }
        }
    }
}

/// `20261127T214000Z` (ISO 8601, basic format).
fn basic(text: &str) -> Option<Moment> {
    let is_basic = text.len() == 16 && text.is_ascii();
    let (date, time) = text.split_once('T').filter(|(date, _)| is_basic && date.len() == 8)?;
    let (hour, minute, rest) = (&time[..2], &time[2..4], &time[4..]);
    Moment::parse(&format!("{}-{}-{}T{hour}:{minute}:{rest}", &date[..4], &date[4..6], &date[6..]))
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({:?}, {:?} for {:?})", self.scheme, self.given.id, self.taken.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str, secret: &str) -> Key {
        Key { id: id.to_owned(), secret: Secret::copy_of(secret.as_bytes()) }
    }

    fn signer(scheme: Scheme, (id, secret): (&str, &str)) -> Signer {
        Signer { scheme, taken: key(id, secret), given: key("ANOTHER", "its secret") }
    }

    /// A request that a provider's documentation signs, as a method, a target, headers and a body.
    struct Documented {
        scheme: Scheme,
        key: (&'static str, &'static str),
        method: &'static str,
        query: Option<&'static str>,
        host: &'static str,
        headers: Vec<(&'static str, String)>,
        body: &'static str,
        at: &'static str,
    }

    impl Documented {
        fn headers(&self) -> HeaderMap {
            let pair = |(name, value): &(&'static str, String)| {
                (HeaderName::from_static(name), value.parse().expect("a value"))
            };
            self.headers.iter().map(pair).collect()
        }

        fn head(&self) -> Head<'static> {
            Head { method: self.method, path: "/", query: self.query, host: self.host }
        }

        fn verify(&self, headers: &HeaderMap, body: &str) -> Result<Fits, Unfit> {
            let now = Moment::parse(self.at).expect("a time");
            signer(self.scheme, self.key).verify(&self.head(), headers, body.as_bytes(), now)
        }
    }

    /// The examples of the documentation: AWS, "Signature Version 4 signing process", ListUsers; Tencent Cloud, "Signature Algorithm
    /// v3", DescribeInstances; Alibaba Cloud, "V3 request structure and signature mechanism", RunInstances.
    fn documented() -> [Documented; 3] {
        let owned =
            |pairs: &[(&'static str, &str)]| pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let empty = hex_of(b"");
        [
            Documented {
                scheme: Scheme::Aws4,
                key: ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
                method: "GET",
                query: Some("Action=ListUsers&Version=2010-05-08"),
                host: "iam.amazonaws.com",
                headers: owned(&[
                    ("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
                    ("x-amz-date", "20150830T123600Z"),
                    (
                        "authorization",
                        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, \
                         Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
                    ),
                ]),
                body: "",
                at: "2015-08-30T12:36:00Z",
            },
            Documented {
                scheme: Scheme::Tc3,
                key: ("AKIDz8krbsJ5yKBZQpn74WFkmLPx3", "Gu5t9xGARNpq86cd98joQYCN3*******"),
                method: "POST",
                query: None,
                host: "cvm.tencentcloudapi.com",
                headers: owned(&[
                    ("content-type", "application/json; charset=utf-8"),
                    ("x-tc-timestamp", "1551113065"),
                    (
                        "authorization",
                        "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3/2019-02-25/cvm/tc3_request, SignedHeaders=content-type;host, \
                         Signature=2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c",
                    ),
                ]),
                body: r#"{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}"#,
                at: "2019-02-25T16:44:25Z",
            },
            Documented {
                scheme: Scheme::Acs3,
                key: ("YourAccessKeyId", "YourAccessKeySecret"),
                method: "POST",
                query: Some("ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai"),
                host: "ecs.cn-shanghai.aliyuncs.com",
                headers: owned(&[
                    ("x-acs-action", "RunInstances"),
                    ("x-acs-content-sha256", &empty),
                    ("x-acs-date", "2023-10-26T10:22:32Z"),
                    ("x-acs-signature-nonce", "3156853299f313e23d1673dc12e1703d"),
                    ("x-acs-version", "2014-05-26"),
                    (
                        "authorization",
                        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;\
                         x-acs-signature-nonce;x-acs-version,\
                         Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
                    ),
                ]),
                body: "",
                at: "2023-10-26T10:22:32Z",
            },
        ]
    }

    #[test]
    fn what_the_providers_document_fits() {
        for documented in documented() {
            let fits = documented.verify(&documented.headers(), documented.body);
            assert!(fits.is_ok(), "{:?}: {:?}", documented.scheme, fits.err());
        }
    }

    #[test]
    fn what_was_changed_fits_no_more() {
        for documented in documented() {
            let headers = documented.headers();
            let refused = |headers: &HeaderMap, body: &str, what: &str| {
                assert!(documented.verify(headers, body).is_err(), "{:?}: {what}", documented.scheme);
            };
            refused(&headers, "{}", "another body");
            refused(&HeaderMap::new(), documented.body, "no signature");
            let authorization = headers["authorization"].to_str().expect("text").to_owned();
            let with = |name: &'static str, value: &str| {
                let mut headers = headers.clone();
                headers.insert(name, value.parse().expect("a value"));
                headers
            };
            for (from, to, what) in [
                (documented.key.0, "SOMEBODY", "another key"),
                ("host;", "", "without the host"),
                ("Signature=", "Signature=0", "another signature"),
                ("SHA256 ", "SHA256 Signature=0,", "said twice"),
                (documented.scheme.name(), "SM3-HMAC", "another scheme"),
            ] {
                let changed = authorization
                    .replacen(from, to, 1)
                    .replace(";host", if what == "without the host" { "" } else { ";host" });
                assert_ne!(changed, authorization, "{what}");
                refused(&with("authorization", &changed), documented.body, what);
            }
            refused(&with("x-amz-security-token", "t"), documented.body, "a key for a while");
            let later = Moment::parse(documented.at).and_then(|at| at.plus_millis(WINDOW_MILLIS + 1)).expect("a time");
            let late = signer(documented.scheme, documented.key).verify(
                &documented.head(),
                &headers,
                documented.body.as_bytes(),
                later,
            );
            assert!(late.is_err_and(|unfit| unfit.0.contains("too long ago")));
        }
    }

    #[test]
    fn a_signature_covers_its_host_its_time_and_the_hash_of_its_body() {
        let [_, _, documented] = documented();
        let signer = signer(documented.scheme, documented.key);
        let headers = documented.headers();
        let Head { method, path, query, host } = documented.head();
        let hash = hex_of(b"");
        let signed = Signed { method, path, query, headers: &headers, host, length: 0, hash: &hash };
        let verified = |names: &[&str]| {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            let fits = Fits { names, scope: Vec::new(), at: headers["x-acs-date"].to_str().expect("text").to_owned() };
            let signature = documented.scheme.signature(&signer.taken, &signed, &fits);
            let authorization = documented.scheme.written(&signer.taken.id, &fits, &signature);
            let mut headers = headers.clone();
            headers.insert(AUTHORIZATION, authorization.parse().expect("a value"));
            documented.verify(&headers, "")
        };
        assert!(verified(&["host", "x-acs-content-sha256", "x-acs-date"]).is_ok());
        for names in
            [&["host", "x-acs-date"][..], &["host", "x-acs-content-sha256"], &["x-acs-content-sha256", "x-acs-date"]]
        {
            assert!(verified(names).is_err_and(|unfit| unfit.0.contains("does not cover")), "{names:?}");
        }
    }

    #[test]
    fn what_leaves_is_signed_by_the_other_key_and_fits_there() {
        for documented in documented() {
            let fits = documented.verify(&documented.headers(), documented.body).expect("it fits");
            let (mut headers, body) = (documented.headers(), "another body");
            let head = Head { host: "gateway.example:8443", ..documented.head() };
            signer(documented.scheme, documented.key).sign(&head, &mut headers, body.as_bytes(), &fits);
            if documented.scheme == Scheme::Acs3 {
                assert_eq!(headers["x-acs-content-sha256"], hex_of(body.as_bytes()));
            }
            let there = Signer { taken: key("ANOTHER", "its secret"), ..signer(documented.scheme, documented.key) };
            let now = Moment::parse(documented.at).expect("a time");
            let fits = there.verify(&head, &headers, body.as_bytes(), now);
            assert!(fits.is_ok(), "{:?}: {:?}", documented.scheme, fits.err());
            assert!(there.verify(&documented.head(), &headers, body.as_bytes(), now).is_err(), "for another host");
        }
    }

    #[test]
    fn nothing_of_a_secret_is_shown() {
        let shown = format!("{:?}", signer(Scheme::Tc3, ("AK", "the-secret")));
        assert_eq!(shown, "Signer(Tc3, \"ANOTHER\" for \"AK\")");
    }
}
