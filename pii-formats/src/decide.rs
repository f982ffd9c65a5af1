//! What becomes of the findings of a record that has closed.

mod keys;
mod routed;

use crate::record::{Closed, Found, Replacement};
use crate::report::{Parts, Report};
use crate::routing::Routing;
use pii_core::policy::{Action, Field, FlowPolicy};
use pii_core::transform::Transform;
use pii_core::{Engine, Item, Judgement, Kind, Scratch, Standing};
use std::fmt;
use std::sync::Arc;

/// What a session is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Find and report.
    Scan,
    /// Find, report, and write the input with what was found masked.
    Mask,
    /// Find in what was masked, decide and report what is left. Makes nothing with keys and writes nothing.
    Check,
    /// Find, decide, and report what would become of it. Makes nothing with keys and writes nothing, and what the policy blocks is
    /// reported like anything else.
    Decide,
}

impl Mode {
    pub(crate) fn writes(self) -> bool {
        self == Self::Mask
    }
}

/// An engine, and a policy as it stands for one flow.
#[derive(Clone)]
pub(crate) struct Decider {
    pub(crate) engine: Engine,
    pub(crate) policy: FlowPolicy,
    /// Who does what takes keys.
    pub(crate) keys: Option<Arc<dyn Transform>>,
    /// Which fields say where a message goes. `None`: none does.
    pub(crate) routing: Option<Arc<Routing>>,
    /// What the person whom the message is about has not agreed to.
    pub(crate) withheld: Arc<[Kind]>,
    /// What is decided on and left as it is.
    pub(crate) observed: Observed,
    /// The same, in one field each.
    pub(crate) suppressed: Arc<[(Kind, Field)]>,
}

impl Decider {
    pub(crate) fn new(engine: Engine, policy: FlowPolicy, keys: Option<Arc<dyn Transform>>) -> Self {
        Self {
            engine,
            policy,
            keys,
            routing: None,
            withheld: Arc::default(),
            observed: Observed::Nothing,
            suppressed: Arc::default(),
        }
    }
}

impl fmt::Debug for Decider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { engine, policy, keys, routing, withheld, observed, suppressed } = self;
        let keys = keys.as_ref().map_or("none", |_| "there");
        let mut out = f.debug_struct("Decider");
        out.field("engine", engine).field("policy", policy).field("keys", &keys).field("routing", routing);
        out.field("withheld", withheld).field("observed", observed).field("suppressed", suppressed).finish()
    }
}

/// What may not go, and why where it is not the policy that says so.
#[derive(Clone)]
pub(crate) struct Blocked {
    pub(crate) kind: &'static str,
    pub(crate) refused: Option<String>,
}

/// What becomes of the findings of a record.
#[derive(Default)]
pub(crate) struct Decided {
    /// One for each finding; `None` leaves it as it is. Empty when only scanning.
    pub(crate) replacements: Vec<Option<Replacement>>,
    pub(crate) reports: Vec<Report>,
    /// The first finding that may not go.
    pub(crate) blocked: Option<Blocked>,
}

