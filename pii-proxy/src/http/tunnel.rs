//! CONNECT: a tunnel that ends here and is looked into, or one that passes unread (RFC 9110 §9.3.6).

use super::answer::{self, Answer};
use super::exchange;
use super::framing::Handle;
use crate::config::HTTPS_PORT;
use crate::forward::{Pass, Towards};
use crate::gateway::Gateway;
use crate::record::Decided;
use crate::stop::{Stop, Why};
use crate::upstream::Sent;
use hyper::body::Incoming;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use pii_flow::{Items, clock};
use pii_store::trail::{Ending, Name, Position, Verdict};
use rustls::server::ServerConfig;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// So much is passed on at a time, in bytes.
const PIECE_BYTES: usize = 16 << 10;

/// A tunnel that was granted: what comes behind the answer.
pub(super) struct Granted {
    pub(super) upgrade: OnUpgrade,
    pub(super) to: To,
}

/// Where it leads.
pub(super) enum To {
    /// It ends here: the host and the port that it is to, and what is spoken as that host.
    Here(String, Arc<ServerConfig>),
    /// It passes unread.
    Through(Through),
}

/// A tunnel that passes unread.
pub(super) struct Through {
    upstream: TcpStream,
    open: Open,
}

/// A tunnel whose decision is on the disk. Whatever becomes of it has an outcome: if nobody says another one, nothing was sent.
struct Open {
    gateway: Arc<Gateway>,
    message: Name,
    route: Name,
    decision: Position,
    ending: Ending,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.gateway.metrics.ended(&self.route, self.ending);
        self.gateway.recording.ended(self.decision, self.ending);
    }
}

/// Answers CONNECT.
pub(super) async fn connect(
    gateway: &Arc<Gateway>,
    mut request: Request<Incoming>,
    guard: &Handle,
) -> (Response<Answer>, Option<Granted>) {
    let message = gateway.numbers.next();
    let to = match granted(gateway, &request, &message).await {
        Ok(to) => to,
        Err(stop) => return (exchange::turned_away(gateway, stop, &message, None), None),
    };
    let upgrade = hyper::upgrade::on(&mut request);
    if guard.tunnel().is_err() {
        let stop = Stop::new(Why::Tunnel, "a tunnel begins exactly behind its head, over HTTP/1.1");
        return (exchange::turned_away(gateway, stop, &message, None), None);
    }
    let mut response = Response::new(Answer::Own(super::Own::default()));
    answer::tell(&mut response, &message, Sent::No);
    (response, Some(Granted { upgrade, to }))
}

/// Where a tunnel leads that may be.
async fn granted(gateway: &Arc<Gateway>, request: &Request<Incoming>, message: &Name) -> Result<To, Stop> {
    let host = exchange::host(request)?;
    let authority = request.uri().authority();
    let named = authority.and_then(|authority| Some((authority.host().to_ascii_lowercase(), authority.port_u16()?)));
    let (name, port) = named.ok_or_else(|| Stop::new(Why::Tunnel, "CONNECT names a host and a port"))?;
    let table = gateway.table();
    let today = clock::today().map_err(|error| Stop::new(Why::Engine, error.to_string()))?;
    let towards = table.forward.as_ref().map(|forward| forward.towards(&name, port, today)).transpose();
    match towards.map_err(|what| Stop::new(Why::Engine, what))?.flatten() {
        Some(Towards::Here(config)) => Ok(To::Here(host, config)),
        Some(Towards::Through(pass)) => {
            // In a task of its own: a client that goes away in the middle takes no outcome with it.
            let opening = through(Arc::clone(gateway), pass, (name, port), message.clone());
            let opened = gateway.under_way.spawn(opening).await;
            opened
                .unwrap_or_else(|_| Err(Stop::new(Why::Engine, "the proxy failed to open the tunnel")))
                .map(To::Through)
        }
        None => Err(Stop::new(
            Why::Tunnel,
            "no tunnel leads there: list the host under [forward] intercept, or write [[forward.pass]] for it",
        )),
    }
}

