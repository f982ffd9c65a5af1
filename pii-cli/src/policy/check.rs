//! `pii policy check`: what a policy declares, and what is wrong or odd about it.

use crate::exit::{Failure, say};
use crate::{output, setup};
use pii_core::policy::{DeclaredPurpose, OutOfScope};
use pii_flow::clock;
use std::path::Path;
use std::process::ExitCode;

pub(super) fn run(file: Option<&Path>, rules: Option<&Path>) -> Result<ExitCode, Failure> {
    let policy = setup::policy(file, &setup::rules(rules)?)?;
    let today = clock::today()?;
    let (expired, doubts) = (policy.expired(today), policy.purpose_doubts(today));
    let warnings = policy.warnings().iter().chain(&expired).chain(&doubts);
    warnings.clone().for_each(|warning| say(format_args!("warning: {warning}")));
    let own = file.map(|file| file.display().to_string());
    let keyed = policy.rules().iter().filter(|rule| rule.action().needs_keys() && Some(rule.file()) == own.as_deref());
    for rule in keyed {
        let (file, line, action) = (rule.file(), rule.line(), rule.action());
        say(format_args!(
            "{file}:{line}: \"{action}\" takes a key: give `pii mask` a keyring that has one, by --keyring"
        ));
    }
    for exemption in policy.exemptions().iter().filter(|exemption| exemption.is_by_digest()) {
        let (file, line) = (exemption.file(), exemption.line());
        say(format_args!(
            "{file}:{line}: a digest takes a key: the value is exempt where `pii mask` has the keyring that made it, by --keyring"
        ));
    }
    let (rules, exemptions) = (policy.rules().len(), policy.exemptions().len());
    let purposes = policy.purposes();
    let counts = [
        Some((rules, "rule")),
        // Most policies declare none, and nothing is out of scope then.
        (!purposes.is_empty()).then_some((purposes.len(), "purpose")),
        Some((exemptions, "exemption")),
        Some((warnings.count(), "warning")),
    ];
    let counts = counts.into_iter().flatten();
    let counts = counts.map(|(count, of)| format!("{count} {of}{}", if count == 1 { "" } else { "s" }));
    let mut lines: Vec<String> = purposes.iter().map(declared).collect();
    lines.push(counts.collect::<Vec<_>>().join(", "));
    output::print(lines.join("\n"))?;
    Ok(ExitCode::SUCCESS)
}

/// A purpose in a line, for whoever answers for it.
fn declared(declared: &DeclaredPurpose) -> String {
    let purpose = declared.purpose();
    let methods: Vec<&str> = purpose.methods().iter().map(|method| method.as_str()).collect();
    let kinds: Vec<&str> = purpose.kinds().iter().map(|kind| kind.as_str()).collect();
    format!(
        "purpose {}: {}necessary for {}; {}, kept for {}; {}; what is beyond it {}",
        purpose.code(),
        if purpose.is_necessary() { "" } else { "not " },
        purpose.service(),
        methods.join(", "),
        purpose.retention(),
        kinds.join(", "),
        match declared.out_of_scope() {
            OutOfScope::Mask => "is masked",
            OutOfScope::Block => "stops the message",
        }
    )
}
