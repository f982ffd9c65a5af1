//! Who is answered: everybody else alike, off the loopback by TLS alone, and nobody without end.

use super::bed::{Bed, CALLERS, config, folder, secret, token};
use super::support::{Answer, PATIENCE, Request};
use super::{JSON, text};
use pii_proxy::config::Config;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// An answer but for the name of its request, which is another each time.
fn but_for_its_name(answer: &Answer) -> String {
    let name = answer.header("x-pii-message").expect("it has a name").to_owned();
    let head: Vec<&str> = answer
        .head
        .lines()
        .filter(|line| !["date:", "content-length:"].iter().any(|name| line.starts_with(name)))
        .collect();
    format!("{}\n{}", head.join("\n"), text(answer)).replace(&name, "NAME")
}

#[test]
fn all_denials_are_alike() {
    let bed = Bed::new();
    let mask = |target: &str| Request::post(target, b"{}").with("Content-Type", JSON);
    let bearer =
        |request: Request, token: &str| bed.raw(&request.with("Authorization", &format!("Bearer {token}")).bytes());
    let signer = token("signer");
    let near = format!("{}x", &signer[..signer.len() - 1]);
    let cases = [
        ("nothing shown", bed.raw(&mask("/v1/mask?route=sms").bytes())),
        ("an unknown token", bearer(mask("/v1/mask?route=sms"), "nobody-1a2b3c4d5e6f708192a3b4c5")),
        ("a token that is nearly right", bearer(mask("/v1/mask?route=sms"), &near)),
        ("an empty token", bearer(mask("/v1/mask?route=sms"), "")),
        (
            "another scheme",
            bed.raw(&mask("/v1/mask?route=sms").with("Authorization", &format!("Basic {signer}")).bytes()),
        ),
        ("two tokens", bearer(mask("/v1/mask?route=sms").with("Authorization", &format!("Bearer {signer}")), &signer)),
        ("no such scope", bed.ask("desk", mask("/v1/mask?route=sms"))),
        ("another one", bed.ask("signer", mask("/v1/decide"))),
        ("another channel", bed.ask("narrow", mask("/v1/mask?channel=email&recipient=sms-vendor"))),
        ("another recipient", bed.ask("narrow", mask("/v1/mask?channel=sms&recipient=other"))),
        ("no recipient", bed.ask("narrow", mask("/v1/mask?channel=sms"))),
        ("another route", bed.ask("narrow", mask("/v1/mask?route=identity"))),
        ("no such route", bed.ask("signer", mask("/v1/mask?route=nowhere"))),
        ("not even an address", bed.raw(&mask("/nowhere").bytes())),
        ("not even a method", bed.raw(&Request::get("/v1/mask").bytes())),
        (
            "a question about another channel",
            bed.post("narrow", "/v1/decide", JSON, "{\"channel\":\"email\",\"kinds\":[\"mobile_phone\"]}"),
        ),
    ];
    let first = but_for_its_name(&cases[0].1);
    assert!(first.starts_with("HTTP/1.1 401 ") && first.to_lowercase().contains("www-authenticate: bearer"), "{first}");
    for (case, answer) in &cases {
        assert_eq!(but_for_its_name(answer), first, "{case}");
        let name = answer.header("x-pii-message").expect("it has a name");
        assert!(!name.contains('/'), "{case}: {name}");
    }
    assert_eq!(bed.ask("narrow", mask("/v1/mask?route=sms")).status(), 200);
    // Operators are told who it was, and no token.
    let said = bed.proxy.said();
    assert!(
        said.contains("\"caller\":\"desk\"") && !said.contains(&token("desk")) && !said.contains("nobody-1a2b"),
        "{said}"
    );
}

