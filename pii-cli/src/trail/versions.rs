//! Which policy and which rules were in force, by what their files say.

use crate::setup::Sources;
use pii_store::trail::{Hash, HashAlgorithm, Name, Version};
use std::path::Path;

/// The versions that stand in a decision.
#[derive(Clone, Debug)]
pub(crate) struct Versions {
    pub(crate) policy: Version,
    pub(crate) rules: Version,
}

impl Versions {
    /// Of what was read. A file's is the hash of it; a folder's the hash of what `sha256sum *.toml` prints in it (of SM, a list of
    /// the same form); what is built in has the version of this program.
    ///
    /// `None` where that is no name, which it is not.
    pub(crate) fn of(sources: &Sources, algorithm: HashAlgorithm) -> Option<Self> {
        let built_in = |part: &str| Name::new(&format!("{part}-{}", env!("CARGO_PKG_VERSION"))).map(Version::Named);
        let file = |path: &str| Path::new(path).file_name().unwrap_or_default().to_string_lossy().into_owned();
        let policy = match &sources.policy {
            Some((_, text)) => Some(Version::Hashed(Hash::of(algorithm, text.as_bytes()))),
            None => built_in("policy"),
        };
        let rules = match &sources.rules[..] {
            [] => built_in("rules"),
            files => {
                let line = |(name, text): &(String, String)| {
                    format!("{}  {}\n", Hash::of(algorithm, text.as_bytes()), file(name))
                };
                let list: String = files.iter().map(line).collect();
                Some(Version::Hashed(Hash::of(algorithm, list.as_bytes())))
            }
        };
        Some(Self { policy: policy?, rules: rules? })
    }
}
