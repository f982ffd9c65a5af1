//! `pii policy test`: masks the inputs of a folder and holds them against what was expected.

use super::outcome::{Difference, Direction, differences};
use crate::arguments::{Test, Way};
use crate::exit::Failure;
use crate::{keys, output, setup};
use pii_core::Engine;
use pii_core::policy::Policy;
use pii_core::transform::Transform;
use pii_flow::text_in;
use pii_formats::{Masker, Options};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// The file that says the flow of its folder.
const FLOW_FILE: &str = "flow.toml";

/// How many differences of one input are told; there are more counted.
const TOLD_LIMIT: usize = 20;

pub(super) fn run(arguments: &Test) -> Result<ExitCode, Failure> {
    let deciding = &arguments.deciding;
    let rules = setup::rules(deciding.rules.as_deref())?;
    let policy = setup::policy(deciding.policy.as_deref(), &rules)?;
    let mut cases = Vec::new();
    collect(&arguments.folder, &deciding.way, &mut cases)?;
    if cases.is_empty() {
        return Err(Failure::usage(format!("{}: no NAME.in files in this folder", arguments.folder.display())));
    }
    let keys = arguments.keyring.as_deref().map(|ring| keys::for_tests(ring, &arguments.under, &policy)).transpose()?;
    let mut maskers = Maskers { engine: Engine::new(rules), policy, keys, by_way: BTreeMap::new() };
    let mut verdict = Verdict { inputs: cases.len(), ..Verdict::default() };
    for case in &cases {
        let differences = case.differences(maskers.of(&case.way, &case.says_way)?)?;
        verdict.take(&case.input, &differences);
    }
    verdict.told()
}

/// An input, and the flow that it is part of.
struct Case {
    input: PathBuf,
    way: Way,
    /// Where the flow is said, if a file says it.
    says_way: Option<PathBuf>,
}

/// What `flow.toml` says.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FlowFile {
    channel: Option<String>,
    recipient: Option<String>,
    purpose: Option<String>,
}

/// The inputs in a folder and those in it, in order. A folder without a word on its flow has that of the folder it is in.
fn collect(root: &Path, way: &Way, cases: &mut Vec<Case>) -> Result<(), Failure> {
    let mut folders = vec![(root.to_owned(), way.clone(), None)];
    while let Some((folder, way, said_by)) = folders.pop() {
        let flow_file = folder.join(FLOW_FILE);
        let (way, says_way) =
            if flow_file.is_file() { (read_flow(&flow_file, way)?, Some(flow_file)) } else { (way, said_by) };
        let wrong = |error: std::io::Error| Failure::system(folder.display(), &error);
        for entry in fs::read_dir(&folder).map_err(wrong)? {
            let entry = entry.map_err(wrong)?;
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            // Links to folders are not followed, and so no circle is walked.
            if entry.file_type().map_err(wrong)?.is_dir() {
                folders.push((path, way.clone(), says_way.clone()));
            } else if name.contains(".in.") || name.ends_with(".in") {
                cases.push(Case { input: path, way: way.clone(), says_way: says_way.clone() });
            }
        }
    }
    cases.sort_by(|one, other| one.input.cmp(&other.input));
    Ok(())
}

/// What the file says, and for the rest what holds without it.
fn read_flow(path: &Path, outer: Way) -> Result<Way, Failure> {
    let text = text_in(path)?;
    let said: FlowFile = toml::from_str(&text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let line = text.as_bytes().iter().take(start).filter(|&&b| b == b'\n').count() + 1;
        let what = error.message();
        let known = "write channel = \"sms\", recipient = \"…\" and purpose = \"…\", as many as are needed";
        Failure::usage(format!("{}:{line}: {what}: {known}", path.display()))
    })?;
    Ok(Way {
        channel: said.channel.or(outer.channel),
        recipient: said.recipient.or(outer.recipient),
        purpose: said.purpose.or(outer.purpose),
    })
}

