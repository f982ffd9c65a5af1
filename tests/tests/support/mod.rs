//! What the end-to-end tests share: the command, and how much of it to do.

use pii_tests::engine::Engine;

/// The command under test. A missing one fails the test: what silently measures nothing would look like a good result.
pub(crate) fn engine() -> Engine {
    Engine::find().unwrap_or_else(|error| panic!("{error}"))
}

/// The number in the environment variable `name`, else `default`: a nightly run sets more than a commit can wait for.
#[allow(dead_code, reason = "each test file takes what it needs")]
pub(crate) fn amount(name: &str, default: usize) -> usize {
    let set = std::env::var(name).ok();
    set.map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is no number")))
}
