//! How a keyring is written: a header in clear that is authenticated, and the secrets sealed.
//!
//! Two lines of JSON. The first says what is there, the second holds the root key as the key-encryption key protects it,
//! and the secrets sealed with the root key. What is authenticated are the bytes of the first line as they stand, so there
//! is one reading of it and no canonical form to agree on.

use crate::algorithm;
use crate::kek::{Kek, PROTECTED_LIMIT_BYTES};
use crate::{KeyAlgorithm, Keyring, KeyringError, Purpose, State, VERSIONS_LIMIT, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pii_core::key::{Entropy, KeyId, Secret, Suite};
use pii_core::policy::Date;
use pii_core::seal::WrappingKey;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The longest file of a keyring, in bytes.
pub const KEYRING_LIMIT_BYTES: usize = 1 << 20;

const FORMAT: &str = "pii-keyring";
const VERSION: u32 = 1;
const BODY_USE: &[u8] = b"keyring";

/// What the header of a keyring's file says. **It is not authenticated**: good enough to show, and to know which
/// key-encryption key to ask for. Opening the keyring is what proves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    suite: Suite,
    generation: u64,
    provider: String,
    versions: Vec<Version>,
}

impl Listing {
    /// Reads a file's bytes.
    ///
    /// # Errors
    /// They are no keyring of this version.
    pub fn parse(file: &[u8]) -> Result<Self, KeyringError> {
        Stored::parse(file).map(|stored| stored.listing)
    }

    /// Which algorithms it may hold.
    #[must_use]
    pub fn suite(&self) -> Suite {
        self.suite
    }

    /// How many times it was saved.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The word for what it is under: [`Kek::provider`].
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// All versions, in the order in which they were added.
    #[must_use]
    pub fn versions(&self) -> &[Version] {
        &self.versions
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    format: String,
    version: u32,
    suite: String,
    generation: u64,
    kek: String,
    keys: Vec<WrittenVersion>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenVersion {
    id: String,
    purpose: String,
    algorithm: String,
    state: String,
    added: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    destroy_on: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    root: String,
    secrets: String,
}

/// A file that was read and not opened.
struct Stored<'f> {
    header: &'f [u8],
    listing: Listing,
    root: Vec<u8>,
    secrets: Vec<u8>,
}

impl<'f> Stored<'f> {
    fn parse(file: &'f [u8]) -> Result<Self, KeyringError> {
        if file.len() > KEYRING_LIMIT_BYTES {
            return Err(KeyringError::format(format!("a keyring has at most {KEYRING_LIMIT_BYTES} bytes")));
        }
        let is_end = |byte: &u8| *byte == b'\n';
        let mut lines = file.strip_suffix(b"\n").ok_or_else(no_keyring)?.splitn(2, is_end);
        let (header, body) = (lines.next().ok_or_else(no_keyring)?, lines.next().ok_or_else(no_keyring)?);
        let listing = listing(serde_json::from_slice(header).map_err(|_| no_keyring())?)?;
        let line = body;
        let body: Body = serde_json::from_slice(line).map_err(|_| no_keyring())?;
        // The header is authenticated as it stands. Of the other line there is one way to write it.
        if serde_json::to_vec(&body).ok().as_deref() != Some(line) {
            return Err(no_keyring());
        }
        let bytes = |text: String| STANDARD.decode(text).map_err(|_| no_keyring());
        let (root, secrets) = (bytes(body.root)?, bytes(body.secrets)?);
        if root.len() > PROTECTED_LIMIT_BYTES {
            return Err(no_keyring());
        }
        Ok(Self { header, listing, root, secrets })
    }