/// A masker for each flow.
struct Maskers {
    engine: Engine,
    policy: Policy,
    keys: Option<Arc<dyn Transform>>,
    by_way: BTreeMap<Way, Masker>,
}

impl Maskers {
    fn of(&mut self, way: &Way, says_way: &Option<PathBuf>) -> Result<&Masker, Failure> {
        if !self.by_way.contains_key(way) {
            let located = |failure: Failure| match says_way {
                Some(path) => failure.in_file(path),
                None => failure,
            };
            let flow = setup::flow(way, &self.policy).map_err(located)?;
            let masker = setup::masker(self.engine.clone(), &self.policy, &flow, self.keys.clone()).map_err(located)?;
            self.by_way.insert(way.clone(), masker);
        }
        Ok(&self.by_way[way])
    }
}

impl Case {
    /// The file that says what is expected: of this name, with `word` in place of `in`.
    fn expected(&self, word: &str) -> PathBuf {
        let name = self.input.file_name().unwrap_or_default().to_string_lossy();
        // `.in` inside a name is a part of the name.
        let name = match name.strip_suffix(".in") {
            Some(stem) if !name.contains(".in.") => format!("{stem}.{word}"),
            _ => name.replacen(".in.", &format!(".{word}."), 1),
        };
        self.input.with_file_name(name)
    }

    /// In what the output is something else than what was expected, in both directions.
    fn differences(&self, masker: &Masker) -> Result<Vec<Difference>, Failure> {
        let name = self.input.display().to_string();
        let read = |path: &Path| fs::read(path).map_err(|error| Failure::system(path.display(), &error));
        let input = read(&self.input)?;
        let options = Options { name: Some(name.replacen(".in", "", 1)), ..Options::default() };
        let is_to_be_blocked = self.expected("blocked").exists();
        let one = |direction, line, what: &str| Ok(vec![Difference { direction, line, what: what.to_owned() }]);
        match masker.mask(&input, &options) {
            Ok(_) if is_to_be_blocked => one(Direction::Leak, 1, "the message leaves, and was expected to be blocked"),
            Ok(output) => {
                let expected = read(&self.expected("out"))?;
                Ok(differences(&input, (&output.bytes, &expected), &output.reports, masker))
            }
            Err(error) if error.is_blocked() && is_to_be_blocked => Ok(Vec::new()),
            Err(error) if error.is_blocked() => {
                let what = format!("the message is blocked, and was expected to leave ({error})");
                one(Direction::Needless, error.line() as usize, &what)
            }
            Err(error) => Err(Failure::of(&name, &error)),
        }
    }
}

/// What came of all inputs.
#[derive(Default)]
struct Verdict {
    inputs: usize,
    differing: usize,
    counts: BTreeMap<Direction, usize>,
    lines: Vec<String>,
}

impl Verdict {
    fn take(&mut self, input: &Path, differences: &[Difference]) {
        self.differing += usize::from(!differences.is_empty());
        for difference in differences {
            *self.counts.entry(difference.direction).or_default() += 1;
        }
        for Difference { direction, line, what } in differences.iter().take(TOLD_LIMIT) {
            self.lines.push(format!("{}:{line}: {}: {what}", input.display(), direction.told()));
        }
        if let Some(more) = differences.len().checked_sub(TOLD_LIMIT).filter(|more| *more > 0) {
            self.lines.push(format!("{}: and {more} more", input.display()));
        }
    }

    fn told(self) -> Result<ExitCode, Failure> {
        if self.differing == 0 {
            output::print(format_args!("{} inputs: all as expected", self.inputs))?;
            return Ok(ExitCode::SUCCESS);
        }
        let counts = Direction::ALL.into_iter().filter_map(|direction| {
            let count = self.counts.get(&direction)?;
            Some(format!("{count} {}", direction.counted()))
        });
        let counts = counts.collect::<Vec<_>>().join(", ");
        let (differing, inputs, lines) = (self.differing, self.inputs, self.lines.join("\n  "));
        Err(Failure::blocked(format!("{differing} of {inputs} inputs differ: {counts}\n  {lines}")))
    }
}
