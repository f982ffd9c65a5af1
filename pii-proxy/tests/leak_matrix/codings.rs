//! Content codings: those that are what their header says, those that lie, and those that nobody knows.

use pii_formats::coding::{self, Codings, Limits};

/// A way of coding a body and of saying so.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Coding {
    pub(crate) name: &'static str,
    /// The values of its `Content-Encoding` lines.
    pub(crate) said: &'static [&'static str],
    /// What it is coded with.
    done: &'static str,
    /// What stands behind it.
    behind: &'static [u8],
    /// How many of its last bytes are missing.
    short_bytes: usize,
    /// The status that is right whatever the body holds. `None`: it is read.
    pub(crate) refused: Option<u16>,
}

const fn honest(name: &'static str, said: &'static [&'static str], done: &'static str) -> Coding {
    Coding { name, said, done, behind: b"", short_bytes: 0, refused: None }
}

const fn refused(name: &'static str, said: &'static [&'static str], done: &'static str, status: u16) -> Coding {
    Coding { refused: Some(status), ..honest(name, said, done) }
}

/// Bodies that are what their header says.
pub(crate) const HONEST: &[Coding] = &[
    honest("none", &[], ""),
    honest("identity", &["identity"], ""),
    honest("gzip", &["gzip"], "gzip"),
    honest("x-gzip", &["X-GZip"], "gzip"),
    honest("deflate", &["deflate"], "deflate"),
    honest("br", &["br"], "br"),
    honest("zstd", &["zstd"], "zstd"),
    honest("gzip in br", &["gzip, br"], "gzip, br"),
    honest("deflate in zstd, on two lines", &["deflate", "zstd"], "deflate, zstd"),
    honest("br twice", &["br,br"], "br, br"),
];

/// Bodies that are refused whatever they hold: nobody knows what the receiver would make of them.
pub(crate) const REFUSED: &[Coding] = &[
    refused("says gzip, is plain", &["gzip"], "", 422),
    refused("says deflate, is plain", &["deflate"], "", 422),
    refused("says br, is plain", &["br"], "", 422),
    refused("says zstd, is plain", &["zstd"], "", 422),
    refused("says gzip, is zstd", &["gzip"], "zstd", 422),
    refused("says br, is gzip", &["br"], "gzip", 422),
    refused("says gzip, is gzip twice", &["gzip"], "gzip, gzip", 422),
    refused("says gzip twice, is gzip", &["gzip, gzip"], "gzip", 422),
    Coding { behind: b"13800138000", ..refused("gzip with something behind it", &["gzip"], "gzip", 422) },
    Coding { behind: b"13800138000", ..refused("zstd with something behind it", &["zstd"], "zstd", 422) },
    Coding { short_bytes: 4, ..refused("gzip without its end", &["gzip"], "gzip", 422) },
    Coding { short_bytes: 1, ..refused("br without its end", &["br"], "br", 422) },
    refused("compress", &["compress"], "", 415),
    refused("aes128gcm", &["aes128gcm"], "", 415),
    refused("a quality", &["gzip;q=1"], "gzip", 415),
    refused("five of them", &["br, br, br, br, br"], "br, br, br, br", 415),
];

/// Bodies that are coded while their header says nothing.
pub(crate) const SILENT: &[Coding] = &[
    refused("says nothing, is gzip", &[], "gzip", 422),
    refused("says nothing, is zstd", &["identity"], "zstd", 422),
    refused("says nothing, is deflate", &[], "deflate", 422),
];

impl Coding {
    pub(crate) fn code(&self, plain: &[u8]) -> Vec<u8> {
        let mut coded = coding::encode(&codings(self.done), plain);
        coded.truncate(coded.len() - self.short_bytes);
        coded.extend_from_slice(self.behind);
        coded
    }
}

/// What a receiver reads that believes the header.
pub(crate) fn decoded(said: &str, body: &[u8]) -> Vec<u8> {
    let decoded = coding::decode(&codings(said), body, &Limits::default());
    decoded.unwrap_or_else(|error| panic!("what arrived is not coded as it says: {error}")).bytes
}

fn codings(list: &str) -> Codings {
    Codings::parse(list.as_bytes()).expect("known codings")
}
