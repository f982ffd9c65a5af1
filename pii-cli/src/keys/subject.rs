//! `pii keys subject`: keys of data subjects, in a folder.

use super::{changed, open, two_steps, wrong};
use crate::arguments::{About, Changing, SubjectCommand};
use crate::exit::Failure;
use crate::person::Whom;
use crate::{output, trail};
use comfy_table::{ContentArrangement, Table, presets};
use pii_core::policy::Date;
use pii_keys::{KeyringError, Operation, Plan, SubjectKeys, SystemEntropy};
use std::path::Path;
use std::process::ExitCode;

pub(super) fn run(command: &SubjectCommand) -> Result<ExitCode, Failure> {
    match command {
        SubjectCommand::Init { folder } => {
            let (ring, _) = open(&folder.keyring, &folder.under)?;
            let made = SubjectKeys::create(&folder.subjects, &ring, &mut SystemEntropy);
            made.map_err(|error| wrong(&folder.keyring, &error))?;
            output::print(
                "a folder for keys of data subjects: keep it with the keyring, and both in backups that end",
            )?;
            Ok(ExitCode::SUCCESS)
        }
        SubjectCommand::List { folder } => {
            let (ring, _) = open(&folder.keyring, &folder.under)?;
            let keys = SubjectKeys::open(&folder.subjects, &ring).map_err(|error| wrong(&folder.keyring, &error))?;
            list(&keys)
                .map_err(|error| wrong(&folder.keyring, &error))
                .and_then(output::print)
                .map(|()| ExitCode::SUCCESS)
        }
        SubjectCommand::Destroy { changing, subjects, subject, on, confirm, cancel } => {
            let step = match (on, confirm, cancel) {
                (Some(on), ..) => Step::Schedule(*on),
                (None, true, _) => Step::Confirm,
                (None, false, true) => Step::Cancel,
                (None, false, false) => return Err(two_steps()),
            };
            let about = About { subject: vec![subject.clone()], subject_file: None };
            let name = Whom::of(&about)?.key_name().unwrap_or_default();
            with(changing, subjects, |keys, operation| match step {
                Step::Schedule(on) => keys.schedule(&name, on, operation),
                Step::Confirm => keys.confirm(&name, operation),
                Step::Cancel => keys.cancel(&name, operation),
            })
        }
        SubjectCommand::Rewrap { changing, subjects } => {
            let (ring, _) = open(&changing.keyring, &changing.under)?;
            with(changing, subjects, |keys, operation| keys.rewrap(&ring, operation))
        }
    }
}

enum Step {
    Schedule(Date),
    Confirm,
    Cancel,
}

fn with(
    changing: &Changing,
    folder: &Path,
    act: impl FnOnce(&SubjectKeys, &mut Operation<'_>) -> Result<Plan, KeyringError>,
) -> Result<ExitCode, Failure> {
    let (ring, _) = open(&changing.keyring, &changing.under)?;
    let keys = SubjectKeys::open(folder, &ring).map_err(|error| wrong(&changing.keyring, &error))?;
    changed(changing, || trail::signer(&ring), |operation| act(&keys, operation))
}

fn list(keys: &SubjectKeys) -> Result<String, KeyringError> {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["key", "under", "state"]);
    let keys = keys.list()?;
    for key in &keys {
        let state = key.pending().map_or("in use".to_owned(), |on| format!("to be destroyed from {on} on"));
        table.add_row([key.id().to_string(), key.under().to_string(), state]);
    }
    Ok(format!("{table}\nkeys: {}", keys.len()))
}
