//! `pii audit export`: a trail for other tools.

use super::{query, tell_of_unread};
use crate::arguments::{Export, ExportFormat, Which};
use crate::exit::Failure;
use crate::output::Sink;
use crate::progress;
use pii_store::trail::{Class, export_csv, export_lines};
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

pub(super) fn run(arguments: &Export) -> Result<ExitCode, Failure> {
    refuse_what_is_not_read(arguments)?;
    let Which { from, until, .. } = arguments.which;
    let sink = match arguments.out.as_deref().filter(|out| out.as_os_str() != "-") {
        Some(path) => Sink::file(path)?,
        None => Sink::standard(),
    };
    let bar = progress::of_folder(&arguments.trail);
    let mut out = Out { sink, failed: None };
    let mut buffered = BufWriter::new(&mut out);
    let done = match arguments.format {
        ExportFormat::Jsonl => {
            let classes = if arguments.class.is_empty() { &Class::ALL[..] } else { &arguments.class };
            export_lines(&arguments.trail, classes, (from, until), &mut buffered, |read| bar.set_position(read.bytes))
        }
        ExportFormat::Csv => {
            let filter = query::filter(&arguments.which, &arguments.under, None)?;
            export_csv(&arguments.trail, &filter, &mut buffered, |read| bar.set_position(read.bytes))
        }
    };
    let flushed = buffered.flush();
    drop(buffered);
    bar.finish_and_clear();
    // What the output itself says comes first: it tells more.
    if let Some(failure) = out.failed {
        return Err(failure);
    }
    let read = done.map_err(Failure::input)?;
    flushed.map_err(|error| Failure::system("the export", &error))?;
    out.sink.finish()?;
    tell_of_unread(read);
    Ok(ExitCode::SUCCESS)
}

/// Options that would change nothing are refused: whoever gives them expects less than would be written.
fn refuse_what_is_not_read(arguments: &Export) -> Result<(), Failure> {
    let Which { channel, recipient, purpose, kind, action, basis, about, .. } = &arguments.which;
    let is_named = [channel, recipient, purpose].into_iter().any(Option::is_some) || basis.is_some();
    let is_about_somebody = !about.subject.is_empty() || about.subject_file.is_some();
    let narrows = is_named || kind.is_some() || action.is_some() || is_about_somebody;
    match arguments.format {
        ExportFormat::Jsonl if narrows => Err(Failure::usage(
            "jsonl has all records as they stand, so that they verify: narrow it by --from, --until and --class, or write csv",
        )),
        ExportFormat::Csv if !arguments.class.is_empty() => {
            Err(Failure::usage("csv has decisions, which are of one class: leave out --class, or write jsonl"))
        }
        _ => Ok(()),
    }
}

/// An output that is written through `io::Write`, and remembers why it could not be.
struct Out {
    sink: Sink,
    failed: Option<Failure>,
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.sink.write(bytes) {
            Ok(()) => Ok(bytes.len()),
            Err(failure) => {
                self.failed.get_or_insert(failure);
                Err(io::ErrorKind::Other.into())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