/// Not by much more than chance: each is the quickest of many.
#[test]
fn denials_take_as_long_whoever_asks() {
    let bed = Bed::new();
    let quickest = |token: &str| {
        let request = Request::post("/v1/decide", b"{}")
            .with("Content-Type", JSON)
            .with("Authorization", &format!("Bearer {token}"));
        let bytes = request.bytes();
        let once = |_| {
            let begun = Instant::now();
            assert_eq!(bed.raw(&bytes).status(), 401);
            begun.elapsed()
        };
        (0..200).map(once).min().expect("some")
    };
    let (unknown, without_scope) = (quickest("nobody-1a2b3c4d5e6f708192a3b4c5"), quickest(&token("signer")));
    let apart = unknown.abs_diff(without_scope);
    assert!(apart < Duration::from_millis(1).max(unknown), "{unknown:?} {without_scope:?}");
}

#[test]
fn a_caller_s_share_ends_and_comes_back() {
    let bed = Bed::new();
    let mask = |caller: &str, body: &str| bed.post(caller, "/v1/mask?channel=sms", "text/plain", body);
    let statuses: Vec<u16> = (0..4).map(|_| mask("seldom", "x").status()).collect();
    assert_eq!(statuses, [200, 200, 200, 429]);
    let refused = mask("seldom", "x");
    let again: u64 = refused.header("retry-after").expect("it says when").parse().expect("seconds");
    assert!((1..=21).contains(&again) && refused.problem("why") == "quota", "{}", text(&refused));
    // A long body is taken once, and waited for then.
    assert_eq!(mask("brief", &"行情平稳。".repeat(200)).status(), 200);
    let refused = mask("brief", "x");
    let again: u64 = refused.header("retry-after").expect("it says when").parse().expect("seconds");
    assert!(refused.status() == 429 && again > 60, "{again}");
    // Others are answered all the while, and who is not known finds no end.
    assert_eq!(mask("signer", "x").status(), 200);
    let unknown = || bed.raw(&Request::post("/v1/mask?channel=sms", b"x").bytes()).status();
    assert!((0..20).all(|_| unknown() == 401));
}

#[test]
fn a_configuration_that_would_answer_anybody_or_nobody_is_refused() {
    let caller = "[[local.caller]]\nname = \"a\"\ntoken_file = \"a.token\"\nscopes = [\"mask\"]\n";
    let tls = "tls = { certificate = \"c.pem\", key = \"c.key\" }\n";
    let mutual = "tls = { certificate = \"c.pem\", key = \"c.key\", client_authority = \"ca.pem\" }\n";
    let mark = "aB:".repeat(32);
    let certificate =
        format!("[[local.caller]]\nname = \"a\"\ncertificates = [\"{}\"]\nscopes = [\"mask\"]\n", &mark[..95]);
    let at = |address: &str, more: &str| format!("[local]\naddress = \"{address}\"\n{more}");
    let written = |local: &str, callers: &str| config(local, callers).replace("UPSTREAM", "http://127.0.0.1:1");
    let read =
        |local: &str, callers: &str| Config::parse("proxy.toml", &written(local, callers)).map(|config| config.local);
    for (local, callers, wrong) in [
        (at("127.0.0.1:0", ""), "", "answer nobody"),
        (at("0.0.0.0:8091", ""), caller, "off the loopback"),
        (at("[::]:8091", ""), caller, "off the loopback"),
        (at("127.0.0.1:0", ""), &certificate, "client_authority"),
        (at("10.0.0.5:8091", tls), &certificate, "client_authority"),
        (at("127.0.0.1:0", ""), &caller.replace("token_file = \"a.token\"\n", ""), "how this caller is known"),
        (at("127.0.0.1:0", mutual), &format!("{certificate}token_file = \"a.token\"\n"), "how this caller is known"),
        (at("127.0.0.1:0", mutual), &certificate.replace("aB:aB", "aB"), "fingerprint"),
        (at("127.0.0.1:0", ""), &caller.replace("\"mask\"", "\"admin\""), "no such scope"),
        (at("127.0.0.1:0", ""), &caller.replace("\"mask\"", ""), "name its scopes"),
        (at("127.0.0.1:0", ""), &format!("{caller}requests_per_minute = 0\n"), "from 1"),
        (at("127.0.0.1:0", ""), &format!("{caller}bytes_per_minute = \"none\"\n"), "a size"),
        (at("127.0.0.1:0", ""), &format!("{caller}{caller}"), "two callers"),
        (at("127.0.0.1:0", ""), &caller.replace("\"a\"", "\"Desk\"").replace("mask", "consent:write"), "small letters"),
    ] {
        let error = read(&local, callers).map(|_| ()).expect_err(wrong).to_string();
        assert!(error.contains(wrong) && error.starts_with("proxy.toml:"), "{wrong}: {error}");
    }
    let without = written(&at("127.0.0.1:0", ""), &caller.replace("mask", "consent:read"))
        .replace("[consents]\nstore = \"consents.db\"\n", "");
    let without =
        without.replace("consent = { field = \"$.idNo\", kind = \"resident_id\", method = \"provide\" }\n", "");
    assert!(Config::parse("proxy.toml", &without).expect_err("no ledger").to_string().contains("no ledger"));
    for (local, callers) in
        [(at("127.0.0.1:0", ""), caller), (at("0.0.0.0:0", tls), caller), (at("0.0.0.0:0", mutual), &certificate)]
    {
        assert!(read(&local, callers).expect("it reads").is_some());
    }
}

