//! An audit trail that a command adds to: opened with what signs it, closed with a word about its witness.
//!
//! What a decision says is made in [`Recording`]; acts on keys come by [`Writing::recorder`]. How a trail is opened is
//! `pii_flow`'s; what it is and how it is verified, `pii_store::trail`'s.

mod recording;

pub(crate) use recording::Recording;

use crate::arguments::InTrail;
use crate::exit::{Failure, say};
use pii_core::key::Suite;
use pii_core::sign::SigningKey;
use pii_flow::signing_key;
use pii_keys::Keyring;
use pii_store::trail::{Recorder, Trail};

/// A trail that is open.
#[derive(Debug)]
pub(crate) struct Writing(Trail);

impl Writing {
    /// Opens the trail that the command line names, if it names one. `signer` says what signs it: nothing, for a keyring that is
    /// only being made.
    pub(crate) fn open(
        arguments: &InTrail,
        suite: Suite,
        signer: impl FnOnce() -> Result<Option<SigningKey>, Failure>,
    ) -> Result<Option<Self>, Failure> {
        let Some(at) = arguments.at() else { return Ok(None) };
        Ok(Some(Self(at.open(suite, signer()?)?)))
    }

    /// A hand that gives records to it.
    pub(crate) fn recorder(&self) -> Recorder {
        self.0.recorder()
    }

    /// The trail itself.
    pub(crate) fn trail(&self) -> &Trail {
        &self.0
    }

    /// Closes it. That its witness has not taken the last heads is said, and no failure: they stand in the trail, and go out with
    /// the next ones.
    pub(crate) fn close(self) -> Result<(), Failure> {
        let folder = self.0.folder().display().to_string();
        let witness = self.0.close_and_ask_witness().map_err(Failure::input)?;
        if let Some(error) = witness.and_then(|health| health.error) {
            say(format_args!(
                "pii: {folder}: its witness has not taken the last heads ({error}): until it takes later ones, nobody can prove \
                 the end of this trail"
            ));
        }
        Ok(())
    }
}

/// What signs, of a keyring.
pub(crate) fn signer(ring: &Keyring) -> Result<Option<SigningKey>, Failure> {
    Ok(Some(signing_key(ring)?))
}