/// Records that a tunnel passes unread, and connects it.
async fn through(
    gateway: Arc<Gateway>,
    pass: Arc<Pass>,
    (host, port): (String, u16),
    message: Name,
) -> Result<Through, Stop> {
    let table = gateway.table();
    let today = clock::today().map_err(|error| Stop::new(Why::Engine, error.to_string()))?;
    let prepared = table.prepared_for(&pass.route, today);
    let prepared = prepared.ok_or_else(|| Stop::new(Why::Engine, "the policy of this tunnel cannot be made ready"))?;
    let mut items = Items::default();
    pass.at.kinds.iter().for_each(|kind| items.add_declared(*kind));
    let denied = pass.at.kinds.iter().find(|kind| !prepared.lets_pass(**kind, ""));
    let verdict = if denied.is_some() { Verdict::Block } else { Verdict::Send };
    let (route, versions) = (&pass.route, &table.versions);
    let decided =
        Decided { message: &message, route, versions, verdict, items: &items, subject: None, input: &[], output: &[] };
    let decision = gateway.recording.decided(&decided, table.timeouts.record).await?;
    let route = pass.route.name.clone();
    let open = Open { gateway, message, route, decision, ending: Ending::Refused };
    if let Some(kind) = denied {
        let detail = "the tunnel is declared to hold it, and the policy does not let it leave in clear";
        return Err(Stop::new(Why::Found, detail).of(*kind));
    }
    let host = host.trim_matches(['[', ']']);
    let refused = |what: &'static str| Stop::new(Why::Upstream, what);
    let connected = tokio::time::timeout(table.timeouts.connect, TcpStream::connect((host, port))).await;
    let connected =
        connected.map_err(|_| refused("the host of the tunnel was not reached in time; nothing was sent to it"))?;
    let upstream =
        connected.map_err(|_| refused("the host of the tunnel cannot be reached; nothing was sent to it"))?;
    let (message_name, route) = (open.message.as_str(), open.route.as_str());
    tracing::info!(message_name, route, why = pass.at.why, "a tunnel passes unread");
    Ok(Through { upstream, open })
}

impl Through {
    /// Passes everything on, both ways, until both ends have ended, nothing moves any more, or the proxy's time is over.
    pub(super) async fn pass(self, client: Upgraded, idle: Duration) {
        let Self { upstream, mut open } = self;
        let (mut from_client, mut to_client) = tokio::io::split(TokioIo::new(client));
        let (mut from_upstream, mut to_upstream) = upstream.into_split();
        let [sent, received] = [AtomicU64::new(0), AtomicU64::new(0)];
        open.ending = Ending::Unknown;
        let both = async {
            tokio::join!(
                passed(&mut from_client, &mut to_upstream, &sent),
                passed(&mut from_upstream, &mut to_client, &received)
            )
        };
        tokio::select! {
            (out, back) = both => if out.is_ok() && back.is_ok() { open.ending = Ending::Sent },
            () = still([&sent, &received], idle) => {}
            () = open.gateway.under_way.over() => {}
        }
        let [sent, received] = [sent, received].map(AtomicU64::into_inner);
        let (message_name, route) = (open.message.as_str(), open.route.as_str());
        tracing::info!(message_name, route, sent, received, "a tunnel has ended");
    }
}

/// Passes one way on, to its end.
async fn passed(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    count: &AtomicU64,
) -> io::Result<()> {
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        match from.read(&mut piece).await? {
            0 => return to.shutdown().await,
            length => {
                to.write_all(&piece[..length]).await?;
                count.fetch_add(length as u64, Ordering::Relaxed);
            }
        }
    }
}

/// Returns once nothing has moved for so long.
async fn still(counts: [&AtomicU64; 2], idle: Duration) {
    let now = || counts.map(|count| count.load(Ordering::Relaxed));
    let mut last = now();
    loop {
        tokio::time::sleep(idle).await;
        if now() == last {
            return;
        }
        last = now();
    }
}

/// Whether a request that came in a tunnel names the host that the tunnel is to. Both are in small letters.
pub(super) fn is_same_host(tunnel: &str, named: &str) -> bool {
    let of = |authority: &str| {
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host.to_owned(), port.parse().ok()),
            _ => (authority.to_owned(), Some(HTTPS_PORT)),
        };
        port.map(|port: u16| (host, port))
    };
    let (tunnel, named) = (of(tunnel), of(named));
    tunnel.is_some() && tunnel == named
}

#[cfg(test)]
mod tests {
    use super::is_same_host;

    #[test]
    fn a_request_is_for_the_host_of_its_tunnel() {
        for (tunnel, named, is_it) in [
            ("a.example:443", "a.example", true),
            ("a.example:443", "a.example:443", true),
            ("a.example:8443", "a.example:8443", true),
            ("a.example:8443", "a.example", false),
            ("a.example:443", "b.example", false),
            ("a.example:443", "", false),
            ("[::1]:443", "[::1]", true),
            ("a.example:443", "a.example:x", false),
        ] {
            assert_eq!(is_same_host(tunnel, named), is_it, "{tunnel} {named}");
        }
    }
}
