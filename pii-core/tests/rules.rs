//! The rules that come with this version hold their own examples.

use pii_core::{Engine, RuleSet};

#[test]
fn every_example_holds() {
    let broken = Engine::new(RuleSet::builtin()).broken_examples();
    let lines: Vec<String> = broken.iter().map(|b| format!("{}:{}: {}", b.file, b.line, b.what)).collect();
    assert!(lines.is_empty(), "{} examples do not hold:\n{}", lines.len(), lines.join("\n"));
}
