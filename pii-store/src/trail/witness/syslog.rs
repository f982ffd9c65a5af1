//! A log server over TLS: messages of RFC 5424 in the frames of RFC 5425.

use super::{PATIENCE, Witness};
use crate::trail::TrailError;
use crate::trail::head::Head;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::fmt;
use std::io::{self, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::sync::Arc;

/// Facility 13, log audit; severity 6, informational.
const PRIORITY: u8 = 13 * 8 + 6;

/// Sends heads to a log server. It has no way to say that it kept them: what went out over a connection that broke at that
/// moment is lost, and the next heads say all that those did.
pub struct SyslogWitness {
    address: String,
    server: ServerName<'static>,
    config: Arc<ClientConfig>,
    stream: Option<StreamOwned<ClientConnection, TcpStream>>,
}

impl SyslogWitness {
    /// A log server at `HOST:PORT` (RFC 5425 has 6514) whose certificate this authority signed.
    ///
    /// # Errors
    /// The address is none, or there is no certificate in `authority_pem`.
    pub fn new(address: &str, authority_pem: &[u8]) -> Result<Self, TrailError> {
        let host = address.rsplit_once(':').map(|(host, _)| host.trim_matches(['[', ']']).to_owned());
        let server = host.and_then(|host| ServerName::try_from(host).ok());
        let server = server.ok_or_else(|| TrailError::unusable("the address of a log server: write HOST:PORT"))?;
        let wrong =
            || TrailError::unusable("a log server needs the certificate of the authority that signed its own, in PEM");
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(authority_pem) {
            roots.add(certificate.map_err(|_| wrong())?).map_err(|_| wrong())?;
        }
        if roots.is_empty() {
            return Err(wrong());
        }
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|_| TrailError::unusable("TLS cannot be set up"))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { address: address.to_owned(), server, config: Arc::new(config), stream: None })
    }

    fn write(&mut self, heads: &[Head]) -> io::Result<()> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => self.connect()?,
        };
        for head in heads {
            stream.write_all(framed(head).as_bytes())?;
        }
        stream.flush()?;
        self.stream = Some(stream);
        Ok(())
    }

    fn connect(&self) -> io::Result<StreamOwned<ClientConnection, TcpStream>> {
        let mut last = io::Error::from(io::ErrorKind::NotFound);
        for address in self.address.to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, PATIENCE) {
                Ok(socket) => {
                    socket.set_write_timeout(Some(PATIENCE))?;
                    socket.set_read_timeout(Some(PATIENCE))?;
                    let connection = ClientConnection::new(Arc::clone(&self.config), self.server.clone());
                    let connection = connection.map_err(io::Error::other)?;
                    return Ok(StreamOwned::new(connection, socket));
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

/// A message and its length in front.
fn framed(head: &Head) -> String {
    let message = format!("<{PRIORITY}>1 {} {} pii-trail - HEAD - {}", head.at, head.node, head.to_line());
    format!("{} {message}", message.len())
}

impl Witness for SyslogWitness {
    fn send(&mut self, heads: &[Head]) -> Result<(), TrailError> {
        // A connection that was closed in between is noticed by writing to it: then once more, on a new one.
        let was_open = self.stream.is_some();
        let sent = match self.write(heads) {
            Err(_) if was_open => self.write(heads),
            sent => sent,
        };
        sent.map_err(|error| TrailError::unusable(format!("the log server at {} takes nothing: {error}", self.address)))
    }
}

impl fmt::Debug for SyslogWitness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SyslogWitness({})", self.address)
    }
}
