//! Requests as clients send them, and as attackers do.

use pii_proxy::http::framing::Fault;

/// A request that has to pass as it is.
pub(crate) struct Good {
    pub(crate) name: &'static str,
    pub(crate) bytes: &'static str,
    /// How many messages it is.
    pub(crate) messages: usize,
}

/// A connection that has to end: `good` is passed on, then comes the fault.
pub(crate) struct Bad {
    pub(crate) name: &'static str,
    pub(crate) good: &'static str,
    pub(crate) bad: &'static str,
    pub(crate) fault: Fault,
}

macro_rules! good {
    ($(($name:literal, $messages:literal, $($part:expr),+)),+ $(,)?) => {
        &[$(Good { name: $name, bytes: concat!($($part),+), messages: $messages }),+]
    };
}

macro_rules! bad {
    ($(($fault:ident, $name:literal, $good:expr, $bad:expr)),+ $(,)?) => {
        &[$(Bad { name: $name, good: $good, bad: $bad, fault: Fault::$fault }),+]
    };
}

/// A head of which all but the request line and these fields is well-formed.
macro_rules! get {
    ($($fields:literal)?) => { concat!("GET / HTTP/1.1\r\nHost: gateway\r\n", $($fields,)? "\r\n") };
}

macro_rules! post {
    ($fields:literal) => {
        concat!("POST /sms HTTP/1.1\r\nHost: gateway\r\n", $fields, "\r\n")
    };
}

macro_rules! line {
    ($line:literal) => {
        concat!($line, "\r\nHost: gateway\r\n\r\n")
    };
}

macro_rules! host {
    ($host:literal) => {
        concat!("GET / HTTP/1.1\r\nHost:", $host, "\r\n\r\n")
    };
}

const CHUNKED: &str = post!("Transfer-Encoding: chunked\r\n");

macro_rules! chunked {
    ($body:literal) => {
        concat!("POST /sms HTTP/1.1\r\nHost: gateway\r\nTransfer-Encoding: chunked\r\n\r\n", $body)
    };
}

