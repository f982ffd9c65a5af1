//! The entry for bytes: an engine, and a policy as it stands for one flow.

use crate::error::Error;
use crate::record::{Closed, Found};
use crate::report::{Parts, Report};
use crate::session::{Options, Output, Session};
use pii_core::policy::{Action, Flow, FlowPolicy, Policy, PolicyError};
use pii_core::{Engine, Item, Judgement};

/// What a session is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Find and report.
    Scan,
    /// Find, report, and write the input with what was found masked.
    Mask,
}

impl Mode {
    pub(crate) fn writes(self) -> bool {
        self == Self::Mask
    }
}

/// Finds and masks in bytes of any format. Cheap to clone, and shared by any number of threads.
///
/// ```
/// use pii_core::policy::{Date, Flow, Policy};
/// use pii_core::{Engine, RuleSet};
/// use pii_formats::{Masker, Options};
///
/// let today = Date::new(2026, 11, 23).expect("a day");
/// let flow = Flow { channel: Some("sms"), recipient: None, purpose: None, today };
/// let masker = Masker::new(Engine::new(RuleSet::builtin()), &Policy::builtin(), &flow)?;
/// let masked = masker.mask("客户张三，身份证11010519491231002X".as_bytes(), &Options::default())?;
/// assert_eq!(String::from_utf8_lossy(&masked.bytes), "客户张**，身份证1****************X");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Masker {
    engine: Engine,
    policy: FlowPolicy,
}

/// What becomes of the findings of a record.
pub(crate) struct Decided {
    /// One for each finding; `None` leaves it as it is.
    pub(crate) replacements: Vec<Option<String>>,
    pub(crate) reports: Vec<Report>,
    /// The kind of the first finding that may not go.
    pub(crate) blocked: Option<&'static str>,
}

impl Masker {
    /// A masker that works by `engine`'s rules and by `policy` as it stands for `flow`.
    ///
    /// # Errors
    /// The policy asks for something that takes keys, on a channel where they are not at hand.
    pub fn new(engine: Engine, policy: &Policy, flow: &Flow<'_>) -> Result<Self, PolicyError> {
        policy.check_without_keys()?;
        Ok(Self { engine, policy: policy.for_flow(flow) })
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// A session for one input, to be fed by chunks.
    #[must_use]
    pub fn session(&self, mode: Mode, options: Options) -> Session<'_> {
        Session::new(self, mode, options)
    }

    /// Masks a whole input.
    ///
    /// # Errors
    /// As [`Session::push`]. Nothing is returned of an input that fails.
    pub fn mask(&self, input: &[u8], options: &Options) -> Result<Output, Error> {
        self.whole(Mode::Mask, input, options)
    }

    /// Says what is in a whole input.
    ///
    /// # Errors
    /// As [`Session::push`].
    pub fn scan(&self, input: &[u8], options: &Options) -> Result<Vec<Report>, Error> {
        self.whole(Mode::Scan, input, options).map(|output| output.reports)
    }

    fn whole(&self, mode: Mode, input: &[u8], options: &Options) -> Result<Output, Error> {
        let mut output = Output::default();
        let mut session = self.session(mode, options.clone());
        session.push(input, &mut output)?;
        session.finish(&mut output)?;
        Ok(output)
    }

    /// Decides about a record that has closed.
    pub(crate) fn decide(&self, closed: &Closed, mode: Mode) -> Decided {
        let mut decided = Decided { replacements: Vec::new(), reports: Vec::new(), blocked: None };
        let exempt = |found: &&Found| self.engine.is_exempt(&self.policy, &found.finding, found.value());
        let counted: Vec<bool> = closed.founds.iter().map(|found| !exempt(&found)).collect();
        let items: Vec<Item<'_>> =
            closed.founds.iter().zip(&counted).filter(|(_, counts)| **counts).map(|(found, _)| item(found)).collect();
        let mut judgements = self.engine.judge(&self.policy, &items, closed.cut_short).into_iter();
        for (found, counts) in closed.founds.iter().zip(counted) {
            let Some(judgement) = counts.then(|| judgements.next()).flatten() else {
                decided.replacements.push(None);
                continue;
            };
            if mode == Mode::Mask && judgement.action == Action::Block && decided.blocked.is_none() {
                decided.blocked = Some(found.finding.kind().as_str());
            }
            decided.reports.push(self.report(closed, found, &judgement, mode));
            decided.replacements.push(judgement.replacement);
        }
        decided
    }

    fn report(&self, closed: &Closed, found: &Found, judgement: &Judgement, mode: Mode) -> Report {
        let why = self.engine.explain(&found.finding);
        let (explanation, action) = match mode {
            Mode::Scan => (why, ""),
            Mode::Mask => (format!("{why}; {}", judgement.explanation), judgement.action.as_str()),
        };
        Report::from(Parts {
            finding: &found.finding,
            pieces: closed.input_pieces(found),
            path: &found.path,
            explanation,
            action,
            value: found.value(),
        })
    }
}

fn item(found: &Found) -> Item<'_> {
    Item {
        finding: &found.finding,
        value: found.value(),
        path: &found.path,
        place: found.place,
        width_bytes: found.width(),
    }
}