    /// Opens it. `required` is what the configuration allows, which the header of a file cannot widen.
    fn open(self, kek: &dyn Kek, required: Suite) -> Result<Keyring, KeyringError> {
        let Listing { suite, generation, provider, versions } = self.listing;
        if provider != kek.provider() {
            let message = format!("the keyring is under {provider:?}, and not under {:?}", kek.provider());
            return Err(KeyringError::unopened(&message));
        }
        check_suite(suite, required, &versions, kek)?;
        let root = kek.recover(suite, &self.root)?;
        let wrapping = root_key(suite, &root)?;
        let opened = wrapping.unwrap_secret(&context(self.header, &self.root), &self.secrets);
        let secrets = opened.map_err(|_| KeyringError::unopened("the keyring does not open: it was changed"))?;
        let secrets = read_secrets(&secrets, &versions).ok_or_else(no_keyring)?;
        Ok(Keyring { suite, generation, versions, secrets })
    }
}

impl Keyring {
    /// Opens the bytes of a keyring's file, wherever they are kept. `required` is what the configuration allows.
    ///
    /// # Errors
    /// They are no keyring; it is under another key-encryption key, was changed, or holds what `required` forbids.
    pub fn from_bytes(file: &[u8], kek: &dyn Kek, required: Suite) -> Result<Self, KeyringError> {
        Stored::parse(file)?.open(kek, required)
    }

