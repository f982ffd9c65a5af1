//! A firm with a purpose, a notice and an app that signs; a proxy with its local API before them; and callers.

#![allow(dead_code, reason = "each test file takes what it needs")]

use crate::support::upstream::Upstream;
use crate::support::{Answer, PATIENCE, Proxy, Request};
use pii_core::audit::{AuditError, Event, Sink};
use pii_core::consent::{Base64, Code, Declaration, Sm3Digest};
use pii_core::key::{KeyId, Secret, Suite};
use pii_core::sign::{SignAlgorithm, SigningKey};
use pii_flow::{Begin, ConsentsAt, KeyringAt, Store, Under, clock};
use pii_keys::{KeyFile, KeyringFile, Operation, SystemEntropy};
use pii_store::consents::source_of;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

pub(crate) const ROUTES: &str = "[[route]]\nname = \"sms\"\nupstream = \"UPSTREAM\"\nchannel = \"sms\"\nrecipient = \"sms-vendor\"\n\n\
    [[route]]\nname = \"identity\"\npath = \"/verify\"\nupstream = \"UPSTREAM\"\nchannel = \"third_party\"\n\
    recipient = \"identity-partner\"\npurpose = \"identity_check\"\n\
    consent = { field = \"$.idNo\", kind = \"resident_id\", method = \"provide\" }\n";

/// Who may ask in most tests.
pub(crate) const CALLERS: &str = "[[local.caller]]\nname = \"signer\"\ntoken_file = \"signer.token\"\nscopes = [\"mask\", \"scan\"]\n\
    requests_per_minute = 1000000\nbytes_per_minute = \"1 GiB\"\n\n\
    [[local.caller]]\nname = \"desk\"\ntoken_file = \"desk.token\"\nscopes = [\"decide\", \"consent:read\", \"consent:write\"]\n\
    requests_per_minute = 1000000\nbytes_per_minute = \"1 GiB\"\n\n\
    [[local.caller]]\nname = \"narrow\"\ntoken_file = \"narrow.token\"\nscopes = [\"mask\", \"decide\"]\nchannels = [\"sms\"]\n\
    recipients = [\"sms-vendor\"]\n\n\
    [[local.caller]]\nname = \"seldom\"\ntoken_file = \"seldom.token\"\nscopes = [\"mask\"]\nrequests_per_minute = 3\n\n\
    [[local.caller]]\nname = \"brief\"\ntoken_file = \"brief.token\"\nscopes = [\"mask\"]\nbytes_per_minute = \"1 KiB\"\n\n\
    [[local.caller]]\nname = \"all\"\ntoken_file = \"all.token\"\nrequests_per_minute = 1000000\nbytes_per_minute = \"1 GiB\"\n\
    scopes = [\"mask\", \"scan\", \"decide\", \"consent:read\", \"consent:write\"]\n";

pub(crate) struct Bed {
    pub(crate) proxy: Proxy,
    pub(crate) upstream: Upstream,
    pub(crate) address: SocketAddr,
    app: SigningKey,
}

/// No trail is kept of a keyring that lives as long as a test.
struct Nowhere;

impl Sink for Nowhere {
    fn record(&mut self, _: &Event<'_>) -> Result<(), AuditError> {
        Ok(())
    }
}

/// What a caller shows.
pub(crate) fn token(caller: &str) -> String {
    format!("{caller}-1a2b3c4d5e6f708192a3b4c5")
}

/// Writes a file that its owner alone can read.
pub(crate) fn secret(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::write(&path, text).expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("ours");
}

/// A folder with a keyring, a ledger in which everything is declared, a policy and the tokens of callers.
pub(crate) fn folder(app: &SigningKey) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let kek = KeyFile::create(&at("ring.key"), &mut SystemEntropy).expect("made");
    let mut begin = Operation {
        today: clock::today().expect("a day"),
        actor: "test",
        reason: "",
        dry_run: false,
        sink: &mut Nowhere,
        entropy: &mut SystemEntropy,
    };
    KeyringFile::at(at("ring")).create(&kek, Suite::Any, &mut begin).expect("made");
    let ring =
        KeyringAt { path: at("ring"), under: Under::KeyFile(at("ring.key")) }.open(Suite::Any).expect("a keyring");
    let ledger = ConsentsAt { store: Store::File(at("consents.db")), clock_is_right: false };
    let consents = ledger.open(Begin::Yes, "test", Some(&ring), None).expect("begun");
    let now = clock::moment().expect("a clock");
    for line in [
        r#"{"settings":{"unknown_age":"adult"}}"#.to_owned(),
        r#"{"purpose":{"code":"marketing","text":"基金推介","service":"基金销售","is_necessary":false,
            "kinds":["mobile_phone"],"methods":["use"],"retention":"5 years"}}"#
            .to_owned(),
        format!(
            r#"{{"notice":{{"id":"privacy","version":1,"language":"zh-CN","sm3":"{}","form":"enhanced",
            "published_at":"2026-01-01T00:00:00Z","valid_from":"2026-01-01T00:00:00Z","controller":"某某证券",
            "contact":"privacy@example.com","rights":"在应用内撤回","at_expiry":"删除","purposes":[
            {{"purpose":"marketing","kinds":["mobile_phone"],"methods":["use"],"retention":"5 years"}}]}}}}"#,
            Sm3Digest::of("告知书第一版".as_bytes())
        ),
    ] {
        let declaration: Declaration = serde_json::from_str(&line).expect("a declaration");
        consents.declare(&declaration, now).expect("declared");
    }
    let code = |text: &str| Code::new(text).expect("a code");
    let source = source_of(code("app"), "手机应用", &app.verifying_key().to_pem(), code("li.lei")).expect("a source");
    consents.declare(&Declaration::Source(source), now).expect("declared");
    drop(consents);
    let policy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/proxy/identity-check-policy.toml");
    let policy = fs::read_to_string(policy).expect("the example");
    let marketing = "[[purpose]]\ncode = \"marketing\"\ntext = \"基金推介\"\nservice = \"基金销售\"\nnecessary = false\n\
                     kinds = [\"mobile_phone\"]\nmethods = [\"use\"]\nretention = \"5 years\"\n";
    fs::write(at("policy.toml"), format!("{policy}\n{marketing}")).expect("written");
    for caller in ["signer", "desk", "narrow", "seldom", "brief", "all"] {
        secret(folder.path(), &format!("{caller}.token"), &format!("{}\n", token(caller)));
    }
    folder
}

