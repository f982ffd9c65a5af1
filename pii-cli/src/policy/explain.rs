//! `pii policy explain KIND`: rule by rule, what becomes of a kind on its way out.

use super::sentence::{of_scope, what_happens};
use crate::arguments::Explain;
use crate::exit::Failure;
use crate::{output, setup};
use pii_core::policy::{Outcome, Policy, Query, Reason, Role, Step};
use std::process::ExitCode;

pub(super) fn run(arguments: &Explain, kind: &str) -> Result<ExitCode, Failure> {
    let deciding = &arguments.deciding;
    let rules = setup::rules(deciding.rules.as_deref())?;
    let policy = setup::policy(deciding.policy.as_deref(), &rules)?;
    let flow = setup::flow(&deciding.way, &policy)?;
    let rule = rules.named(kind).map_err(Failure::usage)?;
    let field = arguments.field.as_deref();
    let query = Query { kind: rule.kind(), class: rule.class(), role: Role::Unknown, field, about: true };
    let explanation = policy.explain(&flow, &query);
    let (decision, channel) = (explanation.decision, flow.channel.unwrap_or("third_party"));
    let is_overruled = decision.reason == Reason::OutOfScope;
    let mut lines: Vec<String> = explanation.steps.iter().map(|step| told(step, &policy, is_overruled)).collect();
    lines.extend(of_scope(&explanation.scope, rule.kind(), &decision));
    let outcome = what_happens(&decision, rule, decision.rule.map(|rule| &policy.rules()[rule]));
    lines.push(format!("{} on {channel}: {outcome}", rule.kind()));
    output::print(lines.join("\n"))?;
    Ok(ExitCode::SUCCESS)
}

/// What became of one rule; `is_overruled` where the purpose has the last word.
fn told(step: &Step<'_>, policy: &Policy, is_overruled: bool) -> String {
    let rule = &policy.rules()[step.rule];
    let outcome = match step.outcome {
        Outcome::Won if is_overruled => format!("would decide ({}), but for the purpose", rule.action()),
        Outcome::Won => "decides".to_owned(),
        Outcome::Overruled => "applies, but a later rule does too".to_owned(),
        Outcome::Differs("expires") => {
            let last = rule.expires().map_or_else(String::new, |last| format!(", {last},"));
            format!("does not apply: its last day{last} is over")
        }
        Outcome::Differs(key) => format!("does not apply: its `{key}` says something else"),
    };
    format!("{}:{}: {outcome}", step.file, step.line)
}
