//! Which policy and which rules were in force, by what their files say.

use crate::FlowError;
use crate::sources::Sources;
use pii_store::trail::{Hash, HashAlgorithm, Name, Version};
use std::path::Path;

/// The versions that stand in a decision.
#[derive(Clone, Debug, PartialEq)]
pub struct Versions {
    /// Of the policy.
    pub policy: Version,
    /// Of the rules.
    pub rules: Version,
}

impl Versions {
    /// Of what was read. A file's is the hash of it; a folder's the hash of what `sha256sum *.toml` prints in it (of SM, a list of
    /// the same form); what is built in has the version of this program.
    ///
    /// # Errors
    /// This program has a version that no trail takes as a name.
    pub fn of(sources: &Sources, algorithm: HashAlgorithm) -> Result<Self, FlowError> {
        let built_in = |part: &str| {
            let name = Name::new(&format!("{part}-{}", env!("CARGO_PKG_VERSION")));
            name.map(Version::Named).ok_or_else(|| FlowError::usage("the version of this program is no name"))
        };
        let file = |path: &str| Path::new(path).file_name().unwrap_or_default().to_string_lossy().into_owned();
        let policy = match &sources.policy {
            Some((_, text)) => Version::Hashed(Hash::of(algorithm, text.as_bytes())),
            None => built_in("policy")?,
        };
        let rules = match &sources.rules[..] {
            [] => built_in("rules")?,
            files => {
                let line = |(name, text): &(String, String)| {
                    format!("{}  {}\n", Hash::of(algorithm, text.as_bytes()), file(name))
                };
                let list: String = files.iter().map(line).collect();
                Version::Hashed(Hash::of(algorithm, list.as_bytes()))
            }
        };
        Ok(Self { policy, rules })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hashed_is_what_the_system_prints() {
        let built_in = Versions::of(&Sources::default(), HashAlgorithm::Sha256).expect("it has a name");
        assert!(matches!((built_in.policy, built_in.rules), (Version::Named(_), Version::Named(_))));
        let named = |name: &str| (name.to_owned(), format!("# {name}\n"));
        let sources = Sources { rules: vec![named("r/a.toml"), named("r/b.toml")], policy: Some(named("firm.toml")) };
        let versions = Versions::of(&sources, HashAlgorithm::Sha256).expect("files have hashes");
        // sha256sum of the file; of what `sha256sum *.toml` prints in the folder.
        let told = |version: &Version| version.to_string();
        assert_eq!(told(&versions.policy), "hash=4bf386fa8080a5c3f7c3e4217ec3c890286d3e03a9d78ff1397e3991fc877b23");
        assert_eq!(told(&versions.rules), "hash=3ea66068a34dfb78275b3c4a6e63591ea7bbfa57f511b12b7566487e1c1106b4");
    }
}
