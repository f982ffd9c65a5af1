//! The programs of others, how they are found and started.

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use crate::support::PATIENCE;

/// Where Debian has programs that are not for everybody.
const SYSTEM: &str = "/usr/sbin";

/// The program of that name. A missing one fails the test: what silently tests nothing would look like a good result.
pub(crate) fn tool(name: &str) -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from(SYSTEM)]);
    let found = folders.map(|folder| folder.join(name)).find(|path| path.is_file());
    Command::new(found.unwrap_or_else(|| panic!("{name} is missing: scripts/tools.sh installs it")))
}

/// Runs a command to its end, and returns what it printed.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} ended with {}\n{said}\n{complained}", output.status);
    said
}

/// What curl gets: a status and a body.
pub(crate) fn curl(url: &str, arguments: &[&str]) -> (u16, String) {
    let mut command = tool("curl");
    command.args([
        "--silent",
        "--show-error",
        "--max-time",
        "20",
        "--noproxy",
        "*",
        "--dump-header",
        "-",
        "--output",
        "-",
    ]);
    let said = run(command.args(arguments).arg(url));
    // Provisional answers have heads of their own before the last one.
    let mut rest = said.as_str();
    loop {
        let (head, body) = rest.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {said}"));
        let status: u16 = head.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
        if status >= 200 {
            return (status, body.to_owned());
        }
        rest = body;
    }
}

/// Python with the packages of `requirements.txt`, in an environment that is made once and kept beside what cargo builds.
pub(crate) fn python() -> Command {
    const NEEDED: &str = include_str!("requirements.txt");
    static READY: OnceLock<PathBuf> = OnceLock::new();
    let program = READY.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("peers-python");
        let (program, made) = (folder.join("bin/python3"), folder.join("made-for.txt"));
        if fs::read_to_string(&made).ok().as_deref() != Some(NEEDED) {
            run(tool("python3").args(["-m", "venv", "--clear"]).arg(&folder));
            let requirements = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/requirements.txt");
            run(Command::new(&program).args(["-m", "pip", "install", "--quiet", "--requirement", requirements]));
            fs::write(&made, NEEDED).expect("written");
        }
        program
    });
    let mut command = Command::new(program);
    command.env("NO_PROXY", "*");
    command
}

/// Puts `proxy.pem` and `proxy.key` for this machine into a folder, made for the run of one test, and returns the file of the
/// authority that vouches for them.
pub(crate) fn certified(folder: &Path) -> String {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    // A certificate with its issuer's name would be taken for one that signed itself.
    params.distinguished_name.push(DnType::CommonName, "authority of a test");
    let key = KeyPair::generate().expect("randomness");
    let authority = params.self_signed(&key).expect("a certificate").pem();
    let issuer = Issuer::new(params, key);
    let server = KeyPair::generate().expect("randomness");
    let params = CertificateParams::new(["localhost".to_owned()]).expect("a name");
    let certificate = params.signed_by(&server, &issuer).expect("a certificate").pem();
    let written = |name: &str, content: &str| {
        let path = folder.join(name);
        fs::write(&path, content).expect("written");
        path.display().to_string()
    };
    written("proxy.pem", &certificate);
    written("proxy.key", &server.serialize_pem());
    written("authority.pem", &authority)
}

/// An nginx that passes everything on.
pub(crate) struct Nginx {
    child: Child,
    pub(crate) address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Nginx {
    pub(crate) fn before(upstream: SocketAddr) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let address = free_address();
        let here = folder.path().display();
        let config = format!(
            "daemon off;\nmaster_process off;\npid {here}/pid;\nerror_log stderr;\nevents {{}}\n\
             http {{\n  access_log off;\n  gzip on;\n  gzip_types text/plain;\n\
             client_body_temp_path {here}/body;\n  proxy_temp_path {here}/proxy;\n  fastcgi_temp_path {here}/f;\n\
             uwsgi_temp_path {here}/u;\n  scgi_temp_path {here}/s;\n\
             server {{\n    listen {address};\n    location / {{ proxy_pass http://{upstream}; proxy_http_version 1.1; }}\n  }}\n}}\n"
        );
        let path = folder.path().join("nginx.conf");
        fs::write(&path, config).expect("written");
        let child = tool("nginx").arg("-c").arg(&path).arg("-p").arg(folder.path()).stdin(Stdio::null()).spawn();
        let mut nginx = Self { child: child.expect("nginx starts"), address, _folder: folder };
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(nginx.child.try_wait().expect("a child").is_none(), "nginx ended");
            assert!(begun.elapsed() < PATIENCE, "nginx does not listen");
            thread::sleep(Duration::from_millis(10));
        }
        nginx
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address that nobody listens on: nginx does not say which port the system has chosen.
fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address")
}
