//! What the audit trail says of each message.

use pii_store::trail::{Class, Content, Ending, Go, Position, Verdict, entries};
use std::collections::HashMap;
use std::path::Path;

const CLASSES: [Class; 4] = [Class::System, Class::Provision, Class::Business, Class::Account];

/// A message's decision, and what came of it.
pub(crate) struct Recorded {
    pub(crate) verdict: Verdict,
    pub(crate) endings: Vec<Ending>,
}

/// By what messages are called.
pub(crate) fn all(trail: &Path) -> HashMap<String, Recorded> {
    let (mut by_name, mut at) = (HashMap::new(), HashMap::<Position, String>::new());
    let read = entries(
        trail,
        (&CLASSES, &["decision", "outcome"]),
        |entry| {
            match &entry.content {
                Content::Decision(decision) => {
                    let name = decision.message.as_ref().expect("it has a name").as_str().to_owned();
                    let recorded = Recorded { verdict: decision.verdict, endings: Vec::new() };
                    assert!(by_name.insert(name.clone(), recorded).is_none(), "{name} is decided on twice");
                    at.insert(entry.position, name);
                }
                Content::Outcome(outcome) => {
                    let decision = outcome.decision();
                    let name = at.get(&decision).unwrap_or_else(|| panic!("{decision:?} is no decision"));
                    by_name.get_mut(name).expect("it is there").endings.push(outcome.outcome);
                }
                other => panic!("only these were asked for: {other:?}"),
            }
            Go::On
        },
        |_| (),
    );
    assert_eq!(read.expect("the trail reads").unread, 0);
    by_name
}
