//! The schema of the configuration beside the configuration itself: what one takes the other takes, as far as a schema can tell.

use crate::programs::{python, run};
use pii_proxy::config::{Config, SCHEMA};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const LISTEN: &str = "[[listen]]\naddress = \"127.0.0.1:0\"\n";
const ROUTE: &str = "[[route]]\nname = \"sms\"\nupstream = \"https://sms.example.com/base\"\nchannel = \"sms\"\n";

/// A configuration in which much is said.
const MUCH: &str = r#"
policy = "policy.toml"
rules  = "rules"

[[listen]]
address = "[::1]:8443"
http2   = false
tls     = { certificate = "a.pem", key = "a.key", client_authority = "ca.pem", minimum = "1.3" }

[admin]
address    = "10.0.0.7:9080"
token_file = "token"

[keyring]
path = "ring"
vault = { address = "https://vault.example:8200", key = "pii", token_file = "token", mount = "transit", namespace = "n", authority = "ca.pem" }

[trail]
folder            = "trail"
node              = "gateway-1"
witness           = "https://log.example:8443/heads"
witness_authority = "ca.pem"
witness_within    = "5m"

[consents]
store = "consents.db"

[limits]
body   = "2MiB"
ratio  = 50
memory = "1 GiB"

[timeouts]
head  = "1500 ms"
drain = "1 min"

[[route]]
name                 = "sms"
hosts                = ["sms.example.com:443", "sms.example.com"]
path                 = "/v1/sms"
methods              = ["POST", "PUT"]
upstream             = "https://sms.example.com"
upstream_authority   = "ca.pem"
upstream_certificate = "b.pem"
upstream_key         = "b.key"
upstream_tls_minimum = "1.3"
upstream_http2       = false
channel              = "sms"
recipient            = "sms-vendor"
purpose              = "notice"
body                 = "512 KiB"
routing              = ["$.to[*]", "mobile"]
receivers            = true
opaque               = [{ field = "$.cipher", kinds = ["mobile_phone"] }]
attachments          = ["application/pdf"]
trusted_headers      = ["X-Trace"]
cookies              = "mask"
critical             = true
observe              = { until = 2027-01-31, why = "first month", kinds = ["email"] }
fallback             = { field = "$.text.content", text = "您有一条新通知，请登录查看。" }
responses            = "mask"
consent              = { header = "X-Customer-No", kind = "customer_id", method = "transmit" }
"#;

/// What is wrong, and a configuration with that alone.
fn wrong() -> Vec<(&'static str, String)> {
    let plain = format!("{LISTEN}{ROUTE}");
    let with = |more: &str| format!("{plain}{more}\n");
    vec![
        ("a key that nobody knows", format!("polcy = \"p.toml\"\n{plain}")),
        ("a key of another table", with("http2 = true")),
        ("no listener", format!("listen = []\n{ROUTE}")),
        ("no route", LISTEN.to_owned()),
        ("no channel", plain.replace("channel = \"sms\"\n", "")),
        ("a name with a blank", plain.replace("name = \"sms\"", "name = \"sms 2\"")),
        ("the name of a host to listen on", plain.replace("127.0.0.1:0", "localhost:0")),
        ("an upstream that is no address of HTTP", plain.replace("https://sms", "ftp://sms")),
        ("a password in an upstream", plain.replace("https://sms", "https://u:p@sms")),
        ("a method in small letters", with("methods = [\"post\"]")),
        ("a word that is none", with("cookies = \"drop\"")),
        ("a version that is too low", with("upstream_tls_minimum = \"1.1\"")),
        ("a size without a unit", with("body = \"512\"")),
        ("a number for a size", with("[limits]\nmemory = 1024")),
        ("nothing at all", with("[limits]\nrequests = 0")),
        ("a time of nothing", with("[timeouts]\nhead = \"0 s\"")),
        ("hours", with("[timeouts]\nhead = \"1 h\"")),
        ("half of a certificate", with("upstream_key = \"k\"")),
        ("a keyring under nothing", with("[keyring]\npath = \"ring\"")),
        ("a keyring under two things", with("[keyring]\npath = \"ring\"\nkey_file = \"k\"\npassphrase_file = \"p\"")),
        ("a person in two places", with("consent = { header = \"X-No\", field = \"no\", kind = \"mobile_phone\" }")),
        ("a witness that nobody named", with("[trail]\nfolder = \"t\"\nwitness_within = \"60s\"")),
        ("an observation without an end", with("observe = { why = \"trial\" }")),
        ("an end that is no date", with("observe = { why = \"trial\", until = \"soon\" }")),
        ("a fallback with a variable", with("fallback = { field = \"text\", text = \"{name}\" }")),
    ]
}

/// The configurations that this project ships.
fn shipped() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folders = [root.join("examples/proxy"), root.join("packaging")];
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).expect("a folder"));
    let files = files.map(|entry| entry.expect("readable").path());
    let is_configuration = |path: &PathBuf| {
        path.extension().is_some_and(|extension| extension == "toml")
            && fs::read_to_string(path).expect("text").contains("\n[[listen]]\n")
    };
    files.filter(is_configuration).collect()
}

/// What the schema finds wrong in each file, by its name.
fn found_wrong(folder: &Path, files: &[PathBuf]) -> BTreeMap<String, String> {
    let schema = folder.join("schema.json");
    fs::write(&schema, SCHEMA).expect("written");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/schema.py");
    let told = run(python().arg(script).arg(schema).args(files));
    told.lines().filter_map(|line| line.split_once('\t')).map(|(name, what)| (name.into(), what.into())).collect()
}

#[test]
fn the_schema_takes_what_the_configuration_takes() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut files, mut is_right) = (Vec::new(), Vec::new());
    let mut add = |path: PathBuf, right: bool| {
        files.push(path);
        is_right.push(right);
    };
    let shipped = shipped();
    assert!(shipped.len() > 6, "{shipped:?}");
    shipped.into_iter().for_each(|path| add(path, true));
    for (name, text) in [("plain.toml", format!("{LISTEN}{ROUTE}")), ("much.toml", MUCH.to_owned())] {
        fs::write(folder.path().join(name), text).expect("written");
        add(folder.path().join(name), true);
    }
    for (what, text) in wrong() {
        let path = folder.path().join(format!("{}.toml", what.replace(' ', "-")));
        fs::write(&path, text).expect("written");
        add(path, false);
    }
    let found = found_wrong(folder.path(), &files);
    for (path, right) in files.iter().zip(is_right) {
        let name = path.file_name().expect("a file").to_string_lossy();
        let text = fs::read_to_string(path).expect("text");
        assert_eq!(Config::parse(&name, &text).is_ok(), right, "{name}: {:?}", Config::parse(&name, &text).err());
        assert_eq!(found[name.as_ref()].is_empty(), right, "{name}: {}", found[name.as_ref()]);
    }
}
