//! How much may be made of one input, for whoever reads what strangers send.

use std::time::Instant;

/// Many texts are read between two looks at the clock.
const LOOK_EVERY: u32 = 16;

/// How much may be made of one input. Without limits by default: a file of a terabyte is read by whoever asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// How much may be found, before any of it is left out for standing in the same place as something else. Each finding is held
    /// with its value, so this bounds memory, and what an input is made to cost.
    pub findings: usize,
    /// When reading has to have ended.
    pub until: Option<Instant>,
}

impl Default for Allowance {
    fn default() -> Self {
        Self { findings: usize::MAX, until: None }
    }
}

/// What is left of an allowance. Once something is over, it stays so.
#[derive(Default)]
pub(crate) struct Meter {
    left: Allowance,
    looks: u32,
    is_late: bool,
}

impl Meter {
    pub(crate) fn new(allowance: Allowance) -> Self {
        Self { left: allowance, looks: 0, is_late: false }
    }

    /// Counts `findings`, and looks at the clock now and then.
    ///
    /// # Errors
    /// What is over, in words.
    pub(crate) fn spend(&mut self, findings: usize) -> Result<(), &'static str> {
        if let Some(until) = self.left.until {
            self.looks = self.looks.wrapping_add(1);
            self.is_late |= self.looks % LOOK_EVERY == 1 && Instant::now() > until;
        }
        if self.is_late {
            return Err("the time that it may take");
        }
        self.left.findings = match self.left.findings.checked_sub(findings) {
            Some(left) => left,
            None => {
                self.left.findings = 0;
                return Err("how much may be found in it");
            }
        };
        Ok(())
    }

    pub(crate) fn is_late(&self) -> bool {
        self.is_late
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn findings_are_counted() {
        let mut meter = Meter::new(Allowance { findings: 3, until: None });
        assert!(meter.spend(2).is_ok() && meter.spend(1).is_ok() && meter.spend(0).is_ok());
        assert!(meter.spend(1).is_err() && !meter.is_late());
        assert!(Meter::default().spend(usize::MAX).is_ok());
    }

    #[test]
    fn what_is_late_stays_late() {
        let past = Instant::now().checked_sub(Duration::from_millis(1));
        let mut meter = Meter::new(Allowance { until: past, ..Allowance::default() });
        assert!(meter.spend(0).is_err() && meter.spend(0).is_err() && meter.is_late());
        let future = Instant::now() + Duration::from_secs(3600);
        let mut meter = Meter::new(Allowance { until: Some(future), ..Allowance::default() });
        assert!((0..100).all(|_| meter.spend(0).is_ok()));
    }
}
