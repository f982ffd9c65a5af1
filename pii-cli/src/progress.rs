//! A bar with rate and time left, on a terminal only.

use crate::input::Input;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::Path;

/// Inputs below this size are done before a bar could be read.
const WORTH_A_BAR_BYTES: u64 = 16 << 20;

/// A bar over `inputs`; without a terminal, or for little, or where the output goes to the same terminal, one that does
/// nothing.
pub(crate) fn bar(inputs: &[Input], to_standard_output: bool) -> ProgressBar {
    let total = inputs.iter().filter_map(Input::size).sum();
    let is_mixed = to_standard_output && io::stdout().is_terminal();
    if is_mixed { ProgressBar::hidden() } else { of_bytes(total) }
}

/// A bar over the files of a folder.
pub(crate) fn of_folder(folder: &Path) -> ProgressBar {
    of_folders(&[folder])
}

/// A bar over the files of some folders.
pub(crate) fn of_folders(folders: &[impl AsRef<Path>]) -> ProgressBar {
    let entries = folders.iter().flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten());
    of_bytes(entries.filter_map(|entry| entry.metadata().ok()).map(|metadata| metadata.len()).sum())
}

fn of_bytes(total: u64) -> ProgressBar {
    if total < WORTH_A_BAR_BYTES || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(5)).with_style(style())
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes} {bytes_per_sec}, {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// A bar over bytes of something that is read whole, whose length is told later.
pub(crate) fn reading(to_standard_output: bool) -> ProgressBar {
    let is_mixed = to_standard_output && io::stdout().is_terminal();
    if is_mixed || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr_with_hz(5)).with_style(style())
}
