//! Tunnels: where a CONNECT leads to, and the certificates by which one is looked into.

mod authority;

pub(crate) use authority::Authority;

use crate::config::{ForwardAt, PassAt, Route, Target, route_of_flow};
use pii_core::policy::Date;
use rustls::server::ServerConfig;
use std::sync::Arc;

/// What becomes of CONNECT, made ready.
pub(crate) struct Forward {
    authority: Option<Authority>,
    intercept: Vec<Target>,
    pass: Vec<Arc<Pass>>,
}

/// A host to which tunnels pass unread.
pub(crate) struct Pass {
    pub(crate) at: PassAt,
    /// The flow that it is, for policy and record.
    pub(crate) route: Route,
}

/// Where a tunnel leads.
pub(crate) enum Towards {
    /// It ends here, and what is in it is looked into.
    Here(Arc<ServerConfig>),
    /// It passes unread.
    Through(Arc<Pass>),
}

impl Forward {
    /// Reads the authority's files, and makes certificates for the hosts that are named, to see that it may.
    ///
    /// # Errors
    /// A file cannot be read, is none of those, the key is not the certificate's, or it may not sign for a host.
    pub(crate) fn new(at: &ForwardAt, today: Date) -> Result<Self, String> {
        let authority = at.authority.as_ref().map(|(certificate, key)| Authority::new(certificate, key)).transpose()?;
        if let Some(authority) = &authority {
            for target in &at.intercept {
                let host = if target.is_below { format!("a.{}", target.host) } else { target.host.clone() };
                authority.checked(&host, today)?;
            }
        }
        let pass = |at: &PassAt| {
            let flow = route_of_flow(at.channel.clone(), at.recipient.clone(), at.purpose.clone(), 0);
            Arc::new(Pass { at: at.clone(), route: Route { name: at.name.clone(), ..flow } })
        };
        Ok(Self { authority, intercept: at.intercept.clone(), pass: at.pass.iter().map(pass).collect() })
    }

    /// Where a tunnel to `host`, in small letters, and `port` leads. `None`: nowhere.
    ///
    /// # Errors
    /// No certificate can be made for it.
    pub(crate) fn towards(&self, host: &str, port: u16, today: Date) -> Result<Option<Towards>, String> {
        if let Some(authority) =
            self.authority.as_ref().filter(|_| self.intercept.iter().any(|target| target.is(host, port)))
        {
            return authority.server(host, today).map(|config| Some(Towards::Here(config)));
        }
        Ok(self.pass.iter().find(|pass| pass.at.target.is(host, port)).map(|pass| Towards::Through(Arc::clone(pass))))
    }

    /// What tunnels are called that pass.
    pub(crate) fn passes(&self) -> impl Iterator<Item = &Arc<Pass>> {
        self.pass.iter()
    }
}
