//! What several tests need: a record of events, an operation.

use pii_core::audit::{Act, AuditError, Event, Phase, Sink};
use pii_core::policy::Date;
use pii_keys::{Operation, SystemEntropy};

/// Keeps events, until it is told to fail.
#[derive(Default)]
pub(crate) struct Record {
    pub(crate) events: Vec<(Act, Phase)>,
    pub(crate) fails_after: Option<usize>,
}

impl Sink for Record {
    fn record(&mut self, event: &Event<'_>) -> Result<(), AuditError> {
        assert_eq!((event.actor, event.reason), ("ops-1", "a test"));
        if self.fails_after.is_some_and(|limit| self.events.len() >= limit) {
            return Err(AuditError);
        }
        self.events.push((event.act, event.phase));
        Ok(())
    }
}

pub(crate) fn day(day: u8) -> Date {
    Date::new(2026, 11, day).expect("a day of November")
}

/// Runs something on the given day of November 2026.
pub(crate) fn on<T>(today: u8, record: &mut Record, act: impl FnOnce(&mut Operation<'_>) -> T) -> T {
    act(&mut Operation {
        today: day(today),
        actor: "ops-1",
        reason: "a test",
        dry_run: false,
        sink: record,
        entropy: &mut SystemEntropy,
    })
}
