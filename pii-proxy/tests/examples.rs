//! The example configurations are ones: each is checked as it stands, and a message of its provider's shape goes through the proxy,
//! its receivers in clear and its content masked.

#![cfg(unix)]

mod support;

use pii_core::audit::{AuditError, Event, Sink};
use pii_core::key::Suite;
use pii_flow::{Begin, ConsentsAt, Store, clock};
use pii_keys::{KeyFile, KeyringFile, Operation, SystemEntropy};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use support::upstream::Upstream;
use support::{Answer, Proxy, Request};

const ID: &str = "110105188702280028";
const ID_MASKED: &str = "1****************8";
const MOBILE: &str = "13800138000";
const OTHER: &str = "13900139000";
const JSON: &str = "application/json";

/// A message as a provider's interface documents it.
struct Message {
    file: &'static str,
    host: &'static str,
    request: Request,
    /// What has to arrive as it was sent.
    stays: Vec<&'static str>,
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/proxy")
}

/// The names of the configurations: a policy, which has no listeners, is none.
fn configurations() -> BTreeSet<String> {
    let entries = fs::read_dir(examples()).expect("the examples");
    let files = entries.map(|entry| entry.expect("readable").path());
    let is_configuration = |path: &PathBuf| {
        path.extension().is_some_and(|extension| extension == "toml")
            && fs::read_to_string(path).expect("text").contains("\n[[listen]]\n")
    };
    files
        .filter(is_configuration)
        .map(|path| path.file_name().expect("a file").to_string_lossy().into_owned())
        .collect()
}

/// A folder with what the examples name: policies, a keyring, and a ledger that knows nobody.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let policy = "identity-check-policy.toml";
    fs::copy(examples().join(policy), folder.path().join(policy)).expect("a copy");
    let kek = KeyFile::create(&folder.path().join("ring.key"), &mut SystemEntropy).expect("made");
    let mut begin = Operation {
        today: clock::today().expect("a day"),
        actor: "test",
        reason: "",
        dry_run: false,
        sink: &mut Nowhere,
        entropy: &mut SystemEntropy,
    };
    KeyringFile::at(folder.path().join("ring")).create(&kek, Suite::Any, &mut begin).expect("made");
    let ledger = ConsentsAt { store: Store::File(folder.path().join("consents.db")), clock_is_right: false };
    drop(ledger.open(Begin::Yes, "test", None, None).expect("begun"));
    let token = folder.path().join("sms-app.token");
    fs::write(&token, "0a1b2c3d4e5f60718293a4b5c6d7e8f9\n").expect("written");
    fs::set_permissions(&token, fs::Permissions::from_mode(0o600)).expect("ours");
    folder
}

/// No trail is kept of a keyring that lives as long as a test.
struct Nowhere;

impl Sink for Nowhere {
    fn record(&mut self, _: &Event<'_>) -> Result<(), AuditError> {
        Ok(())
    }
}

/// The proxy with an example, whose upstreams and addresses are replaced.
fn proxy(file: &str, upstream: &Upstream) -> Proxy {
    let folder = folder();
    let text = fs::read_to_string(examples().join(file)).expect("text");
    let replaced = text.lines().map(|line| match line.split_once('=').map(|(key, value)| (key.trim(), value.trim())) {
        Some(("upstream", value)) if value.starts_with("\"https://") => {
            format!("upstream = \"http://{}\"", upstream.address)
        }
        Some(("address", value)) if value.starts_with("\"127.0.0.1:") => "address = \"127.0.0.1:0\"".to_owned(),
        _ => line.to_owned(),
    });
    let replaced = replaced.collect::<Vec<_>>().join("\n");
    assert!(!replaced.contains("\"https://"), "{file} would lead to somebody");
    fs::write(folder.path().join(file), replaced).expect("written");
    Proxy::started(folder, &["--config", file])
}

fn json(path: &str, body: &str) -> Request {
    Request::post(path, body.as_bytes()).with("Content-Type", JSON)
}

