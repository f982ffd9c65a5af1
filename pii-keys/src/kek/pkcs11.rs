//! A key-encryption key that stays in a hardware security module, over PKCS#11.

use super::Kek;
use crate::KekError;
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::aead::GcmParams;
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use pii_core::key::{Described, Entropy, Secret, Suite};
use std::fmt;
use std::path::PathBuf;
use std::sync::Mutex;

const NONCE_BYTES: usize = 12;
const TAG_BITS: std::ffi::c_ulong = 128;

/// Bound to what is encrypted, so that a key that also serves others decrypts nothing of theirs here.
const ASSOCIATED_DATA: &[u8] = b"pii keyring 1";

/// Where a security module's key is.
pub struct Pkcs11Key {
    /// The module's library, by its whole path. It is code, and runs with the rights of this process.
    pub module: PathBuf,
    /// The token's label.
    pub token: String,
    /// The key's label: an AES key that may encrypt and decrypt, and cannot leave the token.
    pub key: String,
    /// The user's PIN.
    pub pin: Secret,
}

/// A key in a security module. It enciphers with AES-GCM and a random nonce from this side (2^32 saves of a keyring).
///
/// PKCS#11 names no SM4 in the versions that modules share, so a keyring for SM algorithms is not put under one: that takes
/// a module of GM/T 0018, and another [`Kek`].
pub struct Pkcs11Kek {
    context: Pkcs11,
    slot: Slot,
    key: String,
    pin: AuthPin,
    /// Logging in and out is the whole process's, so one request follows the other.
    turn: Mutex<()>,
}

impl Pkcs11Kek {
    /// Loads the module and looks for the token. Nobody is logged in yet.
    ///
    /// # Errors
    /// The module cannot be loaded, or it has no such token, or several.
    pub fn new(at: &Pkcs11Key) -> Result<Self, KekError> {
        if !at.module.is_absolute() {
            return Err(KekError::written("the library of a security module is given by its whole path"));
        }
        let context = Pkcs11::new(&at.module)
            .map_err(|_| KekError::unreachable(format!("{}: this module cannot be loaded", at.module.display())))?;
        match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            // Another part of the process uses the same module.
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(failed("initialize", &error)),
        }
        let slots = context.get_slots_with_initialized_token().map_err(|error| failed("list tokens", &error))?;
        let has_label = |slot: &Slot| context.get_token_info(*slot).is_ok_and(|token| token.label() == at.token);
        let mut found = slots.into_iter().filter(has_label);
        let (Some(slot), None) = (found.next(), found.next()) else {
            return Err(KekError::refused(format!("the security module has not one token {:?}", at.token)));
        };
        let pin = std::str::from_utf8(at.pin.expose()).map_err(|_| KekError::written("the PIN is no text"))?;
        Ok(Self { context, slot, key: at.key.clone(), pin: AuthPin::new(pin.into()), turn: Mutex::new(()) })
    }

    /// Logs in, and hands the session and the key to `act`. The session ends with it, and the login with the last session.
    fn with_key<T>(&self, act: impl FnOnce(&Session, ObjectHandle) -> Result<T, KekError>) -> Result<T, KekError> {
        // A panic of another thread leaves nothing behind the lock that could be broken.
        let _turn = self.turn.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let session = self.context.open_ro_session(self.slot).map_err(|error| failed("open a session", &error))?;
        match session.login(UserType::User, Some(&self.pin)) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
            Err(error) => return Err(failed("log in", &error)),
        }
        let key = self.find_key(&session)?;
        act(&session, key)
    }

    fn find_key(&self, session: &Session) -> Result<ObjectHandle, KekError> {
        let wanted = [
            Attribute::Class(ObjectClass::SECRET_KEY),
            Attribute::KeyType(KeyType::AES),
            Attribute::Label(self.key.clone().into_bytes()),
        ];
        let found = session.find_objects(&wanted).map_err(|error| failed("look for the key", &error))?;
        let [key] = found[..] else {
            return Err(KekError::refused(format!("the token has not one AES key {:?}", self.key)));
        };
        let secrecy = session
            .get_attributes(key, &[AttributeType::Sensitive, AttributeType::Extractable])
            .map_err(|error| failed("look at the key", &error))?;
        let stays = secrecy.contains(&Attribute::Sensitive(true)) && secrecy.contains(&Attribute::Extractable(false));
        if !stays {
            return Err(KekError::refused(format!(
                "the key {:?} can leave the token: make it sensitive and not extractable",
                self.key
            )));
        }
        Ok(key)
    }
}

impl Kek for Pkcs11Kek {
    fn provider(&self) -> &'static str {
        "pkcs11"
    }

    fn described(&self, _: Suite) -> Vec<Described> {
        vec![Described {
            name: "AES-GCM",
            standard: "NIST SP 800-38D, over PKCS#11 (CKM_AES_GCM)",
            is_commercial: false,
        }]
    }

    fn protect(&self, _: Suite, root: &Secret, entropy: &mut dyn Entropy) -> Result<Vec<u8>, KekError> {
        let mut nonce = [0; NONCE_BYTES];
        entropy.fill(&mut nonce)?;
        let sealed = self.with_key(|session, key| {
            let mechanism = Mechanism::AesGcm(parameters(&mut nonce)?);
            session.encrypt(&mechanism, key, root.expose()).map_err(|error| failed("encrypt", &error))
        })?;
        // Some modules draw a nonce of their own and write it where the given one was, which is why it is copied after.
        Ok([&nonce[..], &sealed].concat())
    }

    fn recover(&self, _: Suite, protected: &[u8]) -> Result<Secret, KekError> {
        let (nonce, sealed) = protected.split_first_chunk::<NONCE_BYTES>().ok_or_else(KekError::unopened)?;
        let mut nonce = *nonce;
        self.with_key(|session, key| {
            let mechanism = Mechanism::AesGcm(parameters(&mut nonce)?);
            // Modules name a tag that is wrong in several ways, and so it is one error.
            session.decrypt(&mechanism, key, sealed).map(Secret::new).map_err(|_| KekError::unopened())
        })
    }
}

fn parameters(nonce: &mut [u8; NONCE_BYTES]) -> Result<GcmParams<'_>, KekError> {
    GcmParams::new(nonce, ASSOCIATED_DATA, TAG_BITS.into()).map_err(|error| failed("set up AES-GCM", &error))
}

fn failed(doing: &str, error: &Error) -> KekError {
    match error {
        Error::Pkcs11(RvError::PinIncorrect, _) => KekError::refused("the security module refuses the PIN"),
        Error::Pkcs11(RvError::PinLocked, _) => {
            KekError::refused("the PIN is locked after too many wrong ones: the security officer has to set a new one")
        }
        Error::Pkcs11(code, _) => KekError::unreachable(format!("the security module cannot {doing}: {code:?}")),
        _ => KekError::unreachable(format!("the security module cannot {doing}")),
    }
}

impl fmt::Debug for Pkcs11Kek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pkcs11Kek({})", self.key)
    }
}
