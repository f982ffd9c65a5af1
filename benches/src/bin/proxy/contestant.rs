//! The programs that are measured, each started in a folder of its own and ended with it.

use std::error::Error;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

/// A program is given so long to listen.
const START: Duration = Duration::from_secs(60);

/// What `/proc` counts CPU time in: `USER_HZ` is 100 on every Linux that Rust runs on.
const TICK: Duration = Duration::from_millis(10);

/// A program that messages go through.
pub(crate) struct Contestant {
    pub(crate) name: &'static str,
    pub(crate) address: SocketAddr,
    /// Where the proxy answers operators.
    pub(crate) admin: Option<SocketAddr>,
    child: Child,
}

impl Contestant {
    /// nginx, which passes everything on.
    pub(crate) fn nginx(at: &Setup<'_>) -> Result<Self, Box<dyn Error>> {
        let program = ["/usr/sbin/nginx", "nginx"].into_iter().find(|path| Path::new(path).exists()).unwrap_or("nginx");
        at.start("nginx", "nginx.conf", |file| {
            let mut command = Command::new(program);
            command.arg("-c").arg(file).arg("-p").arg(at.folder);
            command
        })
    }

    /// mitmproxy with the add-on that masks. `program` is its `mitmdump`.
    pub(crate) fn mitmproxy(at: &Setup<'_>, program: &Path) -> Result<Self, Box<dyn Error>> {
        at.start("mitmproxy", "mask.py", |file| {
            let mut command = Command::new(program);
            command.args(["--quiet", "--mode", &format!("reverse:http://{}", at.upstream)]);
            command.args(["--listen-host", "127.0.0.1", "--listen-port", &at.listen.port().to_string()]);
            command.args(["--set", &format!("confdir={}", at.folder.display()), "--set", "flow_detail=0"]);
            command.arg("--scripts").arg(file);
            command
        })
    }

    /// The proxy. `program` is `pii-proxy`.
    pub(crate) fn proxy(at: &Setup<'_>, program: &Path) -> Result<Self, Box<dyn Error>> {
        let mut started = at.start("pii-proxy", "proxy.toml", |file| {
            let mut command = Command::new(program);
            command.arg("--config").arg(file);
            command
        })?;
        started.admin = Some(at.admin);
        Ok(started)
    }

    /// The CPU time that it has used, with what it has started.
    pub(crate) fn cpu_time(&self) -> Result<Duration, Box<dyn Error>> {
        let mut ticks = 0;
        for process in processes()? {
            if process.pid == self.child.id() || process.parent == self.child.id() {
                ticks += process.ticks;
            }
        }
        Ok(TICK * u32::try_from(ticks)?)
    }
}

impl Drop for Contestant {
    fn drop(&mut self) {
        // nginx ends its worker when it is told to, not when it is killed.
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let begun = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) {
            if begun.elapsed() > Duration::from_secs(10) {
                let _ = self.child.kill();
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

struct Process {
    pid: u32,
    parent: u32,
    ticks: u64,
}

/// All processes, as `/proc/PID/stat` tells of them.
fn processes() -> Result<Vec<Process>, Box<dyn Error>> {
    let mut all = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let entry = entry?;
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        // It may have ended meanwhile.
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else { continue };
        // The name in brackets may hold anything.
        let Some((_, rest)) = stat.rsplit_once(") ") else { continue };
        let fields: Vec<&str> = rest.split(' ').collect();
        let number = |nth: usize| fields.get(nth).and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
        all.push(Process { pid, parent: u32::try_from(number(1))?, ticks: number(11) + number(12) });
    }
    Ok(all)
}

/// What a program is started with.
pub(crate) struct Setup<'a> {
    pub(crate) folder: &'a Path,
    pub(crate) upstream: SocketAddr,
    listen: SocketAddr,
    admin: SocketAddr,
}

impl<'a> Setup<'a> {
    /// In `folder`, on ports that are free now.
    pub(crate) fn new(folder: &'a Path, upstream: SocketAddr) -> Result<Self, Box<dyn Error>> {
        fs::create_dir_all(folder)?;
        let ports = [TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?];
        let [listen, admin] = [ports[0].local_addr()?, ports[1].local_addr()?];
        Ok(Self { folder, upstream, listen, admin })
    }

    fn start(
        &self,
        name: &'static str,
        file: &str,
        command: impl FnOnce(&Path) -> Command,
    ) -> Result<Contestant, Box<dyn Error>> {
        let written = self.write(file)?;
        let mut child = command(&written).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let begun = Instant::now();
        while TcpStream::connect(self.listen).is_err() {
            if begun.elapsed() > START || child.try_wait()?.is_some() {
                let _ = child.kill();
                return Err(format!("{name} does not listen").into());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(Contestant { name, address: self.listen, admin: None, child })
    }

    /// The file of `benches/proxy`, with this setup's addresses in it.
    fn write(&self, file: &str) -> Result<PathBuf, Box<dyn Error>> {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("proxy").join(file))?;
        let text = text
            .replace("FOLDER", &self.folder.display().to_string())
            .replace("UPSTREAM", &self.upstream.to_string())
            .replace("LISTEN", &self.listen.to_string())
            .replace("ADMIN", &self.admin.to_string());
        let path = self.folder.join(file);
        fs::write(&path, text)?;
        Ok(path)
    }
}