fn message(file: &'static str, host: &'static str, request: Request, stays: &[&'static str]) -> Message {
    Message { file, host, request, stays: stays.to_vec() }
}

fn sms() -> Vec<Message> {
    let aliyun = "/?Action=SendSms&Version=2017-05-25&PhoneNumbers=13800138000,13900139000&SignName=%E6%9F%90%E8%AF%81%E5%88%B8\
                  &TemplateCode=SMS_100000001&TemplateParam=%7B%22idNo%22%3A%22110105188702280028%22%7D\
                  &AccessKeyId=LTAIexampleexample&SignatureNonce=3156853299f313e23d1673dc12e1703d";
    let tencent = r#"{"PhoneNumberSet":["+8613800138000"],"SmsSdkAppId":"1400006666","TemplateId":"1110","SignName":"\u67d0\u8bc1\u5238","TemplateParamSet":["110105188702280028","5"]}"#;
    let huawei = "from=1069000000001&to=%2B8613800138000%2C%2B8613900139000&templateId=8ff55eac1d0b478ab3c06c3c6a492300\
                  &templateParas=%5B%22110105188702280028%22%5D&statusCallback=https%3A%2F%2Ffirm.example%2Freports";
    vec![
        message(
            "sms-aliyun.toml",
            "gateway.example",
            Request::post(aliyun, b""),
            &["PhoneNumbers=13800138000,13900139000&", "AccessKeyId=LTAIexampleexample&", "TemplateCode=SMS_100000001&"],
        ),
        message(
            "sms-tencent.toml",
            "gateway.example",
            json("/", tencent).with("X-TC-Action", "SendSms").with("X-TC-Timestamp", "1795000000"),
            &["[\"+8613800138000\"]", "\"1400006666\"", "\\u67d0\\u8bc1\\u5238"],
        ),
        message(
            "sms-huawei.toml",
            "gateway.example",
            Request::post("/sms/batchSendSms/v1", huawei.as_bytes())
                .with("Content-Type", "application/x-www-form-urlencoded")
                .with("Authorization", "WSSE realm=\"SDP\",profile=\"UsernameToken\",type=\"Appkey\"")
                .with("X-WSSE", "UsernameToken Username=\"app\",PasswordDigest=\"ZGln\",Nonce=\"6e\",Created=\"2026-11-27T10:00:00Z\""),
            &["&to=%2B8613800138000%2C%2B8613900139000&", "from=1069000000001&", "UsernameToken Username=\"app\""],
        ),
    ]
}

fn push() -> Vec<Message> {
    let getui = r#"{"request_id":"1234567890abc","audience":{"cid":["7d3fd7a8b1db11b830321fbe511848b3"]},"push_message":{"notification":{"title":"提醒","body":"证件110105188702280028将到期","click_type":"startapp"}}}"#;
    let jpush = r#"{"platform":"all","audience":{"registration_id":["4312kjklfds2"]},"notification":{"alert":"证件110105188702280028将到期"}}"#;
    let apns = r#"{"aps":{"alert":{"title":"提醒","body":"证件110105188702280028将到期"}}}"#;
    let hms = r#"{"validate_only":false,"message":{"notification":{"title":"提醒","body":"证件110105188702280028将到期"},"token":["ANPpqLe8aTPl9tsB2Iu_820GmUQ-prH-dzPV"]}}"#;
    let device = "/3/device/00fc13adff785122b4ad28809a3420982341241421348097878e577c991de8f0";
    vec![
        message(
            "push.toml",
            "getui.egress.internal",
            json("/v2/appid/push/single/cid", getui).with("token", "9ac5e2c3b41a55ee"),
            &["\"7d3fd7a8b1db11b830321fbe511848b3\"", "token: 9ac5e2c3b41a55ee"],
        ),
        message("push.toml", "jpush.egress.internal", json("/v3/push", jpush), &["[\"4312kjklfds2\"]"]),
        message(
            "push.toml",
            "apns.egress.internal",
            json(device, apns).with("apns-topic", "cn.example.app").with("apns-push-type", "alert"),
            &["00fc13adff785122b4ad28809a3420982341241421348097878e577c991de8f0", "apns-topic: cn.example.app"],
        ),
        message(
            "push.toml",
            "hms.egress.internal",
            json("/v1/100001/messages:send", hms),
            &["[\"ANPpqLe8aTPl9tsB2Iu_820GmUQ-prH-dzPV\"]"],
        ),
    ]
}

fn others() -> Vec<Message> {
    let wecom =
        r#"{"msgtype":"text","text":{"content":"客户证件110105188702280028","mentioned_mobile_list":["13900139000"]}}"#;
    let dingtalk =
        r#"{"msgtype":"text","text":{"content":"客户证件110105188702280028"},"at":{"atMobiles":["13900139000"]}}"#;
    let feishu = r#"{"timestamp":"1795000000","sign":"Zm9vYmFyZm9vYmFy","msg_type":"text","content":{"text":"客户证件110105188702280028"}}"#;
    let sendgrid = r#"{"personalizations":[{"to":[{"email":"zhang.san@example.com"}],"dynamic_template_data":{"idNo":"110105188702280028"}}],"from":{"email":"service@firm.example"},"subject":"对账单","content":[{"type":"text/html","value":"<p>证件<b>110105188702280028</b></p>"}]}"#;
    let token = "04c381fc31944ad2f31e1e8a1d2f3c4b5a6978e81f2d3c4b5a697880ab12cd34";
    let signed = r#"{"mobile":"13800138000","content":"证件110105188702280028已登记"}"#;
    let check = r#"{"idNo":"110105188702280028"}"#;
    vec![
        message(
            "chat.toml",
            "gateway.example",
            json("/cgi-bin/webhook/send?key=693a91f6-7aaa-4bc4-97a0-0ec2c1fa5aaa", wecom),
            &["key=693a91f6-7aaa-4bc4-97a0-0ec2c1fa5aaa ", "[\"13900139000\"]"],
        ),
        message(
            "chat.toml",
            "gateway.example",
            json(&format!("/robot/send?access_token={token}&timestamp=1795000000000&sign=Zm9vYmFyZm9vYmFy"), dingtalk),
            &["access_token=04c381fc31944ad2f31e1e8a1d2f3c4b5a6978e81f2d3c4b5a697880ab12cd34&", "[\"13900139000\"]"],
        ),
        message(
            "chat.toml",
            "gateway.example",
            json("/open-apis/bot/v2/hook/3f2a1b4c-5d6e-4f70-8192-a3b4c5d6e7f8", feishu),
            &["/hook/3f2a1b4c-5d6e-4f70-8192-a3b4c5d6e7f8 ", "\"Zm9vYmFyZm9vYmFy\""],
        ),
        message(
            "email-sendgrid.toml",
            "gateway.example",
            json("/v3/mail/send", sendgrid).with("Authorization", "Bearer SG.example"),
            &["zhang.san@example.com", "service@firm.example", "authorization: Bearer SG.example"],
        ),
        message("local-api.toml", "gateway.example", json("/sms", signed), &["\"mobile\":\"13800138000\""]),
        // Nobody agreed, so what the policy would let pass does not.
        message("identity-check.toml", "gateway.example", json("/verify", check), &["\"idNo\""]),
    ]
}

/// Sends a message whose `Host` is another one than that of the tests' client.
fn send(proxy: &Proxy, message: &Message) -> Answer {
    let text = String::from_utf8(message.request.bytes()).expect("text");
    let text = text.replacen("Host: gateway.example", &format!("Host: {}", message.host), 1);
    Answer::of(&proxy.raw(text.as_bytes()))
}

#[test]
fn every_example_is_a_configuration_as_it_stands() {
    let names = configurations();
    assert!(names.len() >= 7, "{names:?}");
    let folder = folder();
    for name in names {
        let output = Command::new(env!("CARGO_BIN_EXE_pii-proxy"))
            .arg("--check")
            .arg("--config")
            .arg(examples().join(&name))
            .current_dir(folder.path())
            .output()
            .expect("it runs");
        assert_eq!(output.status.code(), Some(0), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(!folder.path().join("trail").exists(), "a check writes nothing");
}

#[test]
fn a_message_of_every_provider_arrives_with_its_receivers_and_without_its_numbers() {
    let all: Vec<Message> = [sms(), push(), others()].into_iter().flatten().collect();
    let tried: BTreeSet<String> = all.iter().map(|message| message.file.to_owned()).collect();
    assert_eq!(tried, configurations(), "each example has a message");
    for message in &all {
        let upstream = Upstream::new();
        let proxy = proxy(message.file, &upstream);
        let answer = send(&proxy, message);
        assert_eq!(answer.header("x-pii-sent"), Some("yes"), "{} {}: {answer:?}", message.file, message.host);
        let came = upstream.only();
        let arrived = format!("{}{}", came.head, came.text());
        for stays in &message.stays {
            assert!(arrived.contains(stays), "{} {}: {stays} is gone: {arrived}", message.file, message.host);
        }
        assert!(!arrived.contains(ID) && arrived.contains(ID_MASKED), "{} {}: {arrived}", message.file, message.host);
    }
}

#[test]
fn a_number_of_another_person_in_the_text_is_masked_too() {
    let upstream = Upstream::new();
    let proxy = proxy("sms-tencent.toml", &upstream);
    let body = format!("{{\"PhoneNumberSet\":[\"+86{MOBILE}\"],\"TemplateParamSet\":[\"请联系{OTHER}\"]}}");
    assert_eq!(proxy.post(JSON, body.as_bytes()).status(), 200);
    let text = upstream.only().text();
    assert!(text.contains(MOBILE) && !text.contains(OTHER), "{text}");
}

#[test]
fn every_example_is_listed() {
    let list = fs::read_to_string(examples().join("README.md")).expect("text");
    let entries = fs::read_dir(examples()).expect("the examples");
    for name in entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()) {
        assert!(name == "README.md" || list.contains(&format!("`{name}")), "{name}");
    }
}
