//! Errors in a provider's own words: what its SDK raises as its usual exception, with what this proxy says in it.

use crate::signature::{Dialect, Provider};
use crate::stop::Stop;
use hyper::StatusCode;
use hyper::header::HeaderName;
use pii_store::trail::Name;
use serde_json::json;

/// What stands before the word of [`Why`](crate::stop::Why) where a provider has a code: none of its own begins so.
const CODE: &str = "PiiProxy";

/// The code of an error and the name of its request, for SDKs of AWS.
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// An error as a provider's SDK reads it.
pub(super) struct Reply {
    /// The status, where it is not the proxy's own: Tencent Cloud says 200 to whatever it understood, and its SDKs read no error in
    /// another answer. What may be sent again later, and what the upstream failed at, keeps its status.
    pub(super) status: Option<StatusCode>,
    pub(super) media_type: &'static str,
    /// The header in which AWS has the code and the message's name, for its JSON protocols.
    pub(super) headers: Vec<(HeaderName, String)>,
    pub(super) body: String,
}

/// How a provider says that a message was stopped. `None`: it has no words for it.
pub(super) fn reply(Dialect { provider, is_xml }: Dialect, stop: &Stop, message: &Name) -> Option<Reply> {
    let (code, message) = (format!("{CODE}.{}", stop.why.word()), message.as_str());
    let place = stop.place.as_deref().map(|place| format!(" ({place})")).unwrap_or_default();
    let said = format!("{}{place}: {}", stop.why.title(), stop.detail);
    let as_json = |value: serde_json::Value| Reply {
        media_type: "application/json",
        status: None,
        headers: Vec::new(),
        body: format!("{value}\n"),
    };
    Some(match provider {
        Provider::Aliyun if is_xml => as_xml(&format!(
            "<Error><RequestId>{message}</RequestId><HostId>pii-proxy</HostId><Code>{code}</Code><Message>{}</Message></Error>",
            escaped(&said)
        )),
        Provider::Aliyun => {
            as_json(json!({ "RequestId": message, "HostId": "pii-proxy", "Code": code, "Message": said }))
        }
        Provider::Tencent => {
            let error = json!({ "Code": code, "Message": said });
            let reply = as_json(json!({ "Response": { "Error": error, "RequestId": message } }));
            Reply { status: stop.why.status().is_client_error().then_some(StatusCode::OK), ..reply }
        }
        Provider::Aws if is_xml => as_xml(&format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{}</Message></Error><RequestId>{message}</RequestId></ErrorResponse>",
            escaped(&said)
        )),
        Provider::Aws => {
            let reply = as_json(json!({ "__type": code, "message": said }));
            Reply { headers: vec![(ERROR_TYPE, code), (REQUEST_ID, message.to_owned())], ..reply }
        }
        Provider::Huawei => as_json(
            json!({ "error_code": code, "error_msg": said, "code": code, "description": said, "request_id": message }),
        ),
        Provider::Volcengine => {
            let error = json!({ "Code": code, "Message": said });
            as_json(json!({ "ResponseMetadata": { "RequestId": message, "Error": error } }))
        }
        Provider::Qiniu => as_json(json!({ "error": code, "message": said, "request_id": message })),
        Provider::WechatPay => as_json(json!({ "code": code, "message": said })),
        Provider::HttpMessage => return None,
    })
}

fn as_xml(element: &str) -> Reply {
    let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{element}\n");
    Reply { status: None, media_type: "application/xml; charset=utf-8", headers: Vec::new(), body }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stop::Why;

    #[test]
    fn each_provider_has_its_own_words() {
        let stop = Stop::new(Why::Signed, "mask it <before> it is signed").at("$.text");
        let name = Name::new("m-1").expect("a name");
        let of = |provider, is_xml| reply(Dialect { provider, is_xml }, &stop, &name).expect("it has words");
        let json = |reply: Reply| -> serde_json::Value { serde_json::from_str(&reply.body).expect("JSON") };
        let code = "PiiProxy.signed";
        let aliyun = json(of(Provider::Aliyun, false));
        assert_eq!((aliyun["Code"].as_str(), aliyun["RequestId"].as_str()), (Some(code), Some("m-1")));
        let tencent = of(Provider::Tencent, false);
        assert_eq!(tencent.status, Some(StatusCode::OK));
        assert_eq!(json(tencent)["Response"]["Error"]["Code"], code);
        let later = Stop::new(Why::Overloaded, "later");
        let later = reply(Dialect { provider: Provider::Tencent, is_xml: false }, &later, &name);
        assert_eq!(later.expect("it has words").status, None);
        assert_eq!(of(Provider::Aws, false).headers[0].1, code);
        assert_eq!(json(of(Provider::Volcengine, false))["ResponseMetadata"]["Error"]["Code"], code);
        for provider in [Provider::Aliyun, Provider::Aws] {
            let xml = of(provider, true);
            assert!(
                xml.body.contains("<Code>PiiProxy.signed</Code>") && xml.body.contains("&lt;before&gt;"),
                "{}",
                xml.body
            );
            assert!(xml.body.contains("($.text)"), "{}", xml.body);
        }
        assert!(reply(Dialect { provider: Provider::HttpMessage, is_xml: false }, &stop, &name).is_none());
    }
}