impl Bed {
    pub(crate) fn new() -> Self {
        Self::with("[local]\naddress = \"127.0.0.1:0\"\n", CALLERS)
    }

    /// `local` is `[local]` and its keys, and `callers` the tables behind.
    pub(crate) fn with(local: &str, callers: &str) -> Self {
        let app = SigningKey::new(SignAlgorithm::Ed25519, KeyId::new(7).expect("a key"), &Secret::copy_of(&[0x5A; 32]));
        let app = app.expect("32 bytes");
        Self::in_folder(folder(&app), app, local, callers)
    }

    pub(crate) fn in_folder(folder: tempfile::TempDir, app: SigningKey, local: &str, callers: &str) -> Self {
        let upstream = Upstream::new();
        let text = config(local, callers).replace("UPSTREAM", &format!("http://{}", upstream.address));
        fs::write(folder.path().join("proxy.toml"), text).expect("written");
        let proxy = Proxy::started(folder, &["--config", "proxy.toml"]);
        let address = local_address(&proxy);
        Self { proxy, upstream, address, app }
    }

    /// Asks as a caller.
    pub(crate) fn ask(&self, caller: &str, request: Request) -> Answer {
        self.raw(&request.with("Authorization", &format!("Bearer {}", token(caller))).bytes())
    }

    pub(crate) fn raw(&self, bytes: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
        // It may have answered and closed already.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        Answer::of(&answer)
    }

    pub(crate) fn post(&self, caller: &str, target: &str, media_type: &str, body: &str) -> Answer {
        self.ask(caller, Request::post(target, body.as_bytes()).with("Content-Type", media_type))
    }

    /// Asks in JSON, and reads JSON.
    pub(crate) fn json(&self, caller: &str, target: &str, body: &serde_json::Value) -> (u16, serde_json::Value) {
        let answer = self.post(caller, target, "application/json", &body.to_string());
        (answer.status(), serde_json::from_slice(&answer.body).unwrap_or_default())
    }

    pub(crate) fn get(&self, caller: &str, target: &str) -> (u16, serde_json::Value) {
        let answer = self.ask(caller, Request::get(target));
        (answer.status(), serde_json::from_slice(&answer.body).unwrap_or_default())
    }

    /// A line that the app signed: a receipt of this record and subject.
    pub(crate) fn receipt(&self, record: &str, subject: &str) -> String {
        let at = clock::moment().expect("a clock");
        let receipt = format!(
            r#"{{"header":{{"schema":"iso27560-cn-1","record":"{record}","subject":"{subject}"}},"processing":{{
            "notice":{{"id":"privacy","version":1,"language":"zh-CN","sm3":"{}"}},"purpose":"marketing","methods":["use"],
            "storage":["境内"],"retention":"5 years","jurisdiction":"CN","withdrawal":"在应用内撤回"}},
            "pii":[{{"type":"mobile_phone"}}],"party":[{{"id":"firm","name":"某某证券","contact":"privacy@example.com"}}],
            "event":{{"at":"{at}","state":"granted","given_by":"self","screen":"settings",
            "wording":"{}","control":"checkbox","consents_in_act":1}}}}"#,
            Sm3Digest::of("告知书第一版".as_bytes()),
            Sm3Digest::of("同意接收基金推介".as_bytes()),
        );
        let signature = Base64::new(&self.app.sign(receipt.as_bytes())).expect("a signature");
        serde_json::json!({ "source": "app", "receipt": receipt, "signature": signature.to_string() }).to_string()
    }
}

/// The configuration of most tests.
pub(crate) fn config(local: &str, callers: &str) -> String {
    format!(
        "policy = \"policy.toml\"\n\n[[listen]]\naddress = \"127.0.0.1:0\"\n\n[keyring]\npath = \"ring\"\nkey_file = \"ring.key\"\n\n\
         [consents]\nstore = \"consents.db\"\n\n{ROUTES}\n{local}\n{callers}"
    )
}

fn local_address(proxy: &Proxy) -> SocketAddr {
    let begun = Instant::now();
    loop {
        let said = proxy.said();
        let address = said.lines().find_map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).ok()?;
            line["fields"]["local"].as_str()?.parse().ok()
        });
        if let Some(address) = address {
            return address;
        }
        assert!(begun.elapsed() < PATIENCE, "{said}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
