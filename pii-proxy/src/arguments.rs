//! The command line.

use clap::{ArgGroup, Args, Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Stands in front of SMS, e-mail, push and partner gateways: what is personal in a request is masked, or stops it, before anything
/// leaves.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(group(ArgGroup::new("what").required(true).args(["config", "listen"])))]
pub(crate) struct Arguments {
    /// One route: where to listen, such as 127.0.0.1:8080
    #[arg(long, value_name = "ADDR", requires = "upstream", requires = "channel")]
    pub(crate) listen: Option<SocketAddr>,

    /// One route: where its requests go, such as https://sms.example.com
    #[arg(long, value_name = "URL", requires = "listen")]
    pub(crate) upstream: Option<String>,

    /// One route: the way out, for the policy: sms, email, push, third_party, or one that a firm names
    #[arg(long, value_name = "C", requires = "listen")]
    pub(crate) channel: Option<String>,

    /// Many routes: the file that says all of it
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Say what is wrong with the configuration, and start nothing
    #[arg(long, requires = "config")]
    pub(crate) check: bool,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say why a message was stopped: its field, and the rule of the policy; no value
    Why(Why),

    /// Have the running proxy take its configuration as the files are now
    Apply(Apply),

    /// Write the files as they were in a version before, and have the running proxy take them
    Rollback(Rollback),

    /// List the configurations that took effect, the oldest first
    Versions(Versions),

    /// Let one kind in one field of one route pass for some minutes
    Suppress(Suppress),

    /// Have the running proxy look at its requests for some minutes, and draft routes for them; without values
    Learn(Learn),

    /// Show what the proxy does: a few messages through it to a gateway on this machine, before and after, and on a terminal a page
    /// to look at
    Demo(Demo),

    /// Print the JSON Schema of the configuration, for editors and pipelines
    Schema,

    /// Print the OpenAPI document of the local API
    Openapi,
}

/// Where the running proxy answers operators.
#[derive(Debug, Args)]
pub(crate) struct AdminArguments {
    /// The admin address of the proxy
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9080")]
    pub(crate) admin: SocketAddr,

    /// The file that holds the admin token, where the proxy asks for one
    #[arg(long, value_name = "FILE")]
    pub(crate) admin_token_file: Option<PathBuf>,
}

/// Where it answers, if that is not what its configuration says.
#[derive(Debug, Args)]
pub(crate) struct OtherAdmin {
    /// The admin address of the proxy, if another one than the configuration says
    #[arg(long, value_name = "ADDR")]
    pub(crate) admin: Option<SocketAddr>,

    /// The file that holds the admin token, if another one than the configuration says
    #[arg(long, value_name = "FILE")]
    pub(crate) admin_token_file: Option<PathBuf>,
}

/// Who changes something, and why.
#[derive(Debug, Args)]
pub(crate) struct Said {
    /// Who changes it; whoever is logged in, if nobody is named
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,

    /// What for
    #[arg(long, value_name = "TEXT", required_unless_present = "emergency")]
    pub(crate) reason: Option<String>,

    /// What for, in trading hours, in which nothing is changed otherwise
    #[arg(long, value_name = "REASON", conflicts_with = "reason")]
    pub(crate) emergency: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Apply {
    /// The file that the proxy was started with
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,

    #[command(flatten)]
    pub(crate) said: Said,

    #[command(flatten)]
    pub(crate) admin: OtherAdmin,
}

#[derive(Debug, Args)]
pub(crate) struct Rollback {
    /// The file that the proxy was started with
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,

    /// The version to go back to, if another one than the one before this
    #[arg(long, value_name = "NUMBER")]
    pub(crate) to: Option<u32>,

    /// The folder of versions, where the file cannot be read any more
    #[arg(long, value_name = "FOLDER")]
    pub(crate) versions: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) said: Said,

    #[command(flatten)]
    pub(crate) admin: OtherAdmin,
}

#[derive(Debug, Args)]
pub(crate) struct Versions {
    /// The file that the proxy was started with
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,

    /// The folder of versions, where the file cannot be read any more
    #[arg(long, value_name = "FOLDER")]
    pub(crate) versions: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Suppress {
    /// The route
    #[arg(long, value_name = "NAME")]
    pub(crate) route: String,

    /// The kind, of class 1 to 3
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: String,

    /// The field: a path such as $.content, or a name; `pii-proxy why` tells it
    #[arg(long, value_name = "FIELD")]
    pub(crate) field: String,

    /// For so long: 1 to 60
    #[arg(long, value_name = "N")]
    pub(crate) minutes: u64,

    /// What for
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,

    /// Who asks
    #[arg(long, value_name = "NAME")]
    pub(crate) by: String,

    /// Who approves: somebody else
    #[arg(long, value_name = "NAME")]
    pub(crate) approver: String,

    #[command(flatten)]
    pub(crate) admin: AdminArguments,
}

#[derive(Debug, Args)]
pub(crate) struct Learn {
    /// For so long: 1 to 60; 0 drafts what was learned so far
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) minutes: u64,

    /// Where the draft goes, if not to standard output: a file that is not there yet
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) admin: AdminArguments,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Where the proxy listens meanwhile
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,

    /// Where operators ask
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub(crate) admin: SocketAddr,
}

#[derive(Debug, Args)]
pub(crate) struct Why {
    /// What the message is called: X-PII-Message of its answer
    #[arg(value_name = "ID")]
    pub(crate) message: String,

    /// Look it up in what the proxy logged, for one that has ended or forgotten it; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["admin", "admin_token_file"])]
    pub(crate) log: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) admin: AdminArguments,
}
