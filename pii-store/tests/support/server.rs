//! A PostgreSQL of the tests' own: in a folder of its own, behind a socket there, and gone with the process that started it.
//! The tests of the whole command take this file too.
#![allow(dead_code, reason = "each test uses some of it")]

use pii_store::{Postgres, PostgresOptions};
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A server. The script that started it ends it when its input ends, which it does with this process, however that ends.
pub(crate) struct Server {
    folder: TempDir,
    /// Held open: what the script waits for.
    input: Option<ChildStdin>,
    script: Child,
    port: u16,
}

/// How a server is reached over the network of this machine.
pub(crate) struct Network<'a> {
    /// Lines of `pg_hba.conf`. Whoever comes by the socket is trusted.
    pub(crate) rules: &'a str,
    /// A certificate and its key in PEM, where the server has TLS.
    pub(crate) certificate: Option<(&'a str, &'a str)>,
}

/// `$1` is what comes before a command, so that a root is somebody else: PostgreSQL does not run as root. `$2` is the folder,
/// `$3` that of the programs, `$4` lines of `pg_hba.conf`; more options of the server come behind it.
const SCRIPT: &str = r#"
# A signal to the whole group, as `timeout` sends it, must not end this before it has tidied up: its input ends then.
trap "" TERM INT HUP
as=$1; folder=$2; bin=$3; rules=$4; shift 4; settings=("$@")
$as "$bin/initdb" -D "$folder/data" -U pii -A trust -E UTF8 --locale=C --no-sync >"$folder/initdb.log" 2>&1 || exit 1
[ -z "$rules" ] || printf 'local all all trust\n%s\n' "$rules" >"$folder/data/pg_hba.conf"
start() {
    $as "$bin/postgres" -D "$folder/data" -c unix_socket_directories="$folder" -c listen_addresses= \
        -c max_connections=60 -c shared_buffers=32MB -c log_min_messages=error "${settings[@]}" >>"$folder/log" 2>&1 </dev/null &
    pid=$!
}
children() { cat "/proc/$pid/task/$pid/children"; }
start
while read -r line; do
    case $line in
        kill) kill -9 "$pid" $(children); wait; sleep 0.2; start ;;
        pause) kill -STOP "$pid" $(children) ;;
        resume) kill -CONT "$pid" $(children) ;;
    esac
done
kill -CONT "$pid" $(children); kill -INT "$pid"; wait; rm -rf "$folder"
"#;

impl Server {
    /// One that is reached by its socket alone.
    pub(crate) fn start() -> Self {
        Self::begin("", 5432, |_| Vec::new())
    }

    pub(crate) fn on_network(network: &Network<'_>) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = free.expect("a free port").port();
        Self::begin(network.rules, port, |folder| {
            let mut settings = vec!["listen_addresses=127.0.0.1".to_owned(), format!("port={port}")];
            if let Some((certificate, key)) = network.certificate {
                settings.push("ssl=on".to_owned());
                for (setting, name, text) in
                    [("ssl_cert_file", "server.pem", certificate), ("ssl_key_file", "server.key", key)]
                {
                    let path = folder.join(name);
                    std::fs::write(&path, text).expect("written");
                    run(Command::new("chmod").arg("600").arg(&path));
                    give_to_server(&path);
                    settings.push(format!("{setting}={}", path.display()));
                }
            }
            settings
        })
    }

    fn begin(rules: &str, port: u16, settings: impl FnOnce(&Path) -> Vec<String>) -> Self {
        let bin = binaries();
        let folder = tempfile::Builder::new().prefix("pii-pg").tempdir().expect("a folder");
        give_to_server(folder.path());
        let settings = settings(folder.path());
        let prefix = if is_root() { "setpriv --reuid=postgres --regid=postgres --init-groups" } else { "" };
        let mut script = Command::new("bash")
            .args(["-c", SCRIPT, "server", prefix])
            .args([folder.path(), bin.as_path()])
            .arg(rules)
            .args(settings.iter().flat_map(|setting| ["-c", setting]))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("bash starts");
        let input = script.stdin.take();
        let server = Self { folder, input, script, port };
        server.wait_until_up();
        server
    }