#[test]
fn a_token_that_could_be_guessed_or_is_two_callers_is_refused() {
    let bed_folder = |tokens: [&str; 2]| {
        let folder = tempfile::tempdir().expect("a folder");
        secret(folder.path(), "a.token", tokens[0]);
        secret(folder.path(), "b.token", tokens[1]);
        let caller = |name: &str| {
            format!("[[local.caller]]\nname = \"{name}\"\ntoken_file = \"{name}.token\"\nscopes = [\"mask\"]\n")
        };
        let text = format!(
            "[[listen]]\naddress = \"127.0.0.1:0\"\n[[route]]\nname = \"sms\"\nupstream = \"http://127.0.0.1:1\"\nchannel = \"sms\"\n\
             [local]\naddress = \"127.0.0.1:0\"\n{}{}",
            caller("a"),
            caller("b")
        );
        fs::write(folder.path().join("proxy.toml"), text).expect("written");
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_pii-proxy"))
            .args(["--check", "--config", "proxy.toml"])
            .current_dir(folder.path())
            .output()
            .expect("it runs");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let good = "0123456789abcdef0123456789abcdef";
    for (tokens, wrong) in [
        ([good, "short"], "visible characters"),
        ([good, good], "another caller"),
        ([good, "a b c d e f g h i j k"], "visible"),
    ] {
        let (code, said) = bed_folder(tokens);
        assert!(code == Some(2) && said.contains(wrong) && !said.contains(good), "{said}");
    }
    assert_eq!(bed_folder([good, &good.replace('0', "z")]).0, Some(0));
}

#[test]
fn a_reload_takes_other_callers() {
    let bed = Bed::new();
    let ask = |token: &str| {
        let request = Request::post("/v1/mask?channel=sms", b"x").with("Content-Type", "text/plain");
        bed.raw(&request.with("Authorization", &format!("Bearer {token}")).bytes()).status()
    };
    let (old, new) = (token("signer"), "another-one-1a2b3c4d5e6f7081");
    assert_eq!((ask(&old), ask(new)), (200, 401));
    secret(bed.proxy.folder.path(), "signer.token", new);
    bed.proxy.signal("HUP");
    let begun = Instant::now();
    while ask(new) != 200 {
        assert!(begun.elapsed() < PATIENCE, "{}", bed.proxy.said());
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(ask(&old), 401);
}

/// What a certificate authority of a test makes.
struct Authority(Issuer<'static, KeyPair>, String);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.distinguished_name.push(DnType::CommonName, "authority of a test");
        let key = KeyPair::generate().expect("randomness");
        let pem = params.self_signed(&key).expect("a certificate").pem();
        Self(Issuer::new(params, key), pem)
    }

    fn certified(&self, name: &str) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().expect("randomness");
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        params.distinguished_name.push(DnType::CommonName, name);
        (params.signed_by(&key, &self.0).expect("a certificate"), key)
    }
}

