//! A client for what answers on this machine: without the proxy that the environment names, and for every status.

use crate::arguments::AdminArguments;
use crate::run::Failure;
use serde_json::Value;
use std::time::Duration;

/// An answer is a few lines.
const ANSWER_LIMIT_BYTES: u64 = 1 << 20;

/// A configuration may name keys that are asked for over the network.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn agent(patience: Duration) -> ureq::Agent {
    ureq::config::Config::builder()
        .timeout_global(Some(patience))
        .http_status_as_error(false)
        .proxy(None)
        .build()
        .into()
}

/// What a proxy's admin listener answered.
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

/// Asks the admin listener of a running proxy; with `said`, has it do something.
pub(crate) fn ask(admin: &AdminArguments, path: &str, said: Option<&Value>) -> Result<Answered, Failure> {
    let token = admin.admin_token_file.as_deref().map(pii_keys::secret_in).transpose().map_err(Failure::usage)?;
    let token = token.as_ref().map(|token| std::str::from_utf8(token.expose())).transpose();
    let token = token.map_err(|_| Failure::usage("the token is no text"))?;
    let address = admin.admin;
    let unreachable = |error| {
        Failure::input(format!(
            "{address}: {error}; is it the address under [admin] of the proxy\u{2019}s configuration?"
        ))
    };
    let (agent, address) = (agent(PATIENCE), format!("http://{address}{path}"));
    let bearer = token.map(|token| format!("Bearer {token}"));
    let response = match said {
        None => bearer.iter().fold(agent.get(address), |request, token| request.header("Authorization", token)).call(),
        Some(said) => bearer
            .iter()
            .fold(agent.post(address), |request, token| request.header("Authorization", token))
            .header("Content-Type", "application/json")
            .send(said.to_string()),
    };
    let mut response = response.map_err(unreachable)?;
    let status = response.status().as_u16();
    if status == 401 {
        return Err(Failure::usage("the proxy asks for its token: give --admin-token-file FILE"));
    }
    let text = response.body_mut().with_config().limit(ANSWER_LIMIT_BYTES).read_to_string().map_err(unreachable)?;
    let body = serde_json::from_str(&text).map_err(|_| Failure::input("this is no answer of a proxy"))?;
    Ok(Answered { status, body })
}

impl Answered {
    /// The body, or what the proxy says is the matter.
    pub(crate) fn done(self) -> Result<Value, Failure> {
        match self.status {
            200 => Ok(self.body),
            _ => Err(Failure::refused(self.body["title"].as_str().unwrap_or("the proxy refuses and does not say why"))),
        }
    }
}
