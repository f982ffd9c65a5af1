//! The first line of a request (RFC 9112 §3).

use super::alphabet::alphanumeric_and;
use super::authority;
use super::fault::Fault;
use super::field::is_token;
use std::ops::Range;

/// What the rest of the head is held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RequestLine {
    /// HTTP/1.1, else HTTP/1.0.
    pub(super) is_version_11: bool,
    pub(super) is_connect: bool,
    /// Where in the line the target names the host, in bytes; none in the forms that leave that to `Host`.
    pub(super) authority: Option<Range<usize>>,
}

impl RequestLine {
    /// Reads a line without its CRLF.
    pub(super) fn parse(line: &[u8]) -> Result<Self, Fault> {
        let mut parts = line.split(|byte| *byte == b' ');
        let (Some(method), Some(target), Some(version), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Fault::RequestLine);
        };
        if method.is_empty() || target.is_empty() || version.is_empty() {
            return Err(Fault::RequestLine);
        }
        if !method.iter().copied().all(is_token) {
            return Err(Fault::Method);
        }
        let is_version_11 = is_version_11(version)?;
        let is_connect = method == b"CONNECT";
        let authority = authority_in(method, target)?.map(|range| {
            let target_at = method.len() + 1;
            range.start + target_at..range.end + target_at
        });
        Ok(Self { is_version_11, is_connect, authority })
    }
}

fn is_version_11(version: &[u8]) -> Result<bool, Fault> {
    match version.strip_prefix(b"HTTP/") {
        Some(b"1.1") => Ok(true),
        Some(b"1.0") => Ok(false),
        Some([major, b'.', minor]) if major.is_ascii_digit() && minor.is_ascii_digit() => {
            Err(Fault::VersionUnsupported)
        }
        _ => Err(Fault::VersionMalformed),
    }
}

/// Holds a target against the form that its method asks for, and says where it names the host (RFC 9112 §3.2).
fn authority_in(method: &[u8], target: &[u8]) -> Result<Option<Range<usize>>, Fault> {
    if target.contains(&b'#') {
        return Err(Fault::TargetFragment);
    }
    if !target.iter().all(|byte| IN_TARGET[usize::from(*byte)]) {
        return Err(Fault::TargetCharacter);
    }
    if method == b"CONNECT" {
        let is_good = authority::is_host_with_port(target);
        return if is_good { Ok(Some(0..target.len())) } else { Err(Fault::TargetAuthority) };
    }
    match target {
        [b'/', ..] => Ok(None),
        b"*" if method == b"OPTIONS" => Ok(None),
        _ => absolute(target).map(Some),
    }
}

/// Where an absolute target (RFC 9112 §3.2.2) names the host. Schemes other than HTTP's are nobody's to serve here.
fn absolute(target: &[u8]) -> Result<Range<usize>, Fault> {
    let has = |scheme: &[u8]| target.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    let scheme = ["http://", "https://"].into_iter().find(|scheme| has(scheme.as_bytes())).ok_or(Fault::TargetForm)?;
    let start = scheme.len();
    let is_end = |byte: &u8| matches!(byte, b'/' | b'?');
    let end = target[start..].iter().position(is_end).map_or(target.len(), |at| start + at);
    if authority::is_host(&target[start..end]) { Ok(start..end) } else { Err(Fault::TargetAuthority) }
}

/// What a target may be made of: RFC 3986, and of what else clients leave unencoded, that which no server reads as
/// something different. A backslash is not among it: some take it for a slash.
static IN_TARGET: [bool; 256] = alphanumeric_and(b"-._~:/?[]@!$&'()*+,;=%|{}^");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_found_where_the_target_names_it() {
        for (line, named) in [
            ("GET / HTTP/1.1", None),
            ("GET //other/x HTTP/1.1", None),
            ("OPTIONS * HTTP/1.1", None),
            ("GET http://gateway/x HTTP/1.1", Some("gateway")),
            ("GET HTTPS://gateway:8443?x HTTP/1.0", Some("gateway:8443")),
            ("CONNECT gateway:443 HTTP/1.1", Some("gateway:443")),
        ] {
            let parsed = RequestLine::parse(line.as_bytes()).expect("well-formed");
            assert_eq!(parsed.authority.map(|range| &line[range]), named, "{line}");
        }
    }
}
