//! `pii-proxy learn`: has a running proxy look at its requests for some minutes, and drafts routes for them.

mod draft;

use crate::arguments::Learn;
use crate::client;
use crate::run::Failure;
use pii_proxy::learning::Learned;
use serde_json::json;
use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;
use std::{fs, io, thread};

/// It is asked so often how far it is.
const PAUSE: Duration = Duration::from_secs(1);

pub(crate) fn run(learn: &Learn) -> Result<(), Failure> {
    if learn.minutes > 0 {
        client::ask(&learn.admin, "/learn", Some(&json!({ "minutes": learn.minutes })))?.done()?;
        wait(learn)?;
    }
    let text = draft::of(&learned(learn)?);
    match &learn.output {
        None => print!("{text}"),
        Some(file) => {
            // What stands there may have been worked on.
            let written = fs::File::create_new(file).and_then(|mut file| file.write_all(text.as_bytes()));
            written.map_err(|error| Failure::input(format!("{}: {error}", file.display())))?;
        }
    }
    Ok(())
}

/// Until it has ended. On a terminal it is shown how far it is.
fn wait(learn: &Learn) -> Result<(), Failure> {
    let is_shown = io::stderr().is_terminal();
    loop {
        let so_far = learned(learn)?;
        if is_shown {
            let (minutes, seconds) = (so_far.seconds_left / 60, so_far.seconds_left % 60);
            eprint!(
                "\r{} requests of {} kinds; {minutes}:{seconds:02} left; Ctrl-C, and --minutes 0 drafts what there is ",
                so_far.messages,
                so_far.shapes.len()
            );
        }
        if so_far.seconds_left == 0 {
            if is_shown {
                eprintln!();
            }
            return Ok(());
        }
        thread::sleep(PAUSE.min(Duration::from_secs(so_far.seconds_left)));
    }
}

fn learned(learn: &Learn) -> Result<Learned, Failure> {
    let answered = client::ask(&learn.admin, "/learned", None)?;
    if answered.status == 404 {
        return Err(Failure::input("the proxy has learned nothing: give --minutes N, and it does for so long"));
    }
    serde_json::from_value(answered.done()?).map_err(|_| Failure::input("this is no answer of a proxy of this version"))
}
