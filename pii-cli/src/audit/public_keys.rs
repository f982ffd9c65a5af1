//! `pii audit keys`: what a verifier needs, and no secret.

use super::against::{MARK, keys_of};
use crate::arguments::PublicKeys;
use crate::exit::{Failure, say};
use crate::{keys, output};
use pii_keys::Purpose;
use std::process::ExitCode;

pub(super) fn run(arguments: &PublicKeys) -> Result<ExitCode, Failure> {
    let (ring, _) = keys::open(&arguments.keyring, &arguments.under)?;
    let public = keys_of(&ring);
    let all = ring.versions().iter().filter(|version| version.purpose() == Purpose::Sign).count();
    if public.is_empty() {
        return Err(Failure::input(
            "this keyring has no key that signs: `pii keys add RING --for sign`, and on a later day `pii keys promote RING ID`",
        ));
    }
    if all > public.len() {
        say("pii: keys that are out of use are not printed: what was printed of them before still verifies, keep it");
    }
    let each = public.iter().map(|(id, key)| {
        let algorithm = key.algorithm().described().name;
        format!("{MARK}{id} {algorithm}\n{}", key.to_pem().trim_end())
    });
    output::print(each.collect::<Vec<_>>().join("\n"))?;
    Ok(ExitCode::SUCCESS)
}