    /// The bytes of this keyring's file under a key-encryption key: other ones every time.
    ///
    /// # Errors
    /// The key-encryption key cannot be used, or the suite does not allow it.
    pub fn to_bytes(&self, kek: &dyn Kek, entropy: &mut dyn Entropy) -> Result<Vec<u8>, KeyringError> {
        write(self, kek, entropy)
    }
}

/// Writes a keyring under a key-encryption key, with a root key that is new.
fn write(ring: &Keyring, kek: &dyn Kek, entropy: &mut dyn Entropy) -> Result<Vec<u8>, KeyringError> {
    check_suite(ring.suite, ring.suite, &ring.versions, kek)?;
    let header = serde_json::to_vec(&header(ring, kek)).map_err(|_| no_keyring())?;
    let root = Secret::random(algorithm::wrapping(ring.suite).key_bytes(), entropy)?;
    let protected = kek.protect(ring.suite, &root, entropy)?;
    let sealed = root_key(ring.suite, &root)?.wrap_secret(
        &context(&header, &protected),
        &written_secrets(&ring.secrets),
        entropy,
    );
    let sealed = sealed.map_err(|error| KeyringError::refused(error.to_string()))?;
    let body = Body { root: STANDARD.encode(&protected), secrets: STANDARD.encode(&sealed) };
    let body = serde_json::to_vec(&body).map_err(|_| no_keyring())?;
    let file = [&header[..], b"\n", &body, b"\n"].concat();
    // What is written must be readable, before it takes the place of what was.
    Stored::parse(&file)?;
    Ok(file)
}

fn no_keyring() -> KeyringError {
    KeyringError::format("this is no keyring of this version")
}

/// Nothing that the configuration forbids is loaded, whether or not it would be used.
fn check_suite(suite: Suite, required: Suite, versions: &[Version], kek: &dyn Kek) -> Result<(), KeyringError> {
    let strictest = if suite == Suite::Sm { suite } else { required };
    let live = versions.iter().filter(|version| version.state != State::Destroyed);
    for version in live {
        let described = version.algorithm.described();
        if !strictest.allows(described) {
            let message =
                format!("crypto = \"sm\" allows no {}: the key {} for {}", described.name, version.id, version.purpose);
            return Err(KeyringError::suite(message));
        }
    }
    if required == Suite::Sm && suite != Suite::Sm {
        let message = "crypto = \"sm\" needs a keyring that was made with it: this one is sealed with AES";
        return Err(KeyringError::suite(message.to_owned()));
    }
    match kek.described(suite).into_iter().find(|described| !strictest.allows(*described)) {
        Some(described) => {
            let message = format!("crypto = \"sm\" allows no {}, which {} uses", described.name, kek.provider());
            Err(KeyringError::suite(message))
        }
        None => Ok(()),
    }
}

fn root_key(suite: Suite, root: &Secret) -> Result<WrappingKey, KeyringError> {
    // The root key is no key of the ring and has no id of its own.
    let id = KeyId::new(0).ok_or_else(no_keyring)?;
    WrappingKey::new(algorithm::wrapping(suite), id, root.expose()).map_err(|_| KeyringError::unopened("no root key"))
}

/// What the secrets are bound to: the header as it stands, and the root key as it is protected.
fn context(header: &[u8], protected: &[u8]) -> Vec<u8> {
    [BODY_USE, &(header.len() as u64).to_be_bytes(), header, protected].concat()
}

fn header(ring: &Keyring, kek: &dyn Kek) -> Header {
    let written = |version: &Version| WrittenVersion {
        id: version.id.to_string(),
        purpose: version.purpose.word().to_owned(),
        algorithm: version.algorithm.described().name.to_owned(),
        state: version.state.word().to_owned(),
        added: version.added.to_string(),
        destroy_on: match version.state {
            State::Pending(on) => Some(on.to_string()),
            _ => None,
        },
    };
    Header {
        format: FORMAT.to_owned(),
        version: VERSION,
        suite: ring.suite.word().to_owned(),
        generation: ring.generation,
        kek: kek.provider().to_owned(),
        keys: ring.versions.iter().map(written).collect(),
    }
}

fn listing(header: Header) -> Result<Listing, KeyringError> {
    if header.format != FORMAT || header.version != VERSION || header.keys.len() > VERSIONS_LIMIT {
        return Err(no_keyring());
    }
    let is_word = (1..=32).contains(&header.kek.len())
        && header.kek.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let suite = Suite::parse(&header.suite).filter(|_| is_word).ok_or_else(no_keyring)?;
    let versions: Option<Vec<Version>> = header.keys.iter().map(version).collect();
    let versions = versions.ok_or_else(no_keyring)?;
    let ids: BTreeSet<KeyId> = versions.iter().map(Version::id).collect();
    let primaries = versions.iter().filter(|version| version.state == State::Primary);
    let purposes: BTreeSet<Purpose> = primaries.clone().map(Version::purpose).collect();
    if ids.len() != versions.len() || purposes.len() != primaries.count() {
        return Err(KeyringError::format("a keyring has one primary key for a purpose, and each id once"));
    }
    Ok(Listing { suite, generation: header.generation, provider: header.kek, versions })
}

fn version(written: &WrittenVersion) -> Option<Version> {
    let id = KeyId::parse(&written.id).filter(|id| id.to_string() == written.id)?;
    let purpose = Purpose::parse(&written.purpose)?;
    let algorithm = KeyAlgorithm::parse(&written.algorithm).filter(|algorithm| algorithm.serves(purpose))?;
    let state = match (written.state.as_str(), &written.destroy_on) {
        ("pending", Some(on)) => State::Pending(Date::parse(on)?),
        ("primary", None) => State::Primary,
        ("enabled", None) => State::Enabled,
        ("disabled", None) => State::Disabled,
        ("destroyed", None) => State::Destroyed,
        _ => return None,
    };
    Some(Version { id, purpose, algorithm, state, added: Date::parse(&written.added)? })
}

/// Each secret behind its id in four bytes and its length in one.
fn written_secrets(secrets: &BTreeMap<KeyId, Secret>) -> Secret {
    let mut bytes = Vec::with_capacity(secrets.values().map(|secret| 5 + secret.len()).sum());
    for (id, secret) in secrets {
        bytes.extend_from_slice(&id.number().to_be_bytes());
        // Keys have at most 32 bytes, and reading finds a length that is wrong.
        bytes.push(secret.len() as u8);
        bytes.extend_from_slice(secret.expose());
    }
    Secret::new(bytes)
}

/// The secrets, exactly those of the versions that are not destroyed, each as long as its algorithm takes.
fn read_secrets(bytes: &Secret, versions: &[Version]) -> Option<BTreeMap<KeyId, Secret>> {
    let mut secrets = BTreeMap::new();
    let mut rest = bytes.expose();
    while let Some((head, after)) = rest.split_first_chunk::<5>() {
        let [a, b, c, d, length] = *head;
        let (secret, after) = after.split_at_checked(usize::from(length))?;
        let id = KeyId::new(u32::from_be_bytes([a, b, c, d]))?;
        if secrets.insert(id, Secret::copy_of(secret)).is_some() {
            return None;
        }
        rest = after;
    }
    let mut live = versions.iter().filter(|version| version.state != State::Destroyed);
    let fits = |version: &Version| secrets.get(&version.id).is_some_and(|it| it.len() == version.algorithm.key_bytes());
    let all_fit = live.clone().count() == secrets.len() && live.all(fits);
    (rest.is_empty() && all_fit).then_some(secrets)
}
