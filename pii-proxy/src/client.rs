//! A client for what answers on this machine: without the proxy that the environment names, and for every status.

use std::time::Duration;

pub(crate) fn agent(patience: Duration) -> ureq::Agent {
    ureq::config::Config::builder()
        .timeout_global(Some(patience))
        .http_status_as_error(false)
        .proxy(None)
        .build()
        .into()
}
