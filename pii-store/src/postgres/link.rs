//! A connection that waits for an answer no longer than it is told to.
//!
//! The client is asynchronous, and its runtime runs in the caller's thread while it waits. A blocking client would wait
//! for ever for a server that is there and does not answer.

use super::PostgresOptions;
use super::failure::{Failure, failed, is_refusal, lost};
use crate::StoreError;
use crate::ledger::LEASE;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_postgres::{AsyncMessage, Client, Connection, Error, NoTls, Transaction};

pub(super) struct Link {
    // The client goes before the runtime that its connection is driven by.
    client: Client,
    runtime: Runtime,
    heard: Arc<Notify>,
    patience: Duration,
    is_lost: bool,
}

/// How long is waited.
#[derive(Clone, Copy)]
struct Limit {
    /// For each answer.
    answer: Duration,
    /// For all of them.
    until: Option<Instant>,
}

impl Limit {
    fn left(self) -> Duration {
        let left = self.until.map(|until| until.saturating_duration_since(Instant::now()));
        left.map_or(self.answer, |left| left.min(self.answer))
    }
}

impl Link {
    pub(super) fn connect(options: &PostgresOptions) -> Result<Self, StoreError> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|_| StoreError::unusable("no event loop: look at the limit of open files"))?;
        let (heard, patience) = (Arc::new(Notify::new()), options.wait_limit());
        let connected = runtime
            .block_on(async { timeout(patience, connect(options, Arc::clone(&heard))).await.map_err(|_| lost())? });
        Ok(Self { client: connected?, runtime, heard, patience, is_lost: false })
    }

    /// Reads, or does what is one statement.
    pub(super) fn look<T>(&mut self, act: impl AsyncFnOnce(&Client) -> Result<T, Error>) -> Result<T, StoreError> {
        self.look_for(self.patient(), act)
    }

    /// The same, of what a node's lease hangs on: an answer that comes after it is worth nothing, and whoever still waits for
    /// it then makes no other connection.
    pub(super) fn look_in_lease<T>(
        &mut self,
        act: impl AsyncFnOnce(&Client) -> Result<T, Error>,
    ) -> Result<T, StoreError> {
        self.look_for(self.leased(), act)
    }

    fn look_for<T>(
        &mut self,
        limit: Limit,
        act: impl AsyncFnOnce(&Client) -> Result<T, Error>,
    ) -> Result<T, StoreError> {
        self.check()?;
        let done = self.runtime.block_on(async { timeout(limit.left(), act(&self.client)).await });
        match done {
            Ok(done) => done.map_err(|error| failed(&error)),
            Err(_) => Err(self.lose()),
        }
    }

    /// Runs a step whole or not at all.
    pub(super) fn step<T>(
        &mut self,
        act: impl AsyncFnOnce(&Transaction<'_>) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        self.step_for(self.patient(), act)
    }

    /// The same, of what a node's lease hangs on.
    pub(super) fn step_in_lease<T>(
        &mut self,
        act: impl AsyncFnOnce(&Transaction<'_>) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        self.step_for(self.leased(), act)
    }

    fn patient(&self) -> Limit {
        Limit { answer: self.patience, until: None }
    }

    fn leased(&self) -> Limit {
        Limit { answer: self.patience, until: Some(Instant::now() + LEASE) }
    }

    fn step_for<T>(
        &mut self,
        limit: Limit,
        act: impl AsyncFnOnce(&Transaction<'_>) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        self.check()?;
        let client = &mut self.client;
        // `None` where no answer came in time.
        let done = self.runtime.block_on(async {
            let begun = timeout(limit.left(), client.transaction()).await.ok()?;
            let transaction = match begun {
                Ok(transaction) => transaction,
                Err(error) => return Some(Err(failed(&error))),
            };
            match timeout(limit.left(), act(&transaction)).await.ok()? {
                Ok(done) => match timeout(limit.left(), transaction.commit()).await {
                    Ok(Ok(())) => Some(Ok(done)),
                    Ok(Err(error)) if is_refusal(&error) => Some(Err(failed(&error))),
                    _ => Some(Err(StoreError::unknown_outcome())),
                },
                Err(failure) => {
                    // Waited for, because what it has locked is locked until then.
                    let _ = timeout(limit.left(), transaction.rollback()).await.ok()?;
                    Some(Err(failure.told()))
                }
            }
        });
        match done {
            Some(Err(error)) if error.is_unknown_outcome() => {
                self.is_lost = true;
                Err(error)
            }
            Some(done) => done,
            None => Err(self.lose()),
        }
    }

    /// Waits until the server tells of something, or `at_most` has gone.
    pub(super) fn listen(&mut self, at_most: Duration) -> Result<bool, StoreError> {
        self.check()?;
        Ok(self.runtime.block_on(async { timeout(at_most, self.heard.notified()).await }).is_ok())
    }

    fn check(&self) -> Result<(), StoreError> {
        if self.is_lost || self.client.is_closed() { Err(lost()) } else { Ok(()) }
    }

    /// A connection whose answer did not come is not asked again: the answer would be taken for that of another question.
    fn lose(&mut self) -> StoreError {
        self.is_lost = true;
        lost()
    }
}

async fn connect(options: &PostgresOptions, heard: Arc<Notify>) -> Result<Client, StoreError> {
    if options.needs_tls() {
        #[cfg(feature = "tls")]
        {
            let mut config = options.config.clone();
            config.ssl_mode(tokio_postgres::config::SslMode::Require);
            let connector = super::tls::connector(options)?;
            let (client, connection) = config.connect(connector).await.map_err(|error| failed(&error))?;
            tokio::spawn(drive(connection, heard));
            return Ok(client);
        }
        #[cfg(not(feature = "tls"))]
        return Err(StoreError::unusable(
            "this program was built without TLS, and PostgreSQL is on another machine: build it with the feature `tls`",
        ));
    }
    let (client, connection) = options.config.connect(NoTls).await.map_err(|error| failed(&error))?;
    tokio::spawn(drive(connection, heard));
    Ok(client)
}

/// Moves bytes while somebody waits for them, and tells of notifications. Ends with the connection.
async fn drive<S, T>(mut connection: Connection<S, T>, heard: Arc<Notify>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = std::future::poll_fn(|context| connection.poll_message(context)).await {
        if matches!(message, AsyncMessage::Notification(_)) {
            heard.notify_one();
        }
    }
    // Whoever waits asks, and is told that the connection has gone.
    heard.notify_one();
}
