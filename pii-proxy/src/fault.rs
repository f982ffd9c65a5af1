//! Faults of this program: a panic stops one message and not the proxy, and shows nothing of what was read.

use std::panic;

/// From here on a panic tells its place and not its message, which may quote what was read.
pub(crate) fn watch() {
    panic::set_hook(Box::new(|panicked| {
        let (file, line) = panicked.location().map_or(("unknown", 0), |place| (place.file(), place.line()));
        tracing::error!(file, line, "a fault of this program stopped a message; report this place");
    }));
}
