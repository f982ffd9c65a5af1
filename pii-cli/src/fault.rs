//! Faults of this program: a panic ends the work on one input and not the command, and shows nothing of what was read.

use crate::exit::Failure;
use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe, Location};

/// Folders of a path that are shown where the path is that of the machine which built the program.
const SHOWN_FOLDERS: usize = 3;

thread_local! {
    /// Where this thread has panicked last.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// From here on a panic prints nothing, because its message may quote what was read. Only its place is kept, which
/// [`contained`] tells.
pub(crate) fn watch() {
    panic::set_hook(Box::new(|panicked| PLACE.set(panicked.location().map(place))));
}

/// Does `work` for `name`. A panic in it becomes its failure.
///
/// What `work` was about to change is given up with it: sessions are dropped, and an output that was not finished never
/// takes its place. So nothing half done is seen afterwards.
pub(crate) fn contained<T>(name: &str, work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let place = PLACE.take().map_or_else(String::new, |place| format!(" at {place}"));
        let what = "a fault of this program, not of the input; report that place and the output of `pii --version`, and send \
                    nothing that holds personal data";
        Err(Failure::input(format!("{name}: internal error{place}: {what}")))
    })
}

/// File and line.
fn place(location: &Location<'_>) -> String {
    format!("{}:{}", shown(location.file()), location.line())
}

/// A path below this project as it is; of any other the end alone.
fn shown(file: &str) -> &str {
    if !file.starts_with('/') {
        return file;
    }
    file.rmatch_indices('/').nth(SHOWN_FOLDERS).map_or(file, |(at, _)| &file[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_failure_that_shows_no_value() {
        let work = || -> Result<(), Failure> { panic!("in 13800138000") };
        let told = format!("{:?}", contained("a.txt", work).expect_err("it has panicked"));
        assert!(told.contains("a.txt: internal error") && !told.contains("13800138000"), "{told}");
        assert!(told.contains("code: 3"), "{told}");
        assert_eq!(contained("a.txt", || Ok(1)).expect("it has not"), 1);
    }

    #[test]
    fn places_name_no_folder_of_the_machine_that_built_it() {
        assert_eq!(shown("pii-core/src/fold.rs"), "pii-core/src/fold.rs");
        assert_eq!(shown("/home/x/registry/memchr-2.7/src/memmem/mod.rs"), "memchr-2.7/src/memmem/mod.rs");
        assert_eq!(shown("/a/b.rs"), "/a/b.rs");
        assert!(place(Location::caller()).starts_with("pii-cli/src/fault.rs:"), "{}", place(Location::caller()));
    }
}
