//! Asks upstreams regularly how they are, where a route says so. The question is a GET without a body and without anything of a
//! message, so nothing of it is recorded.

use crate::config::Health;
use crate::gateway::Gateway;
use crate::table::RouteAtWork;
use crate::upstream::{Failure, Leaving};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use hyper::Request;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often it is looked whether one is to be asked.
const TICK: Duration = Duration::from_millis(250);

/// So much of an answer is read, so that its connection can be kept.
const ANSWER_BYTES: usize = 16 << 10;

/// Asks, until it is dropped. Another configuration is taken up by itself.
pub(crate) async fn upstreams(gateway: Arc<Gateway>) {
    loop {
        for at_work in gateway.table().routes() {
            let Some(health) = &at_work.route.health else { continue };
            if at_work.health.is_due(Instant::now(), health.every) {
                let (at_work, health) = (Arc::clone(at_work), health.clone());
                tokio::spawn(async move { ask(&at_work, &health).await });
            }
        }
        tokio::time::sleep(TICK).await;
    }
}

/// Asks one. Any answer but a server's error says that it is there.
async fn ask(at_work: &RouteAtWork, health: &Health) {
    let Some(address) = at_work.route.upstream.uri(&health.path) else { return };
    let mut request = Request::new(Leaving::new(Bytes::new(), false));
    *request.uri_mut() = address;
    // The next question comes then.
    match tokio::time::timeout(health.every, at_work.client.send(request)).await {
        Ok(Ok(response)) => {
            let is_well = !response.status().is_server_error();
            let _ =
                tokio::time::timeout(health.every, Limited::new(response.into_body(), ANSWER_BYTES).collect()).await;
            if is_well { at_work.answered() } else { at_work.failed("it answers that it is not well") }
        }
        Ok(Err(failure)) => at_work.failed(failure.words),
        Err(_) => at_work.failed(Failure::SLOW.words),
    }
}
