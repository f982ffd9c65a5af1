//! Thread CPU time: what this thread worked, whatever else the machine did meanwhile.

use rustix::time::{ClockId, clock_gettime};
use std::error::Error;
use std::time::Duration;

/// The CPU time that this thread has used so far.
#[must_use]
pub fn now() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// The CPU time of one call.
pub fn time(work: impl FnOnce()) -> Duration {
    let start = now();
    work();
    now().saturating_sub(start)
}

/// The middle one of some times; of an even number the later of the two.
#[must_use]
pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Does `work` as often as that and returns what it answers with the median of its times.
///
/// # Errors
/// Two rounds answer differently: then it is not known what was measured.
pub fn rounds<A: PartialEq>(rounds: usize, mut work: impl FnMut() -> A) -> Result<(A, Duration), Box<dyn Error>> {
    let mut times = Vec::new();
    let mut answer = None;
    for _ in 0..rounds.max(1) {
        let mut this = None;
        times.push(time(|| this = Some(work())));
        if answer.is_some() && answer != this {
            return Err("two rounds give different answers".into());
        }
        answer = this;
    }
    Ok((answer.ok_or("no round")?, median(times)))
}

/// Megabytes (10^6 bytes) a second.
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "corpora are far smaller than 2^52 bytes")]
pub fn megabytes_a_second(bytes: usize, time: Duration) -> f64 {
    bytes as f64 / 1e6 / time.as_secs_f64().max(1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_takes_time_and_sleep_takes_none() {
        let worked = time(|| {
            let mut sum = 0u64;
            for n in 0..20_000_000u64 {
                sum = std::hint::black_box(sum.wrapping_add(n));
            }
        });
        let slept = time(|| std::thread::sleep(Duration::from_millis(50)));
        assert!(worked > slept, "{worked:?} of work, {slept:?} of sleep");
    }

    #[test]
    fn the_median_is_in_the_middle() {
        let times = [5, 1, 3].map(Duration::from_secs).to_vec();
        assert_eq!(median(times), Duration::from_secs(3));
        assert_eq!(median(Vec::new()), Duration::ZERO);
    }

    #[test]
    fn rounds_have_to_agree() {
        assert_eq!(rounds(3, || 7).expect("they agree").0, 7);
        let mut n = 0;
        let other_each_time = || {
            n += 1;
            n
        };
        assert!(rounds(2, other_each_time).is_err());
    }
}
