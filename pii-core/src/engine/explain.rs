//! Why something was found, in words.

use super::Engine;
use crate::check::Verdict;
use crate::finding::{Finding, Support};

impl Engine {
    /// Why `finding` counts, as `pii scan --explain` says it. Names rule, form and evidence, never the value.
    #[must_use]
    pub fn explain(&self, finding: &Finding) -> String {
        let rule = self.inner.rules.at(finding.rule);
        let form = &rule.forms[usize::from(finding.form)];
        let mut reasons = vec![format!("form \"{}\"", form.name)];
        reasons.extend(finding.reasons.verdict.map(|verdict| {
            match verdict {
                Verdict::Valid => "check passed",
                Verdict::Likely => "check passed, weak",
                Verdict::NearMiss => "only the check character is wrong",
                Verdict::Invalid => "check failed",
            }
            .to_owned()
        }));
        let support = match finding.reasons.support {
            Support::Alone => None,
            Support::Near => Some("a label in the same clause"),
            Support::Row => Some("the row holds other personal data"),
            Support::Column => Some("its column is of this kind"),
            Support::Word => Some("a label stands beside it"),
            Support::Field => Some("its field's name"),
        };
        reasons.extend(support.map(ToOwned::to_owned));
        if finding.reasons.disguised {
            reasons.push("a disguise was undone".to_owned());
        }
        reasons.join(", ")
    }
}
