//! Consents by the command on a PostgreSQL of the test's own: the same as in a file, and what is said where it cannot be used.

#![cfg(unix)]

#[path = "../../pii-store/tests/support/authority.rs"]
mod authority;
#[path = "../../pii-store/tests/support/server.rs"]
mod server;
mod support;

use authority::Authority;
use pii_tests::engine::Run;
use server::{Network, Server};
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime};
use support::firm::{Firm, PHONE, SUBJECT, counts, example};
use support::ring::{run, shown, told};
use support::{Folder, engine};

const PASSWORD: &str = "correct-horse-1880";

/// A server that takes TLS and a password of whoever comes over the network, under the name of this machine.
struct Place {
    server: Server,
    folder: Folder,
}

fn place() -> &'static Place {
    static PLACE: OnceLock<Place> = OnceLock::new();
    PLACE.get_or_init(|| {
        let authority = Authority::new();
        let (certificate, key) = authority.certificate("localhost");
        let rules = "hostssl all all 127.0.0.1/32 scram-sha-256";
        let server = Server::on_network(&Network { rules, certificate: Some((&certificate, &key)) });
        server.sql("postgres", &format!("CREATE ROLE app LOGIN PASSWORD '{PASSWORD}'"));
        let folder = Folder::new();
        folder.with("ca.pem", &authority.pem);
        folder.with("other.pem", &Authority::new().pem);
        Place { server, folder }
    })
}

impl Place {
    /// A database that no other test has, and that `app` owns.
    fn database(&self) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("firm_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        self.server.sql("postgres", &format!("CREATE DATABASE {name} OWNER app"));
        name
    }

    /// By the socket, where nobody is asked for a password.
    fn by_socket(&self, database: &str) -> String {
        format!("postgres://app@/{database}?host={}&port={}", self.server.folder().display(), self.server.port())
    }

    /// Over the network, with a password and an authority.
    fn by_network(&self, (user, password): (&str, &str), database: &str, authority: &str) -> String {
        let (port, roots) = (self.server.port(), self.folder.path(authority));
        format!("postgres://{user}:{password}@localhost:{port}/{database}?sslrootcert={}", roots.display())
    }

    /// `--store @FILE` with this address in it.
    fn in_file(&self, address: &str) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("store-{}.txt", COUNT.fetch_add(1, Ordering::Relaxed));
        let path = self.folder.with(&name, &format!("{address}\n"));
        let mode = Command::new("chmod").arg("600").arg(&path).status().expect("chmod runs");
        assert!(mode.success());
        format!("@{}", path.display())
    }
}

const TO_VENDOR: [&str; 4] = ["--recipient", "sms-vendor", "--method", "transmit"];