pub(crate) const GOOD: &[Good] = good![
    ("curl, GET", 1, "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: curl/8.14.1\r\nAccept: */*\r\n\r\n"),
    (
        "curl, POST of a form",
        1,
        "POST /sms HTTP/1.1\r\nHost: gateway:8080\r\nUser-Agent: curl/8.14.1\r\nAccept: */*\r\n\
        Content-Length: 29\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\nmobile=13800138000&text=hello"
    ),
    (
        "curl, through a proxy",
        1,
        "GET http://gateway/a?b=c HTTP/1.1\r\nHost: gateway\r\nUser-Agent: curl/8.14.1\r\n\
        Accept: */*\r\nProxy-Connection: Keep-Alive\r\n\r\n"
    ),
    ("curl, Expect", 1, post!("Expect: 100-continue\r\nContent-Length: 3\r\n"), "abc"),
    ("curl, HEAD", 1, "HEAD / HTTP/1.1\r\nHost: gateway\r\nUser-Agent: curl/8.14.1\r\nAccept: */*\r\n\r\n"),
    (
        "nginx, proxy_pass as it is by itself",
        1,
        "POST /sms HTTP/1.0\r\nHost: backend\r\nConnection: close\r\n\
        Content-Length: 2\r\nX-Real-IP: 127.0.0.1\r\n\r\n{}"
    ),
    (
        "nginx, keepalive",
        1,
        "GET /a HTTP/1.1\r\nHost: backend\r\nConnection: \r\nX-Forwarded-For: 127.0.0.1, ::1\r\n\
        X-Forwarded-Proto: https\r\n\r\n"
    ),
    (
        "Java HttpClient 1.1",
        1,
        "POST /sms HTTP/1.1\r\nContent-Length: 2\r\nHost: gateway:8080\r\n\
        User-Agent: Java-http-client/21.0.8\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{}"
    ),
    (
        "Java HttpClient 1.1, chunked",
        1,
        "POST /sms HTTP/1.1\r\nTransfer-encoding: chunked\r\nHost: gateway\r\n\
        User-Agent: Java-http-client/17.0.16\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    ),
    (
        "Java HttpURLConnection",
        1,
        "POST /sms HTTP/1.1\r\nUser-Agent: Java/1.8.0_442\r\nHost: gateway\r\n\
        Accept: text/html, image/gif, image/jpeg, */*; q=0.2\r\nConnection: keep-alive\r\n\
        Content-type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\na=b"
    ),
    (
        "Apache HttpClient 4",
        1,
        "POST /sms HTTP/1.1\r\nContent-Length: 2\r\nContent-Type: application/json; charset=UTF-8\r\n\
        Host: gateway:80\r\nConnection: Keep-Alive\r\nUser-Agent: Apache-HttpClient/4.5.14 (Java/1.8.0_442)\r\n\
        Accept-Encoding: gzip,deflate\r\n\r\n{}"
    ),
    (
        "okhttp",
        1,
        "POST /sms HTTP/1.1\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: 2\r\n\
        Host: gateway\r\nConnection: Keep-Alive\r\nAccept-Encoding: gzip\r\nUser-Agent: okhttp/4.12.0\r\n\r\n{}"
    ),
    (
        "Go net/http",
        1,
        "POST /sms HTTP/1.1\r\nHost: gateway:8080\r\nUser-Agent: Go-http-client/1.1\r\nContent-Length: 2\r\n\
        Content-Type: application/json\r\nAccept-Encoding: gzip\r\n\r\n{}"
    ),
    (
        "Go net/http, length unknown",
        1,
        "POST /sms HTTP/1.1\r\nHost: gateway\r\nUser-Agent: Go-http-client/1.1\r\n\
        Transfer-Encoding: chunked\r\nAccept-Encoding: gzip\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"
    ),
    (
        "python-requests",
        1,
        "POST /sms HTTP/1.1\r\nHost: gateway:8080\r\nUser-Agent: python-requests/2.32.3\r\n\
        Accept-Encoding: gzip, deflate, br, zstd\r\nAccept: */*\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\
        Content-Type: application/json\r\n\r\n{}"
    ),
    (
        "python-requests, generator",
        1,
        "POST /sms HTTP/1.1\r\nHost: gateway\r\nUser-Agent: python-requests/2.32.3\r\n\
        Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    ),
    (
        "Node fetch",
        1,
        "POST /sms HTTP/1.1\r\nhost: gateway\r\nconnection: keep-alive\r\ncontent-type: application/json\r\n\
        accept: */*\r\naccept-language: *\r\nsec-fetch-mode: cors\r\nuser-agent: node\r\ncontent-length: 2\r\n\r\n{}"
    ),
    (
        ".NET HttpClient",
        1,
        "POST /sms HTTP/1.1\r\nHost: gateway:8080\r\nTransfer-Encoding: chunked\r\n\
        Content-Type: application/json; charset=utf-8\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    ),
    (
        "PHP streams",
        1,
        "POST /sms HTTP/1.0\r\nHost: gateway\r\nConnection: close\r\nContent-Length: 3\r\n\
        Content-type: application/x-www-form-urlencoded\r\n\r\na=b"
    ),
    ("ApacheBench", 1, "GET / HTTP/1.0\r\nHost: gateway\r\nUser-Agent: ApacheBench/2.3\r\nAccept: */*\r\n\r\n"),
    ("HTTP/1.0 without Host", 1, "GET / HTTP/1.0\r\n\r\n"),
    ("HTTP/1.0 with an absolute target and no Host", 1, "GET http://gateway/ HTTP/1.0\r\n\r\n"),
    ("HTTP/1.0 with keep-alive", 1, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
    ("GET without a body", 1, get!()),
    ("GET with a body", 1, get!("Content-Length: 3\r\n"), "abc"),
    ("DELETE with length 0", 1, "DELETE /a HTTP/1.1\r\nHost: gateway\r\nContent-Length: 0\r\n\r\n"),
    ("POST with length 0", 1, post!("Content-Length: 0\r\n")),
    ("POST without a length", 1, post!("Accept: */*\r\n")),
    ("length with zeros in front", 1, post!("Content-Length: 003\r\n"), "abc"),
    ("a body that looks like a request", 1, post!("Content-Length: 18\r\n"), "GET / HTTP/1.1\r\n\r\n"),
    ("a body of line ends and control characters", 1, post!("Content-Length: 6\r\n"), "\n\r\0\u{1}\r\n"),
    ("OPTIONS of the server", 1, line!("OPTIONS * HTTP/1.1")),
    ("OPTIONS of a resource", 1, line!("OPTIONS /a HTTP/1.1")),
    ("a method of its own", 1, line!("M-SEARCH /a HTTP/1.1")),
    ("an absolute target in capitals", 1, "GET HTTP://GATEWAY/ HTTP/1.1\r\nHost: gateway\r\n\r\n"),
    (
        "an absolute target with a port and a query",
        1,
        "GET https://gateway:8443?a HTTP/1.1\r\nHost: gateway:8443\r\n\r\n"
    ),
    ("a target with two slashes", 1, line!("GET //other/a HTTP/1.1")),
    ("a target with what should be encoded", 1, line!("GET /{a}?b={c:[1|2]}^ HTTP/1.1")),
    ("a target with encoded Chinese", 1, line!("GET /%E7%9F%AD%E4%BF%A1?to=%31 HTTP/1.1")),
    ("IPv6", 1, host!(" [::1]:8080")),
    ("no space behind the colon", 1, host!("gateway")),
    ("tabs and spaces around a value", 1, host!("\t gateway \t ")),
    ("spaces around a length", 1, post!("Content-Length: \t 3 \t\r\n"), "abc"),
    ("chunked in another case", 1, post!("transfer-ENCODING:Chunked \r\n"), "0\r\n\r\n"),
    ("an empty field", 1, get!("X-Empty:\r\n")),
    ("a value in UTF-8", 1, get!("X-Sign: 【某某证券】\r\n")),
    ("a value with colons and quotes", 1, get!("X-Time: \"10:30:00\"; a=b\r\n")),
    ("a name with every kind of character", 1, get!("!#$%&'*+-.^_`|~09azAZ: x\r\n")),
    ("names with underscores", 1, get!("app_key: x\r\ntrace_id: y\r\n")),
    ("one empty line before", 1, "\r\n", get!()),
    ("Connection with names of its own", 1, get!("Connection: keep-alive, X-Hop, TE\r\nX-Hop: a\r\nTE: trailers\r\n")),
    ("Trailer announced and not sent", 1, post!("Trailer: X-Sum\r\nTransfer-Encoding: chunked\r\n"), "0\r\n\r\n"),
    ("Expect with chunks", 1, post!("Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n"), "1\r\na\r\n0\r\n\r\n"),
    ("chunked, empty", 1, chunked!("0\r\n\r\n")),
    ("chunked, digits of both cases", 1, chunked!("A\r\n0123456789\r\nb\r\n0123456789a\r\n0\r\n\r\n")),
    ("chunked, zeros in front", 1, chunked!("0000000000000002\r\nab\r\n0000000000000000\r\n\r\n")),
    ("chunked, line ends in the data", 1, chunked!("8\r\n\r\n0\r\n\r\n\n\r\n0\r\n\r\n")),
    ("chunked, one byte each", 1, chunked!("1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n")),
    ("pipelined, without bodies", 3, get!(), get!(), get!()),
    ("pipelined, with bodies", 3, post!("Content-Length: 3\r\n"), "abc", chunked!("1\r\na\r\n0\r\n\r\n"), get!()),
    ("pipelined, with an empty line between", 2, post!("Content-Length: 3\r\n"), "abc\r\n", get!()),
    ("pipelined, the last of HTTP/1.0", 2, get!(), "GET / HTTP/1.0\r\n\r\n"),
    ("an upgrade that nobody follows, and a request", 2, get!("Connection: Upgrade\r\nUpgrade: websocket\r\n"), get!()),
    ("an upgrade with a body", 1, post!("Upgrade: websocket\r\nContent-Length: 1\r\n"), "a"),
];

pub(crate) const BAD: &[Bad] = bad![
    // RFC 9112 §2.2: lines end in CRLF.
    (BareLineFeed, "LF behind the request line", "", "GET / HTTP/1.1\nHost: gateway\r\n\r\n"),
    (BareLineFeed, "LF behind a field", "", get!("X: a\n")),
    (BareLineFeed, "LF that hides a field", "", get!("X: a\nContent-Length: 5\r\n")),
    (BareLineFeed, "LF at the end", "", "GET / HTTP/1.1\r\nHost: gateway\r\n\n"),
    (BareLineFeed, "LF before the request line", "", concat!("\n", get!())),
    (BareLineFeed, "LF only", "", "GET / HTTP/1.1\nHost: gateway\n\n"),
    (BareLineFeed, "LF between messages", get!(), concat!("\n", get!())),
    (BareCarriageReturn, "CR in a value", "", get!("X: a\rb\r\n")),
    (BareCarriageReturn, "CR that hides a field", "", get!("X: a\rContent-Length: 5\r\n")),
    (BareCarriageReturn, "CR in the request line", "", "GET /\r HTTP/1.1\r\nHost: gateway\r\n\r\n"),
    (BareCarriageReturn, "two CRs before a LF", "", get!("X: a\r\r\n")),
    (BareCarriageReturn, "CR before the request line", "", concat!("\r", get!())),
    (BareCarriageReturn, "CR before the colon", "", get!("Content-Length\r: 5\r\n")),
    (ControlCharacter, "NUL in a value", "", get!("X: a\0b\r\n")),
    (ControlCharacter, "NUL in a name", "", get!("X\0: a\r\n")),
    (ControlCharacter, "NUL in the target", "", "GET /\0 HTTP/1.1\r\nHost: gateway\r\n\r\n"),
    (ControlCharacter, "escape in a value", "", get!("X: \u{1b}[31m\r\n")),
    (ControlCharacter, "DEL in a value", "", get!("X: a\u{7f}\r\n")),
    (ControlCharacter, "a handshake of TLS", "", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}"),
    (ControlCharacter, "vertical tab before chunked", "", post!("Transfer-Encoding: \u{b}chunked\r\n")),
    (ControlCharacter, "form feed behind a length", "", post!("Content-Length: 5\u{c}\r\n")),
    (EmptyLines, "two empty lines", "", concat!("\r\n\r\n", get!())),
    (EmptyLines, "two empty lines between messages", get!(), concat!("\r\n\r\n", get!())),
    (LeadingSpace, "space before the request line", "", concat!(" ", get!())),
    (LeadingSpace, "tab before the request line", "", concat!("\t", get!())),
    (LeadingSpace, "space before the first field", "", "GET / HTTP/1.1\r\n Host: gateway\r\n\r\n"),
    (LeadingSpace, "a first field of white space", "", "GET / HTTP/1.1\r\n \r\nHost: gateway\r\n\r\n"),
    // RFC 9112 §3: the request line.
    (RequestLine, "HTTP/0.9", "", "GET /\r\n"),
    (RequestLine, "two spaces before the target", "", line!("GET  / HTTP/1.1")),
    (RequestLine, "two spaces before the version", "", line!("GET /  HTTP/1.1")),
    (RequestLine, "space behind the version", "", line!("GET / HTTP/1.1 ")),
    (RequestLine, "space in the target", "", line!("GET /a b HTTP/1.1")),
    (RequestLine, "a second version", "", line!("GET / HTTP/1.1 HTTP/1.1")),
    (RequestLine, "one word", "", line!("GET")),
    (RequestLine, "tabs for spaces", "", line!("GET\t/\tHTTP/1.1")),
    (Method, "brackets in the method", "", line!("GE(T) / HTTP/1.1")),
    (Method, "a field for a request line", "", line!("Content-Length: 5 HTTP/1.1")),
    (Method, "a method in UTF-8", "", line!("取 / HTTP/1.1")),
    (TargetCharacter, "a target in UTF-8", "", line!("GET /短信 HTTP/1.1")),
    (TargetCharacter, "backslash", "", line!("GET /a\\..\\b HTTP/1.1")),
    (TargetCharacter, "tab in the target", "", line!("GET /a\tb HTTP/1.1")),
    (TargetCharacter, "quotes", "", line!("GET /?a=\"b\" HTTP/1.1")),
    (TargetCharacter, "markup", "", line!("GET /<a> HTTP/1.1")),
    (TargetFragment, "fragment", "", line!("GET /a#b HTTP/1.1")),
    (TargetFragment, "fragment in an absolute target", "", line!("GET http://gateway#@other/ HTTP/1.1")),
    (TargetForm, "asterisk with GET", "", line!("GET * HTTP/1.1")),
    (TargetForm, "asterisk and more", "", line!("OPTIONS ** HTTP/1.1")),
    (TargetForm, "an authority with GET", "", line!("GET gateway:80 HTTP/1.1")),
    (TargetForm, "a path without its slash", "", line!("GET a/b HTTP/1.1")),
    (TargetForm, "another scheme", "", line!("GET file:///etc/passwd HTTP/1.1")),
    (TargetForm, "a query only", "", line!("GET ?a HTTP/1.1")),
    (TargetForm, "one slash behind the scheme", "", line!("GET http:/gateway/ HTTP/1.1")),
    (TargetAuthority, "user information", "", line!("GET http://gateway@other/ HTTP/1.1")),
    (TargetAuthority, "no authority", "", line!("GET http:///a HTTP/1.1")),
    (TargetAuthority, "a port without an end", "", line!("GET http://gateway:80a/ HTTP/1.1")),
    (TargetAuthority, "CONNECT to a path", "", line!("CONNECT /a HTTP/1.1")),
    (TargetAuthority, "CONNECT without a port", "", line!("CONNECT gateway HTTP/1.1")),
    (TargetAuthority, "CONNECT to a URL", "", line!("CONNECT http://gateway:443/ HTTP/1.1")),
    (VersionMalformed, "version in small letters", "", line!("GET / http/1.1")),
    (VersionMalformed, "version of two digits", "", line!("GET / HTTP/1.10")),
    (VersionMalformed, "version with one number", "", line!("GET / HTTP/1")),
    (VersionMalformed, "version with a letter", "", line!("GET / HTTP/1.x")),
    (VersionMalformed, "another protocol", "", line!("GET / RTSP/1.0")),
    (VersionUnsupported, "HTTP/1.2", "", line!("GET / HTTP/1.2")),
    (VersionUnsupported, "HTTP/2.0 as text", "", line!("GET / HTTP/2.0")),
    (VersionUnsupported, "HTTP/0.9 as text", "", line!("GET / HTTP/0.9")),
    (VersionUnsupported, "the preface behind a request", get!(), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    (VersionUnsupported, "half a preface", "", "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n"),
    (Http2NotServed, "the preface", "", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    // RFC 9112 §5: fields.
    (ObsoleteFolding, "a value on two lines", "", get!("X: a\r\n b\r\n")),
    (ObsoleteFolding, "a value on two lines, with a tab", "", get!("X: a\r\n\tb\r\n")),
    (TransferEncodingUnsupported, "chunked on the second line", "", post!("Transfer-Encoding:\r\n chunked\r\n")),
    (ObsoleteFolding, "chunked that goes on", "", post!("Transfer-Encoding: chunked\r\n , gzip\r\n")),
    (ObsoleteFolding, "a field behind a space", "", get!(" Content-Length: 5\r\n")),
    (ObsoleteFolding, "a space for the last line", "", get!(" \r\n")),
    (FieldWithoutColon, "no colon", "", get!("Content-Length 5\r\n")),
    (FieldWithoutColon, "a request for a field", "", get!("GET / HTTP/1.1\r\n")),
    (FieldWithoutName, "no name", "", get!(": a\r\n")),
    (SpaceBeforeColon, "space before the colon", "", post!("Content-Length : 5\r\n")),
    (SpaceBeforeColon, "tab before the colon", "", post!("Transfer-Encoding\t: chunked\r\n")),
    (FieldName, "space in a name", "", get!("Content Length: 5\r\n")),
    (FieldName, "brackets in a name", "", get!("X(a): b\r\n")),
    (FieldName, "a name in UTF-8", "", get!("名: b\r\n")),
    (FieldName, "a name in quotes", "", get!("\"Host\": other\r\n")),
    (FieldNameDisguised, "Content_Length", "", post!("Content_Length: 5\r\n")),
    (FieldNameDisguised, "transfer_encoding", "", post!("transfer_encoding: chunked\r\n")),
    // RFC 9112 §6: how long a message is.
    (ContentLengthTwice, "lengths that differ", "", post!("Content-Length: 5\r\nContent-Length: 6\r\n")),
    (ContentLengthTwice, "lengths that are equal", "", post!("Content-Length: 5\r\ncontent-length: 5\r\n")),
    (ContentLengthMalformed, "a list of equal lengths", "", post!("Content-Length: 5, 5\r\n")),
    (ContentLengthMalformed, "a list", "", post!("Content-Length: 5,6\r\n")),
    (ContentLengthMalformed, "plus", "", post!("Content-Length: +5\r\n")),
    (ContentLengthMalformed, "minus", "", post!("Content-Length: -5\r\n")),
    (ContentLengthMalformed, "no length", "", post!("Content-Length:\r\n")),
    (ContentLengthMalformed, "spaces for a length", "", post!("Content-Length:   \r\n")),
    (ContentLengthMalformed, "space in a length", "", post!("Content-Length: 1 0\r\n")),
    (ContentLengthMalformed, "hexadecimal length", "", post!("Content-Length: 0x5\r\n")),
    (ContentLengthMalformed, "a letter behind a length", "", post!("Content-Length: 5a\r\n")),
    (ContentLengthMalformed, "decimal point", "", post!("Content-Length: 5.0\r\n")),
    (ContentLengthMalformed, "underscore", "", post!("Content-Length: 1_0\r\n")),
    (ContentLengthMalformed, "exponent", "", post!("Content-Length: 1e1\r\n")),
    (ContentLengthMalformed, "quotes", "", post!("Content-Length: \"5\"\r\n")),
    (ContentLengthMalformed, "wide digits", "", post!("Content-Length: ５\r\n")),
    (ContentLengthOverflow, "2^63", "", post!("Content-Length: 9223372036854775808\r\n")),
    (ContentLengthOverflow, "2^64 + 5", "", post!("Content-Length: 18446744073709551621\r\n")),
    (ContentLengthWithTransferEncoding, "CL.TE", "", post!("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n")),
    (ContentLengthWithTransferEncoding, "TE.CL", "", post!("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n")),
    (
        ContentLengthWithTransferEncoding,
        "CL.0 with TE",
        "",
        post!("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n")
    ),
    (
        ContentLengthWithTransferEncoding,
        "CONNECT with both",
        "",
        "CONNECT gateway:443 HTTP/1.1\r\nHost: gateway:443\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n"
    ),
    (TransferEncodingTwice, "TE.TE", "", post!("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")),
    (
        TransferEncodingTwice,
        "TE.TE, the second unknown",
        "",
        post!("Transfer-Encoding: chunked\r\nTransfer-encoding: cow\r\n")
    ),
    (
        TransferEncodingUnsupported,
        "TE.TE, the first unknown",
        "",
        post!("Transfer-Encoding: cow\r\nTransfer-encoding: chunked\r\n")
    ),
    (TransferEncodingUnsupported, "chunked twice in a list", "", post!("Transfer-Encoding: chunked, chunked\r\n")),
    (TransferEncodingUnsupported, "gzip and chunked", "", post!("Transfer-Encoding: gzip, chunked\r\n")),
    (TransferEncodingUnsupported, "gzip", "", post!("Transfer-Encoding: gzip\r\n")),
    (TransferEncodingUnsupported, "identity", "", post!("Transfer-Encoding: identity\r\n")),
    (TransferEncodingUnsupported, "identity and chunked", "", post!("Transfer-Encoding: identity, chunked\r\n")),
    (TransferEncodingUnsupported, "xchunked", "", post!("Transfer-Encoding: xchunked\r\n")),
    (TransferEncodingUnsupported, "chunkedx", "", post!("Transfer-Encoding: chunkedx\r\n")),
    (TransferEncodingUnsupported, "a parameter", "", post!("Transfer-Encoding: chunked;q=1\r\n")),
    (TransferEncodingUnsupported, "quotes around chunked", "", post!("Transfer-Encoding: \"chunked\"\r\n")),
    (TransferEncodingUnsupported, "a comma behind chunked", "", post!("Transfer-Encoding: chunked,\r\n")),
    (TransferEncodingUnsupported, "a comma before chunked", "", post!("Transfer-Encoding: ,chunked\r\n")),
    (TransferEncodingUnsupported, "no coding", "", post!("Transfer-Encoding:\r\n")),
    (TransferEncodingUnsupported, "a no-break space", "", post!("Transfer-Encoding: \u{a0}chunked\r\n")),
    (
        TransferEncodingInVersion10,
        "chunked in HTTP/1.0",
        "",
        "POST / HTTP/1.0\r\nHost: gateway\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    // RFC 9112 §3.2 and RFC 9110 §7.2: whom it is for.
    (HostMissing, "no Host", "", "GET / HTTP/1.1\r\nAccept: */*\r\n\r\n"),
    (HostMissing, "no field", "", "GET / HTTP/1.1\r\n\r\n"),
    (HostTwice, "Host twice", "", get!("Host: other\r\n")),
    (HostTwice, "Host twice, equal", "", get!("host: gateway\r\n")),
    (HostTwice, "Host twice in HTTP/1.0", "", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"),
    (HostInvalid, "empty Host", "", host!("")),
    (HostInvalid, "a list of hosts", "", host!(" gateway, other")),
    (HostInvalid, "space in Host", "", host!(" gateway other")),
    (HostInvalid, "path in Host", "", host!(" gateway/a")),
    (HostInvalid, "user information in Host", "", host!(" user@gateway")),
    (HostInvalid, "URL in Host", "", host!(" http://gateway")),
    (HostInvalid, "port that is no number", "", host!(" gateway:8x")),
    (HostInvalid, "port too large", "", host!(" gateway:65536")),
    (HostInvalid, "two ports", "", host!(" gateway:80:80")),
    (HostInvalid, "Host in UTF-8", "", host!(" 证券.example")),
    (HostInvalid, "encoded Host", "", host!(" gate%77ay")),
    (HostInvalid, "half an address", "", host!(" [::1")),
    (HostInvalid, "query in Host", "", host!(" gateway?a")),
    (HostDiffers, "another host in the target", "", line!("GET http://other/ HTTP/1.1")),
    (HostDiffers, "a port in the target", "", line!("GET http://gateway:80/ HTTP/1.1")),
    (HostDiffers, "another host in HTTP/1.0", "", line!("GET http://other/ HTTP/1.0")),
    (HostDiffers, "CONNECT to another host", "", line!("CONNECT other:443 HTTP/1.1")),
    (
        ConnectWithBody,
        "CONNECT with a length",
        "",
        "CONNECT gateway:443 HTTP/1.1\r\nHost: gateway:443\r\nContent-Length: 0\r\n\r\n"
    ),
    (
        ConnectWithBody,
        "CONNECT with chunks",
        "",
        "CONNECT gateway:443 HTTP/1.1\r\nHost: gateway\r\nTransfer-Encoding: chunked\r\n\r\n"
    ),
    // RFC 9110 §7.6.1, §7.8: what is of one hop.
    (
        H2cUpgrade,
        "Upgrade to h2c",
        "",
        get!("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n")
    ),
    (H2cUpgrade, "h2c in a list", "", get!("Upgrade: websocket,\tH2C\r\n")),
    (H2cUpgrade, "h2c with a version", "", get!("Upgrade: h2c/1\r\n")),
    (H2cUpgrade, "HTTP2-Settings", "", get!("http2-settings: AAMAAABk\r\n")),
    (
        ConnectionNamesField,
        "Content-Length named",
        "",
        post!("Connection: keep-alive, Content-Length\r\nContent-Length: 5\r\n")
    ),
    (ConnectionNamesField, "Transfer-Encoding named", "", post!("Connection: transfer-encoding\r\n")),
    (ConnectionNamesField, "Host named", "", get!("Connection: close,host\r\n")),
    (ConnectionNamesField, "Authorization named", "", get!("Connection: Authorization\r\n")),
    (ConnectionNamesField, "Cookie named", "", get!("Connection: cookie \r\n")),
    (ConnectionNamesField, "the proxy's own fields named", "", get!("Connection: X-PII-Purpose\r\n")),
    (ConnectionNamesField, "named in a second line", "", get!("Connection: close\r\nConnection: HOST\r\n")),
    // RFC 9112 §7.1: chunks.
    (ChunkSize, "no size", CHUNKED, "\r\nab\r\n0\r\n\r\n"),
    (ChunkSize, "minus", CHUNKED, "-1\r\na\r\n0\r\n\r\n"),
    (ChunkSize, "plus", CHUNKED, "+1\r\na\r\n0\r\n\r\n"),
    (ChunkSize, "0x", chunked!("0"), "x1\r\na\r\n0\r\n\r\n"),
    (ChunkSize, "a letter in a size", chunked!("1"), "g\r\na\r\n0\r\n\r\n"),
    (ChunkSize, "underscore in a size", chunked!("1"), "_0\r\na\r\n0\r\n\r\n"),
    (ChunkSize, "space behind a size", chunked!("1"), " \r\na\r\n0\r\n\r\n"),
    (ChunkSize, "tab behind a size", chunked!("1"), "\t\r\na\r\n0\r\n\r\n"),
    (ChunkSize, "space before a size", CHUNKED, " 1\r\na\r\n0\r\n\r\n"),
    (ChunkSize, "a request for a chunk", CHUNKED, "GET / HTTP/1.1\r\n\r\n"),
    (ChunkSize, "LF for a size", CHUNKED, "\n1\r\na\r\n0\r\n\r\n"),
    (ChunkSizeTooLong, "17 digits", chunked!("0000000000000000"), "1\r\na\r\n0\r\n\r\n"),
    (ChunkSizeTooLong, "2^64 + 1", chunked!("1000000000000000"), "1\r\na\r\n0\r\n\r\n"),
    (ChunkExtension, "extension", chunked!("1"), ";a=b\r\na\r\n0\r\n\r\n"),
    (ChunkExtension, "an extension without a name", chunked!("1"), ";\r\na\r\n0\r\n\r\n"),
    (ChunkExtension, "an extension with LF", chunked!("1"), ";\na\r\n0\r\n\r\n"),
    (ChunkExtension, "extension of the last chunk", chunked!("1\r\na\r\n0"), ";a=\"\r\n\"\r\n\r\n"),
    (ChunkLineEnd, "LF behind a size", chunked!("1"), "\na\r\n0\r\n\r\n"),
    (ChunkLineEnd, "CR behind a size", chunked!("1\r"), "a\r\n0\r\n\r\n"),
    (ChunkLineEnd, "LF behind the last size", chunked!("0"), "\n\r\n"),
    (ChunkLineEnd, "LF at the end", chunked!("0\r\n"), "\n"),
    (ChunkLineEnd, "CR at the end", chunked!("0\r\n\r"), "\rGET"),
    (ChunkEnd, "more data than the size", chunked!("1\r\na"), "b\r\n0\r\n\r\n"),
    (ChunkEnd, "less data than the size", chunked!("5\r\na\r\n0\r"), "\n\r\n"),
    (ChunkEnd, "LF behind the data", chunked!("1\r\na"), "\n0\r\n\r\n"),
    (ChunkEnd, "CR behind the data", chunked!("1\r\na\r"), "0\r\n\r\n"),
    (Trailers, "a trailer", chunked!("0\r\n"), "X-Sum: 5\r\n\r\n"),
    (Trailers, "a length for a trailer", chunked!("1\r\na\r\n0\r\n"), "Content-Length: 5\r\n\r\n"),
    (Trailers, "a request where the end should be", chunked!("0\r\n"), "GET /other HTTP/1.1\r\n\r\n"),
    // What is behind a good message.
    (
        Method,
        "a body longer than its length",
        concat!(post!("Content-Length: 3\r\n"), "abc"),
        "{deGET / HTTP/1.1\r\n\r\n"
    ),
    (RequestLine, "a body without a length", post!("Accept: */*\r\n"), "a=b&c=d\r\n\r\n"),
    (HostMissing, "a second request", get!(), "GET /other HTTP/1.1\r\nX: y\r\n\r\n"),
    (
        ContentLengthTwice,
        "a second request with a body",
        chunked!("1\r\na\r\n0\r\n\r\n"),
        post!("Content-Length: 1\r\nContent-Length: 1\r\n")
    ),
    (BareLineFeed, "a third request", concat!(get!(), get!()), "GET / HTTP/1.1\nHost: gateway\n\n"),
];

/// What is over a limit, or would be with one byte more: too long for a table.
pub(crate) fn over_limits() -> Vec<(&'static str, String, Option<Fault>)> {
    let target = |length: usize| format!("GET /{} HTTP/1.1\r\nHost: gateway\r\n\r\n", "a".repeat(length - 14));
    let field = |length: usize| format!("GET / HTTP/1.1\r\nHost: gateway\r\nX:{}\r\n\r\n", "a".repeat(length - 2));
    let fields = |count: usize| format!("GET / HTTP/1.1\r\nHost: gateway\r\n{}\r\n", "X: a\r\n".repeat(count - 1));
    let head = |length: usize| {
        let before = "GET / HTTP/1.1\r\nHost: gateway\r\n";
        let line = format!("X: {}\r\n", "a".repeat(8 * 1024 - 5));
        let last = length - before.len() - 7 * line.len() - "X: \r\n\r\n".len();
        format!("{before}{}X: {}\r\n\r\n", line.repeat(7), "a".repeat(last))
    };
    let (request_line, field_line, most, whole) = (8 * 1024, 16 * 1024, 128, 64 * 1024);
    vec![
        ("the longest request line", target(request_line), None),
        ("a request line too long", target(request_line + 1), Some(Fault::RequestLineTooLong)),
        ("the longest field", field(field_line), None),
        ("a field too long", field(field_line + 1), Some(Fault::FieldLineTooLong)),
        ("the most fields", fields(most), None),
        ("too many fields", fields(most + 1), Some(Fault::TooManyFields)),
        ("the longest head", head(whole), None),
        ("a head too long", head(whole + 1), Some(Fault::HeadTooLong)),
        ("a head much too long", head(whole + 5000), Some(Fault::HeadTooLong)),
        ("a request line without an end", "A".repeat(request_line + 1), Some(Fault::RequestLineTooLong)),
    ]
}
