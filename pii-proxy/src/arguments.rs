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

    /// Show what the proxy does: a few messages through it to a gateway on this machine, before and after
    Demo(Demo),
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

    /// The admin address of the proxy
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9080")]
    pub(crate) admin: SocketAddr,

    /// The file that holds the admin token, where the proxy asks for one
    #[arg(long, value_name = "FILE")]
    pub(crate) admin_token_file: Option<PathBuf>,
}