/// From declarations to a deletion, on one store.
fn whole_story(firm: &Firm) {
    assert_eq!(firm.check(&[]).0, Some(4));
    let line = firm.line("app", |text| text);
    assert_eq!(counts(&firm.import(&line)), [1, 1, 0, 0]);
    assert_eq!(counts(&firm.import(&line)), [1, 0, 1, 0]);
    assert_eq!(firm.check(&[]).0, Some(0));
    assert_eq!(firm.check(&TO_VENDOR).0, Some(0));
    for (command, word) in [
        (&["purpose", "list"][..], "fund_news"),
        (&["purpose", "show", "fund_news"], "基金产品资讯"),
        (&["recipient", "list"], "sms-vendor"),
        (&["recipient", "show", "sms-vendor"], "示例短信有限公司"),
        (&["source", "list"], "手机应用"),
    ] {
        let said = shown(&firm.pii(command, &[]));
        assert!(said.contains(word), "{command:?}: {said}");
    }
    let records = shown(&firm.about(&["consent", "show"], &[]));
    assert!(records.contains("separately_granted") && !records.contains(PHONE), "{records}");
    let exported = shown(&firm.pii(&["consent", "export"], &[]));
    let signed = |text: &str| -> serde_json::Value {
        serde_json::from_str::<serde_json::Value>(text).expect("a line")["signature"].clone()
    };
    assert_eq!(signed(&exported), signed(&line));

    let withdrawn = shown(&firm.about(&["consent", "withdraw"], &["--actor", "li.lei", "--reason", "call 4711"]));
    assert!(withdrawn.contains(r#""withdrawn":1"#) && withdrawn.contains(r#""silent_nodes":0"#), "{withdrawn}");
    assert_eq!((firm.check(&[]).0, firm.check(&TO_VENDOR).0), (Some(4), Some(4)));
    assert_eq!(counts(&firm.import(&line)), [1, 0, 1, 0]);
    assert_eq!(firm.check(&[]).0, Some(4), "an older yes revives nothing");

    assert_eq!(shown(&firm.about(&["subject", "id"], &[])).trim(), SUBJECT);
    shown(&firm.about(&["subject", "restrict"], &["--actor", "li.lei"]));
    shown(&firm.about(&["subject", "lift"], &["--actor", "li.lei"]));
    shown(&firm.about(&["subject", "request", "delete"], &["--due", "2020-01-03"]));
    assert!(shown(&firm.pii(&["subject", "requests", "--overdue"], &[])).contains("2020-01-03"));
    assert!(shown(&firm.about(&["subject", "export"], &[])).contains("withdrawn"));
    shown(&firm.about(&["subject", "delete", "--nothing-held", "--confirm"], &[]));
    assert_eq!(firm.about(&["consent", "show"], &[]).code, Some(2), "nobody is known by that any more");
    let checked: serde_json::Value = serde_json::from_str(&shown(&firm.pii(&["store", "check"], &[]))).expect("JSON");
    assert_eq!((&checked["unsigned"], &checked["refused"]), (&0.into(), &0.into()), "{checked}");
}

#[test]
fn consents_are_kept_by_an_address_and_by_a_file_with_one() {
    let place = place();
    whole_story(&Firm::on(&place.by_socket(&place.database())));
    let address = place.by_network(("app", PASSWORD), &place.database(), "ca.pem");
    whole_story(&Firm::on(&place.in_file(&address)));
}

/// How many entries a store has, and the digest of the last.
fn head(store: &str) -> String {
    let checked = shown(&run(&["store", "check", "--store", store, "--output", "json"], ""));
    let checked: serde_json::Value = serde_json::from_str(&checked).expect("JSON");
    format!("{} {}", checked["entries"], checked["digest"])
}

fn restored(from: &str, store: &str) -> Run {
    run(&["store", "restore", from, "--store", store], "")
}

#[test]
fn copies_go_from_one_store_into_the_other() {
    let place = place();
    let firm = Firm::on(&place.by_socket(&place.database()));
    shown(&firm.import(&firm.line("app", |text| text)));
    let lines = firm.path("copy.jsonl");
    shown(&firm.pii(&["store", "backup", &lines], &[]));
    assert_eq!(firm.pii(&["store", "backup", &lines], &[]).code, Some(3), "nothing is written over");

    // Into another database, and into a file.
    let other = place.by_socket(&place.database());
    shown(&restored(&lines, &other));
    let file = firm.path("restored.db");
    shown(&restored(&lines, &file));
    assert_eq!(head(&other), head(&file));
    let in_file = Firm { ring: firm.ring, store: file.clone() };
    assert_eq!(in_file.check(&TO_VENDOR).0, Some(0));
    shown(&in_file.about(&["consent", "withdraw"], &["--actor", "li.lei"]));

    // From the file back: into an empty database, and not over what a longer ledger has.
    let copy = in_file.path("copy.db");
    shown(&in_file.pii(&["store", "backup", &copy], &[]));
    let third = place.by_socket(&place.database());
    let done = restored(&copy, &third);
    assert!(told(&done).contains("tokens"), "{}", told(&done));
    shown(&done);
    assert_eq!(head(&third), head(&in_file.store));
    let in_third = Firm { ring: in_file.ring, store: third.clone() };
    assert_eq!(in_third.check(&TO_VENDOR).0, Some(4), "the withdrawal came along");
    let refused = restored(&lines, &third);
    assert_eq!(refused.code, Some(3));
    assert!(told(&refused).contains("into an empty store"), "{}", told(&refused));

    // A copy that was changed is not taken.
    let changed = fs::read_to_string(&lines).expect("readable").replace("fund_news", "fund_mews");
    let changed = in_third.ring.0.with("changed.jsonl", &changed);
    let fourth = place.by_socket(&place.database());
    let refused = restored(changed.to_str().expect("plain"), &fourth);
    assert!(refused.code == Some(3) && told(&refused).contains("changed"), "{}", told(&refused));
    let empty = run(&["store", "check", "--store", &fourth, "--output", "json"], "");
    assert!(shown(&empty).contains("\"entries\":0"), "nothing was taken");
}

#[test]
fn a_report_reads_the_ledger_in_either_store() {
    let place = place();
    let firm = Firm::on(&place.by_socket(&place.database()));
    shown(&firm.import(&firm.line("app", |text| text)));
    let trail = firm.path("trail");
    shown(&firm.about(&["consent", "withdraw"], &["--trail", &trail, "--actor", "li.lei"]));
    let (copy, file) = (firm.path("copy.jsonl"), firm.path("copy.db"));
    shown(&firm.pii(&["store", "backup", &copy], &[]));
    shown(&restored(&copy, &file));
    let ledger = |store: &str| -> serde_json::Value {
        let report = shown(&run(&["report", "--trail", &trail, "--output", "json", "--store", store], ""));
        serde_json::from_str::<serde_json::Value>(&report).expect("JSON")["ledger"].clone()
    };
    let of_server = ledger(&place.in_file(&firm.store));
    assert_eq!((&of_server["subjects"], &of_server["acts"]["withdrawn"]), (&1.into(), &1.into()), "{of_server}");
    assert_eq!(of_server["not_taken"], 0, "entries that only the store itself reads are not against the rules");
    assert_eq!(of_server, ledger(&file));
    assert_eq!(of_server, ledger(&firm.store));
    let none = run(&["report", "--trail", &trail, "--store", &place.by_socket(&place.database())], "");
    assert!(none.code == Some(3) && told(&none).contains("no store"), "{}", told(&none));
}

/// Starts a command that goes on until its input ends.
fn importing(firm: &Firm) -> Child {
    let (ring, key) = (firm.path("ring"), firm.path("ring.key"));
    let mut command = Command::new(engine().binary());
    command.args(["consent", "import", "-", "--store", &firm.store, "--keyring", &ring, "--key-file", &key]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
}

fn signal(process: &Child, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &process.id().to_string()]).status().expect("kill runs");
    assert!(sent.success());
}

fn wait_for_nodes(database: &str, count: &str) {
    let begun = Instant::now();
    while place().server.sql(database, "SELECT count(*) FROM pii.ledger_node") != count {
        assert!(begun.elapsed() < Duration::from_secs(20), "not {count} nodes");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_one_process_withdraws_or_ends_another_knows() {
    let place = place();
    let database = place.database();
    let firm = Firm::on(&place.by_socket(&database));
    shown(&firm.import(&firm.line("app", |text| text)));
    let mut process = importing(&firm);
    wait_for_nodes(&database, "1");
    let withdraw = || -> serde_json::Value {
        let done = shown(&firm.about(&["consent", "withdraw"], &["--actor", "li.lei"]));
        serde_json::from_str(&done).expect("JSON")
    };
    // It says that it has it, long before its lease would have ended.
    let done = withdraw();
    assert_eq!((&done["withdrawn"], &done["silent_nodes"]), (&1.into(), &0.into()), "{done}");
    assert!(done["waited_ms"].as_u64().is_some_and(|waited| waited < 1500), "{done}");
    assert_eq!(firm.check(&[]).0, Some(4));

    // One that hangs is waited for until its lease has gone.
    std::thread::sleep(Duration::from_millis(1100));
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs();
    // By the app's clock five minutes after the withdrawal that an operator wrote down.
    let now = pii_core::time::Moment::from_unix_seconds(now + 300).expect("before the year 9999").to_string();
    let anew = |end: &str| {
        let one =
            |text: String| text.replace("a3b4c5d6", &format!("a3b4c5{end}")).replace("2025-06-02T02:30:00Z", &now);
        firm.line("app", one)
    };
    assert_eq!(counts(&firm.import(&anew("d7"))), [1, 1, 0, 0]);
    signal(&process, "STOP");
    shown(&firm.pii(&["source", "end", "app"], &[]));
    let done = withdraw();
    signal(&process, "CONT");
    assert_eq!(done["silent_nodes"], 1, "{done}");
    assert!(done["waited_ms"].as_u64().is_some_and(|waited| (2000..5000).contains(&waited)), "{done}");

    // It is back, and what was decided elsewhere meanwhile counts for it too: the source signs nothing any more.
    wait_for_nodes(&database, "1");
    let mut input = process.stdin.take().expect("piped");
    input.write_all(anew("d8").as_bytes()).expect("it reads");
    drop(input);
    let done = process.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.code() == Some(3) && said.contains("unknown_source"), "{said}");
    wait_for_nodes(&database, "0");
}

/// What a command says that must not work. No password is in it, and no address that has one.
#[track_caller]
fn refused(store: &str, code: i32, words: &[&str]) {
    let place = place();
    for store in [store.to_owned(), place.in_file(store)] {
        for command in [&["purpose", "list"][..], &["declare", &example("firm.toml")]] {
            let said = run(&[command, &["--store", &store]].concat(), "");
            let text = told(&said);
            assert!(words.iter().all(|word| text.contains(word)), "{command:?} with {words:?}: {text}");
            assert_eq!(said.code, Some(code), "{text}");
            for secret in [PASSWORD, "wrong-1880", "app:", "@localhost"] {
                assert!(!text.contains(secret), "{secret}: {text}");
            }
        }
    }
}

#[test]
fn a_server_that_cannot_be_used_is_told_with_what_to_do() {
    let place = place();
    let database = place.database();
    let app = ("app", PASSWORD);
    refused(&place.by_network(("app", "wrong-1880"), &database, "ca.pem"), 3, &["name and password", "pg_hba.conf"]);
    refused(&place.by_network(("nobody", PASSWORD), &database, "ca.pem"), 3, &["name and password"]);
    refused(&place.by_network(app, "no_such", "ca.pem"), 3, &["no database of this name", "create it"]);
    refused(&place.by_network(app, &database, "other.pem"), 3, &["none of the authorities", "look who answers"]);
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port();
    refused(&format!("postgres://app:{PASSWORD}@localhost:{closed}/x"), 3, &["does not answer", "look at the server"]);
    let port = place.server.port();
    refused(&format!("postgres://app@localhost:{port}/{database}"), 3, &["pg_hba.conf", "TLS"]);
    refused(
        &format!("postgres://app:{PASSWORD}@localhost:{port}/{database}?sslmode=require"),
        3,
        &["sslrootcert=FILE"],
    );
    refused(&format!("postgres://app:{PASSWORD}@localhost:{port}/{database}?sslmode=never"), 2, &["cannot be read"]);
    refused(&format!("postgress://app:{PASSWORD}@localhost:{port}/{database}"), 2, &["postgresql://"]);
}

#[test]
fn a_database_without_a_store_is_left_as_it_is_by_whoever_reads() {
    let place = place();
    let database = place.database();
    let store = place.by_network(("app", PASSWORD), &database, "ca.pem");
    for command in [&["purpose", "list"][..], &["store", "check"], &["store", "backup", "/tmp/nowhere/copy"]] {
        let said = run(&[command, &["--store", &store]].concat(), "");
        assert_eq!(said.code, Some(3));
        assert!(told(&said).contains("no store") && told(&said).contains("right database"), "{}", told(&said));
    }
    assert_eq!(place.server.sql(&database, "SELECT count(*) FROM pg_namespace WHERE nspname = 'pii'"), "0");
}

#[test]
fn missing_rights_are_told_with_what_to_grant() {
    let place = place();
    let sql = |database: &str, text: &str| place.server.sql(database, text);
    // A role that may connect, and no more: to a database without a store, and to one with a store of somebody else.
    sql("postgres", &format!("CREATE ROLE guest LOGIN PASSWORD '{PASSWORD}'"));
    let database = place.database();
    let of = |database: &str| place.by_network(("guest", PASSWORD), database, "ca.pem");
    let said = run(&["declare", &example("firm.toml"), "--store", &of(&database)], "");
    assert!(said.code == Some(3) && told(&said).contains("grant it CREATE"), "{}", told(&said));
    let firm = Firm::on(&place.by_socket(&database));
    refused(&of(&database), 3, &["refuses this user", "owner of the store's schema"]);
    // One that may look at the schema, and at none of its tables.
    sql(&database, "GRANT USAGE ON SCHEMA pii TO guest");
    refused(&of(&database), 3, &["refuses this user"]);
    // With a schema of its own it needs nothing else of the database.
    let own = place.database();
    sql(
        &own,
        "CREATE SCHEMA pii AUTHORIZATION guest; REVOKE CREATE ON DATABASE {own} FROM PUBLIC"
            .replace("{own}", &own)
            .as_str(),
    );
    shown(&run(&["declare", &example("firm.toml"), "--store", &of(&own)], ""));
    shown(&firm.pii(&["store", "check"], &[]));
}

/// A server that lets everybody in and does not know what is asked of it, as one of many years ago.
fn old_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    std::thread::spawn(move || listener.incoming().flatten().for_each(|client| drop(answer_as_old(client))));
    port
}

/// The protocol of PostgreSQL, version 3, as far as it is needed: a message is a letter, its length and its content.
fn answer_as_old(mut client: TcpStream) -> std::io::Result<()> {
    let mut length = [0; 4];
    let mut content = |client: &mut TcpStream| -> std::io::Result<Vec<u8>> {
        client.read_exact(&mut length)?;
        let mut content = vec![0; u32::from_be_bytes(length) as usize - 4];
        client.read_exact(&mut content).map(|()| content)
    };
    content(&mut client)?;
    const READY: &[u8] = b"Z\0\0\0\x05I";
    client.write_all(&[b"R\0\0\0\x08\0\0\0\0", READY].concat())?;
    loop {
        let mut kind = [0];
        client.read_exact(&mut kind)?;
        let asked = content(&mut client)?;
        let knows = ["SET ", "BEGIN", "ROLLBACK"].iter().any(|word| asked.starts_with(word.as_bytes()));
        match kind[0] {
            b'Q' if knows => client.write_all(&[b"C\0\0\0\x08SET\0", READY].concat())?,
            b'Q' | b'S' => client.write_all(&[b"E\0\0\0\x1aSERROR\0C42883\0Mwhat?\0\0", READY].concat())?,
            b'X' => return Ok(()),
            _ => {}
        }
    }
}

#[test]
fn a_server_that_is_too_old_is_said_to_be() {
    let port = old_server();
    refused(&format!("postgres://app:{PASSWORD}@localhost:{port}/x"), 3, &["take a newer PostgreSQL"]);
}