#[test]
fn a_caller_is_known_by_its_certificate() {
    use sha2::Digest as _;
    let authority = Authority::new();
    let ((server, server_key), known, unknown) =
        (authority.certified("localhost"), authority.certified("signer"), authority.certified("other"));
    let mark: String = sha2::Sha256::digest(known.0.der()).iter().map(|byte| format!("{byte:02X}:")).collect();
    let bed = {
        let app = pii_core::sign::SigningKey::new(
            pii_core::sign::SignAlgorithm::Ed25519,
            pii_core::key::KeyId::new(7).expect("a key"),
            &pii_core::key::Secret::copy_of(&[0x5A; 32]),
        );
        let app = app.expect("32 bytes");
        let folder = folder(&app);
        fs::write(folder.path().join("local.pem"), server.pem()).expect("written");
        secret(folder.path(), "local.key", &server_key.serialize_pem());
        fs::write(folder.path().join("ca.pem"), &authority.1).expect("written");
        let local = "[local]\naddress = \"0.0.0.0:0\"\ntls = { certificate = \"local.pem\", key = \"local.key\", client_authority = \"ca.pem\" }\n";
        let caller = format!(
            "[[local.caller]]\nname = \"mutual\"\ncertificates = [\"{}\"]\nscopes = [\"mask\"]\n\n",
            mark.trim_end_matches(':')
        );
        Bed::in_folder(folder, app, local, &format!("{caller}{CALLERS}"))
    };
    let port = bed.address.port();
    let ask = |shown: Option<&(rcgen::Certificate, KeyPair)>, token: Option<&str>| {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(pem_der(&authority.1))).expect("an authority");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder =
            ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("versions");
        let builder = builder.with_root_certificates(roots);
        let config = match shown {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => {
                let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
                builder.with_client_auth_cert(vec![certificate.der().clone()], key).expect("a pair")
            }
        };
        let name = ServerName::try_from("localhost").expect("a name");
        let connection = ClientConnection::new(Arc::new(config), name).expect("a client");
        let socket = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
        socket.set_read_timeout(Some(PATIENCE)).expect("a socket");
        let mut stream = StreamOwned::new(connection, socket);
        let mut request = Request::post("/v1/mask?channel=sms", b"x").with("Content-Type", "text/plain");
        if let Some(token) = token {
            request = request.with("Authorization", &format!("Bearer {token}"));
        }
        let _ = stream.write_all(&request.bytes());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        Answer::of(&answer).status()
    };
    assert_eq!(ask(Some(&known), None), 200);
    assert_eq!(ask(Some(&unknown), None), 401, "of the same authority, and nobody's");
    assert_eq!(
        ask(Some(&unknown), Some(&token("signer"))),
        200,
        "a token counts behind any certificate of the authority"
    );
    assert_eq!(
        ask(Some(&known), Some("nobody-1a2b3c4d5e6f708192a3b4c5")),
        401,
        "who shows a token is known by it alone"
    );
    assert_eq!(ask(None, Some(&token("signer"))), 0, "no certificate, no connection");
    let plain = bed.raw(&Request::get("/v1/openapi.json").bytes());
    assert_eq!(plain.status(), 0, "in clear nothing is answered");
}

fn pem_der(pem: &str) -> Vec<u8> {
    use rustls::pki_types::pem::PemObject as _;
    CertificateDer::from_pem_slice(pem.as_bytes()).expect("PEM").to_vec()
}
