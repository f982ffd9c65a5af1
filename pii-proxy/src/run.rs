//! From the command line to a proxy that answers, and to its end.

use crate::arguments::Arguments;
use pii_proxy::admin::Admin;
use pii_proxy::changes::{Control, Wish};
use pii_proxy::config::{Config, ReadError};
use pii_proxy::http::Server;
use pii_proxy::local::Local;
use pii_proxy::start::{self, Ready};
use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The command line or a configuration is wrong.
const USAGE: u8 = 2;

/// Something cannot be read, written or listened on.
const INPUT: u8 = 3;

/// The running proxy refuses what it was asked for.
const REFUSED: u8 = 4;

/// What answers operators is given so long to end.
const LAST_MOMENT: std::time::Duration = std::time::Duration::from_secs(1);

/// Why the proxy does not run.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: u8,
    pub(crate) what: String,
}

impl Failure {
    pub(crate) fn usage(what: impl Display) -> Self {
        Self { code: USAGE, what: what.to_string() }
    }

    pub(crate) fn refused(what: impl Display) -> Self {
        Self { code: REFUSED, what: what.to_string() }
    }

    pub(crate) fn input(what: impl Display) -> Self {
        Self { code: INPUT, what: what.to_string() }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let config = config(arguments)?;
    if arguments.check {
        start::check(&config).map_err(Failure::usage)?;
        eprintln!("{} routes, nothing wrong", config.routes.len());
        return Ok(());
    }
    tracing_subscriber::fmt().json().with_writer(std::io::stderr).with_target(false).init();
    let ready = Arc::new(Ready::new(&config).map_err(Failure::usage)?);
    let control = Arc::new(Control::new(Arc::clone(&ready), arguments.config.as_deref()));
    control.began().map_err(Failure::input)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::input)?;
    let outcome = runtime.block_on(serve(&config, &ready, &control));
    // What is still on its way has had its time.
    runtime.shutdown_timeout(LAST_MOMENT);
    drop(control);
    let still = || Failure::input("requests were still in flight when the time for them was over");
    let closed = Arc::into_inner(ready).ok_or_else(still);
    let closed = closed.and_then(|ready| ready.close().map_err(Failure::input));
    outcome.and(closed)
}

async fn serve(config: &Config, ready: &Ready, control: &Arc<Control>) -> Result<(), Failure> {
    // Before anybody is told that it runs: without them a signal would end it at once.
    let signals = Signals::new().map_err(Failure::input)?;
    let server = Server::bind(Arc::clone(&ready.gateway), &config.listeners).await.map_err(Failure::input)?;
    for address in server.addresses() {
        tracing::info!(%address, routes = config.routes.len(), "listening");
    }
    if !ready.is_signed() {
        tracing::warn!(
            "the audit trail is not signed, so nobody can prove its end: name a keyring in the configuration"
        );
    }
    let admin = match &config.admin {
        None => None,
        Some(at) => {
            let admin = Admin::bind(Arc::clone(control), at).await.map_err(Failure::input)?;
            let address = admin.address().map_err(Failure::input)?;
            tracing::info!(admin = %address, "answers operators");
            Some(tokio::spawn(admin.run()))
        }
    };
    let (ended, local_ends) = tokio::sync::oneshot::channel::<()>();
    let local = local(config, ready, local_ends).await?;
    let ends = async {
        signals.until_the_end(control).await;
        ready.gateway.end();
        drop(ended);
    };
    server.run(ends).await;
    if let Some(local) = local {
        // It has had the same time to end.
        let _ = local.await;
    }
    if let Some(admin) = admin {
        admin.abort();
    }
    tracing::info!("ended");
    Ok(())
}

/// Answers programs, until the other end of `ends` is gone.
async fn local(
    config: &Config,
    ready: &Ready,
    ends: tokio::sync::oneshot::Receiver<()>,
) -> Result<Option<tokio::task::JoinHandle<()>>, Failure> {
    let Some(at) = &config.local else { return Ok(None) };
    let local = Local::bind(Arc::clone(&ready.gateway), at).await.map_err(Failure::input)?;
    let address = local.address().map_err(Failure::input)?;
    tracing::info!(local = %address, callers = at.callers.len(), "answers programs");
    let ends = async move {
        let _ = ends.await;
    };
    Ok(Some(tokio::spawn(local.run(ends))))
}

/// What an operator tells a process.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    again: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            again: signal(SignalKind::hangup())?,
        })
    }

    /// Returns when the proxy is to end. Told to read its configuration again, it does.
    async fn until_the_end(mut self, control: &Control) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return,
                _ = self.interrupt.recv() => return,
                // What comes of it is in the log.
                _ = self.again.recv() => drop(tokio::task::block_in_place(|| control.apply(&Wish::of_signal()))),
            }
        }
    }
}

fn config(arguments: &Arguments) -> Result<Config, Failure> {
    match (&arguments.config, arguments.listen, &arguments.upstream, &arguments.channel) {
        (Some(file), ..) => read(file),
        (None, Some(listen), Some(upstream), Some(channel)) => {
            Config::of_one_route(listen, upstream, channel).map_err(Failure::usage)
        }
        _ => Err(Failure::usage("give --config FILE, or --listen ADDR, --upstream URL and --channel C")),
    }
}

/// Reads and checks a configuration.
pub(crate) fn read(file: &Path) -> Result<Config, Failure> {
    Config::read(file).map_err(|error| match error {
        ReadError::Unreadable(_) => Failure::input(error),
        ReadError::Wrong(_) => Failure::usage(error),
    })
}
