//! `POST /v1/scan`: what is found in a message and what the policy would have done with it, without a value.

use super::answer;
use super::asked::Asked;
use super::call::Call;
use super::look;
use super::refusal::Refusal;
use crate::http::Own;
use crate::message;
use hyper::{Response, StatusCode};
use pii_formats::{Masker, Report};
use serde_json::{Value, json};

/// So many findings are told one by one.
const TOLD: usize = 10_000;

pub(super) async fn scan(call: Call) -> Result<Response<Own>, Refusal> {
    let settled = Asked::of_query(call.parts.uri.query())?.settled(&call.table, &call.known)?;
    let (limit, is_critical) = (settled.route().body_bytes, settled.route().is_critical);
    let (asking, body) = call.message(limit, is_critical).await?;
    let head = look::head(&asking, &settled);
    let (came, bounds) = (look::came(&head, &body), look::bounds(&asking, &settled));
    let look = || {
        let reports = message::scanned(&came, settled.route(), &settled.prepared, bounds)?;
        let findings: Vec<Value> =
            reports.iter().take(TOLD).map(|report| finding(report, settled.prepared.masker())).collect();
        Ok::<_, crate::stop::Stop>(json!({ "count": reports.len(), "findings": findings }))
    };
    let told = look::contained(&asking, (&head, &body), bounds, look).await??;
    Ok(answer::json(StatusCode::OK, &told))
}

/// Where it stands and what it is: places are of the decoded body.
fn finding(report: &Report, masker: &Masker) -> Value {
    json!({
        "kind": report.kind.as_str(),
        "class": report.class.level(),
        "path": report.path,
        "line": report.line,
        "start": report.start,
        "end": report.end,
        "confidence": report.confidence,
        "action": report.action,
        "routing": report.is_routing(),
        "observed": report.is_observed(),
        "rule": masker.decision(report).and_then(|decision| decision.rule).and_then(|rule| rule_of(masker, rule)),
        "says": masker.explain(report),
    })
}

/// The line of a policy: `firm.toml:12`.
pub(super) fn rule_of(masker: &Masker, rule: usize) -> Option<String> {
    let rule = masker.policy().policy().rules().get(rule)?;
    // Where it lies is the operators' affair.
    let file = std::path::Path::new(rule.file()).file_name()?.to_string_lossy();
    Some(format!("{file}:{}", rule.line()))
}