impl Decider {
    /// Decides about a record that has closed. The values go from it into the reports.
    pub(crate) fn decide(&self, closed: &mut Closed, mode: Mode, scratch: &mut Scratch) -> Decided {
        let founds = &closed.founds;
        // In every mode: what is exempt when it is masked has to be so when the output is searched again.
        let keys = self.keys.as_deref();
        let counts = |found: &Found| !self.engine.is_exempt(&self.policy, keys, &found.finding, found.value());
        let counted = founds.iter().enumerate().filter(|(_, found)| counts(found));
        let mut counted: Vec<Counted> = counted
            .map(|(nth, found)| Counted {
                nth,
                path: found.path.shown(&self.engine, scratch),
                standing: Standing::Usual,
            })
            .collect();
        let mut decided = Decided::default();
        if mode == Mode::Scan {
            decided.reports = counted.into_iter().map(|counted| report(closed, counted, None)).collect();
            return decided;
        }
        self.stand(&mut counted, founds);
        let items: Vec<Item<'_>> = counted.iter().map(|counted| counted.item(founds)).collect();
        let keys = keys.filter(|_| mode.writes());
        let judgements = self.engine.judge(&self.policy, keys, &items, closed.aside, closed.cut_short);
        decided.replacements.resize(founds.len(), None);
        decided.reports.reserve(counted.len());
        for (counted, judgement) in counted.into_iter().zip(judgements) {
            let nth = counted.nth;
            let kind = closed.founds[nth].finding.kind();
            let is_suppressed = |(of, field): &(Kind, Field)| *of == kind && field.means(&counted.path);
            let is_observed = self.observed.takes(kind) || self.suppressed.iter().any(is_suppressed);
            let is_blocked = judgement.action == Action::Block && mode != Mode::Decide && !is_observed;
            if is_blocked && decided.blocked.is_none() {
                let kind = kind.as_str();
                decided.blocked = Some(Blocked { kind, refused: judgement.refused.clone() });
            }
            let mut told = report(closed, counted, Some((&judgement, mode)));
            told.is_observed = is_observed;
            decided.reports.push(told);
            let (token, is_keyed) = (judgement.token, judgement.action.needs_keys());
            let replacement = judgement.replacement.filter(|_| !is_observed);
            decided.replacements[nth] = replacement.map(|text| Replacement { text, token, is_keyed });
        }
        let collision = || {
            let found = keys::collision(closed, &decided.replacements)?;
            Some(Blocked { kind: found.finding.kind().as_str(), refused: None })
        };
        if mode.writes() && decided.blocked.is_none() {
            decided.blocked = collision();
        }
        decided
    }
}

impl Decider {
    /// What the circumstances of the message say of what was found.
    fn stand(&self, counted: &mut [Counted], founds: &[Found]) {
        if !self.withheld.is_empty() {
            let withheld = counted.iter_mut().filter(|one| self.withheld.contains(&founds[one.nth].finding.kind()));
            withheld.for_each(|one| one.standing = Standing::Withheld);
        }
        if self.routing.is_some() {
            routed::mark(counted, founds);
        }
    }
}

/// Kinds that are decided on, reported, and left as they are: while a route is tried out.
#[derive(Clone, Debug, Default)]
pub enum Observed {
    /// None: what is decided is done.
    #[default]
    Nothing,
    /// These.
    Kinds(Arc<[Kind]>),
    /// All.
    Everything,
}

impl Observed {
    fn takes(&self, kind: Kind) -> bool {
        match self {
            Self::Nothing => false,
            Self::Kinds(kinds) => kinds.contains(&kind),
            Self::Everything => true,
        }
    }
}

/// A finding that is not exempt.
struct Counted {
    /// Its place among those of its record.
    nth: usize,
    path: String,
    standing: Standing,
}

impl Counted {
    fn item<'a>(&'a self, founds: &'a [Found]) -> Item<'a> {
        let found = &founds[self.nth];
        Item {
            finding: &found.finding,
            value: found.value(),
            path: &self.path,
            place: found.place,
            width_bytes: found.width(),
            standing: self.standing,
        }
    }
}

fn report(closed: &mut Closed, counted: Counted, judged: Option<(&Judgement, Mode)>) -> Report {
    let judgement = judged.map(|(judgement, _)| judgement);
    // Without keys nobody knows what they would make of it.
    let is_shown = |(judgement, mode): &(&Judgement, Mode)| *mode == Mode::Decide && !judgement.action.needs_keys();
    let replacement = judged.filter(is_shown).and_then(|(judgement, _)| judgement.replacement.as_deref());
    let value = closed.founds[counted.nth].take_value();
    let found = &closed.founds[counted.nth];
    Report::from(Parts {
        finding: found.finding.clone(),
        pieces: closed.input_pieces(found),
        path: counted.path,
        why: judgement.map(|judgement| judgement.why),
        action: judgement.map_or("", |judgement| judgement.action.as_str()),
        replacement: replacement.map(Box::from),
        value,
    })
}
