//! Messages under way: each is decided on, recorded and sent in a task of its own, which a client that goes away does not end. When
//! the proxy ends they are waited for, and what is left then says so in the trail.

use std::future::Future;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The tasks of messages that are under way.
#[derive(Clone, Debug, Default)]
pub struct UnderWay {
    tasks: TaskTracker,
    over: CancellationToken,
}

impl UnderWay {
    /// Begins one.
    pub(crate) fn spawn<F>(&self, work: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.tasks.spawn(work)
    }

    /// Whether the time for them is over.
    pub(crate) fn is_over(&self) -> bool {
        self.over.is_cancelled()
    }

    /// Returns once the time for them is over.
    pub(crate) async fn over(&self) {
        self.over.cancelled().await;
    }

    /// Waits for all of them until `end`. Those that are left are told that their time is over, and have `last` to record what is
    /// known of them.
    pub(crate) async fn finish(&self, end: Instant, last: Duration) {
        self.tasks.close();
        if timeout_at(end, self.tasks.wait()).await.is_err() {
            self.over.cancel();
            let _ = timeout(last, self.tasks.wait()).await;
        }
    }
}
