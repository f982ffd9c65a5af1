//! From a configuration to a proxy that is ready: trail, keys and consents opened, routes made ready.

use crate::config::Config;
use crate::gateway::Gateway;
use crate::number::Numbers;
use crate::record::Recording;
use crate::reload::Difference;
use crate::table::Table;
use crate::traces::Traces;
use pii_core::key::Suite;
use pii_core::policy::Action;
use pii_core::transform::{Asked, Transform, TransformError};
use pii_flow::{Begin, clock, hash_of, signing_key};
use pii_keys::{Keyring, SystemEntropy, Transformer};
use pii_store::trail::HashAlgorithm;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// What the nodes of a ledger are called that are proxies.
const NODE: &str = "pii-proxy";

/// A proxy that is ready, and what it stands on for as long as it runs: a reload changes neither.
pub struct Ready {
    /// What requests share.
    pub gateway: Arc<Gateway>,
    keys: Option<Arc<dyn Transform>>,
    algorithm: HashAlgorithm,
    is_signed: bool,
    /// As it was started.
    runs: Config,
    /// As it was taken last.
    taken: Mutex<Config>,
}

/// Why a proxy does not start, or does not take another configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartError(String);

/// A keyring at work. What is sealed opens with a data key that is kept beside the output, and a gateway keeps none.
#[derive(Debug)]
struct Keys(Transformer);

impl Transform for Keys {
    fn offers(&self, action: Action) -> bool {
        action != Action::Seal && self.0.offers(action)
    }

    fn transform(&self, asked: &Asked<'_>) -> Result<String, TransformError> {
        self.0.transform(asked)
    }
}

impl Ready {
    /// Opens all that `config` names.
    ///
    /// # Errors
    /// Something cannot be read, opened or used, in words.
    pub fn new(config: &Config) -> Result<Self, StartError> {
        let today = clock::today().map_err(wrong)?;
        let ring = config.keyring.as_ref().map(|at| at.open(Suite::Any)).transpose().map_err(wrong)?;
        let suite = ring.as_ref().map_or(Suite::Any, Keyring::suite);
        let keys = ring.as_ref().map(keys).transpose()?;
        let algorithm = hash_of(suite);
        // Before anything is written.
        let table = Table::new(config, keys.clone(), algorithm, today).map_err(StartError)?;
        let traces = Traces::new(config.traces.as_ref()).map_err(StartError)?;
        let signer = ring.as_ref().map(signing_key).transpose().map_err(wrong)?;
        let is_signed = signer.is_some();
        let trail = config.trail.open(suite, signer).map_err(wrong)?;
        let consents =
            config.consents.as_ref().map(|at| at.open(Begin::No, NODE, ring.as_ref(), Some(trail.recorder())));
        let consents = consents.transpose().map_err(wrong)?;
        let recording = Recording::new(trail.recorder(), ring.as_ref()).map_err(wrong)?;
        let numbers = Numbers::new(&mut SystemEntropy).map_err(wrong)?;
        let gateway = Arc::new(Gateway::new(table, numbers, (trail, recording), consents, traces));
        let (runs, taken) = (config.clone(), Mutex::new(config.clone()));
        Ok(Self { gateway, keys, algorithm, is_signed, runs, taken })
    }

    /// Puts another configuration in force. What cannot be changed while the proxy runs (listeners, trail, keyring, consents) is left
    /// as it is, and told.
    ///
    /// # Errors
    /// It cannot be used; the one before stays in force.
    pub fn change(&self, config: &Config) -> Result<Difference, StartError> {
        let today = clock::today().map_err(wrong)?;
        let asks = config.routes.iter().find(|route| route.consent.is_some());
        if let Some(route) = asks.filter(|_| self.gateway.consents.is_none()) {
            let name = route.name.as_str();
            return Err(StartError(format!(
                "the route {name:?} asks for consent, and the proxy was started without a consent store: start it again"
            )));
        }
        let table = Table::new(config, self.keys.clone(), self.algorithm, today).map_err(StartError)?;
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changes = Difference::between(&taken, config, &self.runs);
        let before = self.gateway.table();
        // Files of the same name may say something else.
        if before.versions.policy != table.versions.policy {
            changes.others.push("policy");
        }
        if before.versions.rules != table.versions.rules {
            changes.others.push("rules");
        }
        self.gateway.change(table);
        *taken = config.clone();
        Ok(changes)
    }

    /// What texts are hashed with in the trail.
    #[must_use]
    pub fn algorithm(&self) -> HashAlgorithm {
        self.algorithm
    }

    /// Whether the trail's end can be proved.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        self.is_signed
    }

    /// Closes the trail: what was given to it is on the disk.
    ///
    /// # Errors
    /// Something could not be written.
    pub fn close(self) -> Result<(), StartError> {
        match Arc::try_unwrap(self.gateway) {
            Ok(gateway) => gateway.close().map_err(wrong),
            Err(_) => Err(StartError("requests were still in flight when the time for them was over".to_owned())),
        }
    }
}

/// Whether `config` could be used, by all that is found out without writing anything.
///
/// # Errors
/// What is wrong with it.
pub fn check(config: &Config) -> Result<(), StartError> {
    let today = clock::today().map_err(wrong)?;
    let ring = config.keyring.as_ref().map(|at| at.open(Suite::Any)).transpose().map_err(wrong)?;
    let keys = ring.as_ref().map(keys).transpose()?;
    let suite = ring.as_ref().map_or(Suite::Any, Keyring::suite);
    ring.as_ref().map(signing_key).transpose().map_err(wrong)?;
    let local = config.local.iter().filter_map(|local| local.tls.as_ref());
    for tls in config.listeners.iter().filter_map(|listener| listener.tls.as_ref()).chain(local) {
        crate::tls::server(tls, true).map_err(StartError)?;
    }
    Table::new(config, keys, hash_of(suite), today).map(drop).map_err(StartError)
}

fn keys(ring: &Keyring) -> Result<Arc<dyn Transform>, StartError> {
    Ok(Arc::new(Keys(Transformer::new(ring, &mut SystemEntropy).map_err(wrong)?)))
}

fn wrong(error: impl fmt::Display) -> StartError {
    StartError(error.to_string())
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}

impl fmt::Debug for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ready({:?})", self.gateway)
    }
}
