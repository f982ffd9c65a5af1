//! A log server over TLS: messages of RFC 5424 in the frames of RFC 5425.

use super::{PATIENCE, Witness};
use crate::trail::TrailError;
use crate::trail::head::Head;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::sync::Arc;

/// Facility 13, log audit; severity 6, informational.
const PRIORITY: u8 = 13 * 8 + 6;

/// How often a connection without an answer is asked whether it is still there, once it was quiet for [`PATIENCE`].
#[cfg(target_os = "linux")]
const PROBES: u32 = 3;

/// Sends heads to a log server. It has no way to say that it kept them: what went out over a connection that broke at that
/// moment is lost, and the next heads say all that those did. A line that was cut is noticed when the heads behind the lost ones
/// are sent, since the system gives a connection up on which nothing is acknowledged for five seconds; by itself it would try
/// for a quarter of an hour.
pub struct SyslogWitness {
    address: String,
    server: ServerName<'static>,
    config: Arc<ClientConfig>,
    stream: Option<Stream>,
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
        let mut stream = match self.stream.take().map(alive) {
            Some(Ok(stream)) => stream,
            Some(Err(_)) | None => self.connect()?,
        };
        for head in heads {
            stream.write_all(framed(head).as_bytes())?;
        }
        stream.flush()?;
        self.stream = Some(stream);
        Ok(())
    }

    fn connect(&self) -> io::Result<Stream> {
        let mut last = io::Error::from(io::ErrorKind::NotFound);
        for address in self.address.to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, PATIENCE) {
                Ok(socket) => {
                    socket.set_write_timeout(Some(PATIENCE))?;
                    socket.set_read_timeout(Some(PATIENCE))?;
                    give_up_early(&socket)?;
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

type Stream = StreamOwned<ClientConnection, TcpStream>;

/// A connection, unless its other side has closed it or the system has given it up. Writing to it would tell so too late: what is
/// written first is taken, and lost.
fn alive(mut stream: Stream) -> io::Result<Stream> {
    stream.sock.set_nonblocking(true)?;
    // A log server says nothing; what may come is of TLS.
    let is_quiet = match stream.read(&mut [0; 64]) {
        Ok(count) => count > 0,
        Err(error) => error.kind() == io::ErrorKind::WouldBlock,
    };
    stream.sock.set_nonblocking(false)?;
    if is_quiet { Ok(stream) } else { Err(io::ErrorKind::NotConnected.into()) }
}

/// Has the system notice in seconds that nobody is there any more.
fn give_up_early(socket: &TcpStream) -> io::Result<()> {
    #[cfg(unix)]
    rustix::net::sockopt::set_socket_keepalive(socket, true)?;
    #[cfg(target_os = "linux")]
    {
        use rustix::net::sockopt::{set_tcp_keepcnt, set_tcp_keepidle, set_tcp_keepintvl, set_tcp_user_timeout};
        set_tcp_keepidle(socket, PATIENCE)?;
        set_tcp_keepintvl(socket, PATIENCE / PROBES)?;
        set_tcp_keepcnt(socket, PROBES)?;
        set_tcp_user_timeout(socket, u32::try_from(PATIENCE.as_millis()).unwrap_or(u32::MAX))?;
    }
    Ok(())
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use rustix::net::sockopt::{socket_keepalive, tcp_keepcnt, tcp_keepidle, tcp_user_timeout};

    #[test]
    fn a_connection_is_given_up_in_seconds() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let socket = TcpStream::connect(listener.local_addr().expect("bound")).expect("there");
        assert_ne!(tcp_user_timeout(&socket), Ok(5000), "not by itself");
        give_up_early(&socket).expect("it is a socket");
        assert_eq!((tcp_user_timeout(&socket), socket_keepalive(&socket)), (Ok(5000), Ok(true)));
        assert_eq!((tcp_keepidle(&socket), tcp_keepcnt(&socket)), (Ok(PATIENCE), Ok(PROBES)));
    }
}