    /// Where it listens, if it is on the network.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Where its socket is.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Does something as the one who may do anything, in a database, and says what came of it.
    pub(crate) fn sql(&self, database: &str, sql: &str) -> String {
        let mut psql = Command::new(binaries().join("psql"));
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "pii", "-d", database, "-c", sql]);
        psql.arg("-h").arg(self.folder()).args(["-p", &self.port.to_string()]);
        let done = psql.output().expect("psql runs");
        assert!(done.status.success(), "{sql}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8_lossy(&done.stdout).trim().to_owned()
    }

    fn wait_until_up(&self) {
        let begun = Instant::now();
        while let Err(said) = Postgres::open_or_begin(&self.options("probe")) {
            let logs = ["initdb.log", "log"].map(|name| std::fs::read_to_string(self.folder.path().join(name)));
            let log = logs.map(Result::unwrap_or_default).concat();
            assert!(begun.elapsed() < Duration::from_secs(60), "PostgreSQL does not start: {said}\n{log}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn connection(&self) -> String {
        format!("host={} port={} user=pii dbname=postgres", self.folder().display(), self.port)
    }

    pub(crate) fn options(&self, schema: &str) -> PostgresOptions {
        PostgresOptions::new(&self.connection()).expect("it reads").in_schema(schema).expect("a name")
    }

    /// Ends all of it at once, and starts it again.
    pub(crate) fn kill(&mut self) {
        self.tell("kill");
        std::thread::sleep(Duration::from_millis(100));
    }

    pub(crate) fn kill_and_wait(&mut self) {
        self.kill();
        std::thread::sleep(Duration::from_millis(200));
        self.wait_until_up();
    }

    /// Stops all its processes, which then answer nothing.
    pub(crate) fn pause(&mut self) {
        self.tell("pause");
        std::thread::sleep(Duration::from_millis(300));
    }

    pub(crate) fn resume(&mut self) {
        self.tell("resume");
    }

    fn tell(&mut self, word: &str) {
        writeln!(self.input.as_mut().expect("not dropped"), "{word}").expect("the script is there");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.script.wait();
    }
}

fn is_root() -> bool {
    let said = Command::new("id").arg("-u").output().expect("id runs");
    String::from_utf8_lossy(&said.stdout).trim() == "0"
}

fn give_to_server(path: &Path) {
    if is_root() {
        run(Command::new("chown").arg("postgres").arg(path));
    }
}

fn run(command: &mut Command) {
    assert!(command.status().expect("it starts").success(), "{command:?}");
}

/// Where the server's programs are: `PG_BIN`, Debian's folders, or the path.
fn binaries() -> PathBuf {
    let named = std::env::var_os("PG_BIN").map(PathBuf::from);
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut debian: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    debian.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all = named.into_iter().chain(debian.into_iter().rev()).chain(std::env::split_paths(&path));
    let has =
        |folder: &PathBuf| ["initdb", "postgres", "psql"].iter().all(|name| Path::new(folder).join(name).exists());
    all.into_iter()
        .find(has)
        .expect("PostgreSQL's server: `apt-get install postgresql`, or PG_BIN=its folder of programs")
}

/// One server for all tests of a process.
fn shared() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(Server::start)
}

/// A schema that no other test has.
pub(crate) struct Schema(String);

impl Schema {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        Self(format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed)))
    }

    pub(crate) fn options(&self) -> PostgresOptions {
        shared().options(&self.0)
    }

    /// For another process: the connection, and the schema behind a `|`.
    pub(crate) fn place(&self) -> String {
        format!("{}|{}", shared().connection(), self.0)
    }

    pub(crate) fn store(&self) -> Postgres {
        Postgres::open_or_begin(&self.options()).expect("it opens")
    }

    /// Does something in it as the one who may do anything.
    pub(crate) fn sql(&self, sql: &str) -> String {
        shared().sql("postgres", &format!("SET search_path = {}; {sql}", self.0))
    }

    /// From now on NULL is kept where something is empty.
    pub(crate) fn make_empty_null(&self) {
        let schema = &self.0;
        self.sql(&format!(
            "DO $do$ DECLARE c record; BEGIN
            FOR c IN SELECT table_name AS t, column_name AS n FROM information_schema.columns
                WHERE table_schema = '{schema}' AND data_type IN ('text', 'bytea') LOOP
            EXECUTE format('CREATE FUNCTION empty_%s_%s() RETURNS trigger LANGUAGE plpgsql AS
                $f$ BEGIN NEW.%I := NULLIF(NEW.%I, ''''); RETURN NEW; END $f$', c.t, c.n, c.n, c.n);
            EXECUTE format('CREATE TRIGGER empty_%s BEFORE INSERT OR UPDATE ON %I
                FOR EACH ROW EXECUTE FUNCTION empty_%s_%s()', c.n, c.t, c.t, c.n);
            END LOOP; END $do$"
        ));
    }
}
