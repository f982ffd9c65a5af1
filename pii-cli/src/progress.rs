//! A bar with rate and time left, on a terminal only.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal as _;

/// Files below this size are done before a bar could be read.
const WORTH_A_BAR_BYTES: u64 = 16 << 20;

/// A bar over `total` bytes; without a terminal, or for little, one that does nothing.
pub(crate) fn bar(total: u64) -> ProgressBar {
    if total < WORTH_A_BAR_BYTES || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes} {bytes_per_sec}, {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(5)).with_style(style)
}
