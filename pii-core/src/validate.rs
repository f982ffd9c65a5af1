//! From candidates to findings: form, check and surroundings weighed together.

use crate::check::Verdict;
use crate::finding::{Finding, Reasons, Role, Support};
use crate::plan::FormId;
use crate::rule::{Confidence, RuleSet, THRESHOLD};
use std::ops::Range;

/// What is left of a value's own confidence where a label beside it names another kind.
const NAMED_OTHERWISE: f32 = 0.85;

/// What speaks for one candidate.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Case {
    pub(crate) verdict: Option<Verdict>,
    pub(crate) support: Support,
    pub(crate) role: Role,
    /// What stands beside it says that it is something else.
    pub(crate) contradicted: bool,
    /// A label beside it names other kinds.
    pub(crate) named_otherwise: bool,
    /// It could as well be a piece of something longer: a decimal, an order number in groups.
    pub(crate) glued: bool,
}

impl Case {
    /// How sure a candidate of this form is.
    pub(crate) fn confidence(&self, table: &Confidence) -> f32 {
        let own = match self.verdict {
            None => table.plain,
            Some(Verdict::Valid) => table.valid.max(table.likely),
            Some(Verdict::Likely) => table.likely,
            Some(Verdict::NearMiss | Verdict::Invalid) => 0.0,
        };
        let own = if (self.contradicted || self.glued) && !table.firm { 0.0 } else { own };
        // The nearest label decides, but only a value of the kind that it names can take the place.
        let own = if self.named_otherwise && !table.firm { own * NAMED_OTHERWISE } else { own };
        let passes = self.verdict.is_none_or(|v| v > Verdict::NearMiss);
        let supported = match self.support {
            Support::Field | Support::Word => table.labelled,
            Support::Column if self.verdict != Some(Verdict::Invalid) => table.column,
            Support::Row if passes => table.row,
            Support::Near if passes => table.near,
            _ => 0.0,
        };
        // A label beside a value that also passes its check leaves less doubt than either.
        let both = if own > 0.0 && supported > 0.0 { 0.01 } else { 0.0 };
        (own.max(supported) + both).min(1.0)
    }
}

/// The finding that a case makes, if it makes one.
pub(crate) fn finding(rules: &RuleSet, id: FormId, span: Range<usize>, case: &Case) -> Option<Finding> {
    let rule = rules.at(id.rule);
    let form = &rule.forms[usize::from(id.form)];
    let confidence = case.confidence(&form.confidence);
    (confidence >= THRESHOLD && !span.is_empty()).then(|| Finding {
        rule: id.rule,
        form: id.form,
        kind: rule.kind,
        class: form.class.unwrap_or(rule.class),
        span,
        confidence,
        priority: rule.priority,
        role: case.role,
        reasons: Reasons { verdict: case.verdict, support: case.support, disguised: false },
        about: false,
    })
}
