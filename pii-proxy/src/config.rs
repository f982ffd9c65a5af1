//! The configuration: where the proxy listens, what it knows, and which routes lead where.
//!
//! A [`Config`] has been checked as far as that goes without opening anything; what is wrong says its file, its line and what to
//! write instead. Files that it names are read by whoever sets the proxy up.

mod amount;
mod calendar;
mod changes;
mod error;
mod file;
mod forward;
mod health;
mod lines;
mod listen;
mod local;
mod matcher;
mod route;
mod sign;
mod traces;
mod upstream;

pub use amount::{Limits, Timeouts};
pub use calendar::{Calendar, Days, Hours};
pub use changes::Changes;
pub use error::{ConfigError, ReadError};
pub(crate) use forward::HTTPS_PORT;
pub use forward::{ForwardAt, PassAt, Target};
pub use health::Health;
pub use lines::Lines;
pub use listen::{AdminAt, Listener, TlsFiles, TlsVersion};
pub(crate) use local::route_of_flow;
pub use local::{Caller, KnownBy, LocalAt, Scope};
pub(crate) use matcher::METHODS;
pub use matcher::Matcher;
pub use route::{Consent, Cookies, Fallback, Observe, Opaque, Responses, Route, SubjectAt};
pub use sign::{KeyAt, Scheme, SignAt};
pub use traces::TracesAt;
pub use upstream::Upstream;

use pii_flow::{ConsentsAt, KeyringAt, TrailAt};
use pii_store::trail::Name;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// All that a configuration says.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where requests come in. At least one.
    pub listeners: Vec<Listener>,
    /// Where health, metrics and blocks are asked for. `None`: nowhere.
    pub admin: Option<AdminAt>,
    /// Where programs ask that mask before they sign. `None`: nowhere.
    pub local: Option<LocalAt>,
    /// The firm's policy, behind the built-in one.
    pub policy: Option<PathBuf>,
    /// The firm's rules, beside the built-in ones.
    pub rules: Option<PathBuf>,
    /// What signs the trail and makes digests.
    pub keyring: Option<KeyringAt>,
    /// Where decisions are recorded. Nothing leaves without.
    pub trail: TrailAt,
    /// Where consents are.
    pub consents: Option<ConsentsAt>,
    /// How much at once, in bytes and in numbers.
    pub limits: Limits,
    /// How long each phase of a request may take.
    pub timeouts: Timeouts,
    /// When it may change, and where what was taken is kept.
    pub changes: Changes,
    /// What becomes of tunnels, on listeners of forward mode. `None`: they are refused.
    pub forward: Option<ForwardAt>,
    /// Where traces go. `None`: nowhere.
    pub traces: Option<TracesAt>,
    /// Which requests go where, and under which policy.
    pub routes: Vec<Route>,
    /// The file that it was read from, by name, and its text. `None`: the command line.
    pub written: Option<(PathBuf, String)>,
}

/// The JSON Schema of a configuration (draft 2020-12), for editors and pipelines.
pub const SCHEMA: &str = include_str!("../../packaging/pii-proxy.schema.json");

/// A configuration is a few pages.
const CONFIG_LIMIT_BYTES: u64 = 4 << 20;

/// The folder of the trail where none is named, in the folder that the proxy is started in.
const USUAL_TRAIL: &str = "pii-proxy-trail";

impl Config {
    fn usual_trail() -> TrailAt {
        TrailAt { folder: PathBuf::from(USUAL_TRAIL), node: None, witness: None }
    }

    /// Reads a configuration. `name` is what errors call it.
    ///
    /// # Errors
    /// It is no TOML, has a key that nobody knows, or says something that cannot be; with its line.
    pub fn parse(name: &str, text: &str) -> Result<Self, ConfigError> {
        file::parse(name, text)
    }

    /// Reads a configuration from its file.
    ///
    /// # Errors
    /// It cannot be read, is longer than 4 MiB, or [`Config::parse`] says what is wrong with it.
    pub fn read(file: &Path) -> Result<Self, ReadError> {
        let told = |error: std::io::Error| ReadError::Unreadable(pii_flow::told(file.display(), &error));
        if fs::metadata(file).map_err(told)?.len() > CONFIG_LIMIT_BYTES {
            return Err(ReadError::Unreadable(format!("{}: no configuration is so long", file.display())));
        }
        let text = fs::read_to_string(file).map_err(told)?;
        Self::parse(&file.display().to_string(), &text).map_err(ReadError::Wrong)
    }

    /// One route for everything, all else at its default: what `--listen`, `--upstream` and `--channel` say.
    ///
    /// # Errors
    /// The upstream is no address of HTTP.
    pub fn of_one_route(listen: SocketAddr, upstream: &str, channel: &str) -> Result<Self, ConfigError> {
        let upstream = Upstream::parse(upstream).map_err(|what| ConfigError::on_command_line("--upstream", what))?;
        let channel = Name::new(channel).ok_or_else(|| ConfigError::on_command_line("--channel", "write a name"))?;
        let route = Route::plain(upstream, channel);
        Ok(Self {
            listeners: vec![Listener::plain(listen)],
            admin: None,
            local: None,
            policy: None,
            rules: None,
            keyring: None,
            trail: Self::usual_trail(),
            consents: None,
            limits: Limits::default(),
            timeouts: Timeouts::default(),
            changes: Changes::default(),
            forward: None,
            traces: None,
            routes: vec![route],
            written: None,
        })
    }
}
