//! Who outside this machine keeps a trail's heads, as a command line or a configuration names them.

use crate::FlowError;
use pii_store::trail::Options;
use pii_store::trail::witness::{FileWitness, HttpWitness};
use serde::{Deserialize as _, Deserializer, de};
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// The least time after which a silent witness stops the work: heads are sent every ten seconds, and may take five.
pub const WITHIN_LEAST: Duration = Duration::from_secs(20);

/// A witness. Its `Debug` output leaves out the place, in which a password may stand.
#[derive(Clone, PartialEq, Eq)]
pub struct WitnessAt {
    /// `file:/mnt/other/heads.jsonl`, `https://HOST:PORT/PATH`, `http://HOST:PORT/PATH` or `syslog-tls://HOST:PORT`.
    pub place: String,
    /// The certificate of the authority that signed the witness's, in PEM. Needed where there is TLS.
    pub authority: Option<PathBuf>,
    /// How long it may have taken no heads before nothing more is recorded, and with that nothing more sent. `None`: for as long
    /// as it likes.
    pub within: Option<Duration>,
}

impl WitnessAt {
    /// A trail's options with this witness.
    pub(super) fn of(&self, options: Options) -> Result<Options, FlowError> {
        let (place, wrong) = (self.place.as_str(), FlowError::usage);
        if let Some(path) = place.strip_prefix("file:") {
            return Ok(options.witnessed_by(FileWitness::new(path).map_err(wrong)?, self.within));
        }
        if place.starts_with("syslog-tls://") || place.starts_with("https://") {
            return self.with_tls(options);
        }
        if place.starts_with("http://") {
            return Ok(options.witnessed_by(HttpWitness::new(place).map_err(wrong)?, self.within));
        }
        Err(FlowError::usage(
            "a witness is file:/mnt/other/heads.jsonl, https://HOST:PORT/PATH, http://HOST:PORT/PATH or syslog-tls://HOST:PORT",
        ))
    }

    #[cfg(feature = "tls")]
    fn with_tls(&self, options: Options) -> Result<Options, FlowError> {
        let Self { place, authority, within } = self;
        let path = authority.as_deref().ok_or_else(|| {
            FlowError::usage(format!(
                "{place}: give the certificate of the authority that signed its own, by --witness-authority FILE"
            ))
        })?;
        let pem = std::fs::read(path).map_err(|error| FlowError::of_system(path, &error))?;
        Ok(match place.strip_prefix("syslog-tls://") {
            Some(address) => {
                let witness = pii_store::trail::witness::SyslogWitness::new(address, &pem);
                options.witnessed_by(witness.map_err(FlowError::usage)?, *within)
            }
            None => {
                let witness = HttpWitness::with_authority(place, &pem);
                options.witnessed_by(witness.map_err(FlowError::usage)?, *within)
            }
        })
    }

    #[cfg(not(feature = "tls"))]
    fn with_tls(&self, _: Options) -> Result<Options, FlowError> {
        Err(FlowError::usage(
            "this program was built without TLS: name a witness that is file:PATH or http://HOST:PORT/PATH",
        ))
    }
}

impl fmt::Debug for WitnessAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place: _, authority, within } = self;
        f.debug_struct("WitnessAt").field("authority", authority).field("within", within).finish_non_exhaustive()
    }
}

/// Reads how long a witness may be silent, such as `60 s` or `5 min`; `60s` and `5m` say the same.
///
/// # Errors
/// It is no such time, or less than [`WITHIN_LEAST`].
pub fn within(text: &str) -> Result<Duration, FlowError> {
    let seconds = [("min", 60), ("m", 60), ("s", 1)].into_iter().find_map(|(unit, seconds)| {
        let number: u64 = text.strip_suffix(unit)?.trim_end().parse().ok()?;
        number.checked_mul(seconds)
    });
    let time = seconds.map(Duration::from_secs).filter(|time| *time >= WITHIN_LEAST);
    time.ok_or_else(|| {
        FlowError::usage(format!("write a time from {} s on, such as \"60 s\" or \"5 min\"", WITHIN_LEAST.as_secs()))
    })
}

/// The same of a table of a configuration.
pub(super) fn within_of_table<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    within(&text).map(Some).map_err(de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pii_core::time::Moment;
    use pii_store::trail::Name;

    fn refused(place: &str, authority: Option<&str>) -> String {
        let clock = Moment::from_unix_seconds(1_795_000_000).expect("before the year 9999");
        let options = Options::new(Name::new("n1").expect("a name"), move || clock);
        let at = WitnessAt { place: place.to_owned(), authority: authority.map(PathBuf::from), within: None };
        at.of(options).err().map(|said| said.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_witness_is_one_of_four_and_tls_knows_whom_to_trust() {
        assert_eq!(refused("http://127.0.0.1:9/heads", None), "");
        for place in ["", "/mnt/heads.jsonl", "ftp://127.0.0.1/heads", "syslog://127.0.0.1:6514"] {
            assert!(refused(place, None).starts_with("a witness is file:"), "{place}");
        }
        for place in ["https://log.example:8443/heads", "syslog-tls://log.example:6514"] {
            let said = refused(place, None);
            let expected = if cfg!(feature = "tls") { "give the certificate of the authority" } else { "without TLS" };
            assert!(said.contains(expected), "{said}");
            assert_ne!(refused(place, Some("/nowhere/ca.pem")), "");
        }
    }

    #[test]
    fn a_witness_may_be_silent_for_twenty_seconds_and_more() {
        let seconds = |text: &str| within(text).ok().map(|time| time.as_secs());
        assert_eq!(["20s", "20 s", "5m", "5 min"].map(seconds), [Some(20), Some(20), Some(300), Some(300)]);
        for bad in ["", "19s", "0m", "60", "1h", "-60s", "99999999999999999999s", "18446744073709551615m"] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_password_in_an_address_is_not_shown() {
        let place = "https://pii:secret1880@log.example/heads".to_owned();
        let at = WitnessAt { place, authority: None, within: None };
        assert!(!format!("{at:?}").contains("secret1880"));
    }
}
