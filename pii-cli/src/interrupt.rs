//! What is left behind when the command is ended from outside: nothing.

use signal_hook::consts::{SIGHUP, SIGINT, SIGPIPE, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

/// The temporary files that are being written.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// From here on an interrupt removes the temporary files before it ends the command. A signal that whoever started the
/// command has had ignored (`nohup`, a job in the background of a script) stays so.
pub(crate) fn watch() {
    let ignored = ignored();
    let watched = [SIGINT, SIGTERM, SIGHUP, SIGQUIT].into_iter().filter(|signal| ignored & (1 << (signal - 1)) == 0);
    // Without a handler an interrupt ends the command as well, and leaves a file behind: no reason not to work at all.
    let Ok(mut signals) = Signals::new(watched) else { return };
    thread::spawn(move || {
        for signal in signals.forever() {
            // The lock is not given back, so that no other file is begun.
            let unfinished = unfinished();
            unfinished.iter().for_each(|path| drop(fs::remove_file(path)));
            let _ = emulate_default_handler(signal);
        }
    });
}

/// The signals that are ignored, a bit for each, where the system says so: to ask otherwise takes `unsafe`.
fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

/// Makes a temporary file that an interrupt removes. `make` returns what it made, and where.
pub(crate) fn begin<T>(make: impl FnOnce() -> io::Result<(T, PathBuf)>) -> io::Result<T> {
    let mut unfinished = unfinished();
    let (made, path) = make()?;
    unfinished.push(path);
    Ok(made)
}

/// Finishes the temporary file at `path`: `finish` renames or removes it.
pub(crate) fn end<T>(path: &Path, finish: impl FnOnce() -> T) -> T {
    let mut unfinished = unfinished();
    let finished = finish();
    unfinished.retain(|other| other != path);
    finished
}

/// Ends the command the way the system ends those who write to a pipe that nobody reads.
pub(crate) fn end_as_writers_to_nobody_do() {
    let _ = emulate_default_handler(SIGPIPE);
}

fn unfinished() -> MutexGuard<'static, Vec<PathBuf>> {
    // A panic elsewhere cannot leave the list half changed.
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}
