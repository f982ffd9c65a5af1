//! What operators have the running proxy do: take its configuration again, let something pass for some minutes.

use super::json;
use crate::changes::{Control, Refused, Wish};
use crate::http::Own;
use crate::learning::LEARNED_MINUTES;
use crate::page;
use crate::suppression::Asked;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What an operator says is a few lines.
const BODY_LIMIT_BYTES: usize = 16 << 10;

/// It is there at once.
const BODY_TIME: Duration = Duration::from_secs(5);

pub(super) async fn answer(control: &Arc<Control>, request: Request<Incoming>) -> Response<Own> {
    match request.uri().path() {
        "/apply" => match read::<Wish>(request).await {
            Ok(wish) => apply(control, wish).await,
            Err(answer) => answer,
        },
        "/suppressions" => match read::<Asked>(request).await {
            Ok(asked) => suppress(control, &asked),
            Err(answer) => answer,
        },
        _ => title(StatusCode::NOT_FOUND, "Nothing is done here: POST /apply or /suppressions"),
    }
}

/// For how long requests are looked at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Learn {
    minutes: u64,
}

/// Has it look at what requests look like: nothing that leaves is changed by that, so it takes no more than to try a message does.
pub(super) async fn learn(control: &Arc<Control>, request: Request<Incoming>) -> Response<Own> {
    if !page::is_from_the_page(request.headers()) {
        return title(
            StatusCode::FORBIDDEN,
            "This comes as application/json, from a program or this listener's own page",
        );
    }
    let minutes = match read::<Learn>(request).await {
        Ok(Learn { minutes }) if (1..=LEARNED_MINUTES).contains(&minutes) => minutes,
        Ok(_) => return title(StatusCode::UNPROCESSABLE_ENTITY, "It learns for 1 to 60 minutes"),
        Err(answer) => return answer,
    };
    tracing::info!(minutes, "learns what requests look like");
    control.gateway().learning.begin(minutes, Instant::now());
    json(StatusCode::OK, &json!({ "minutes": minutes }))
}

/// Whether something may be changed now, and what passes for now.
pub(super) fn changes(control: &Control) -> serde_json::Value {
    let now = Instant::now();
    let suppression = |one: &crate::suppression::Suppression| {
        json!({
            "route": one.route.as_str(),
            "kind": one.kind.as_str(),
            "field": one.written,
            "seconds_left": one.until.saturating_duration_since(now).as_secs(),
        })
    };
    let suppressions = control.gateway().suppressions.all();
    json!({
        "trading_hours": control.session().map(|hours| hours.to_string()),
        "suppressions": suppressions.iter().map(|one| suppression(one)).collect::<Vec<_>>(),
    })
}

async fn apply(control: &Arc<Control>, wish: Wish) -> Response<Own> {
    let control = Arc::clone(control);
    // Files are read, and keys may be asked for over the network.
    let outcome = tokio::task::spawn_blocking(move || control.apply(&wish)).await;
    match outcome {
        Ok(Ok(applied)) => json(
            StatusCode::OK,
            &json!({
                "version": applied.version,
                "routes": applied.routes,
                "changes": applied.difference.to_string(),
                "waits_for_restart": applied.difference.left,
            }),
        ),
        Ok(Err(refused)) => {
            let status = match refused {
                Refused::TradingHours(_) | Refused::NoFile => StatusCode::CONFLICT,
                Refused::Unsaid | Refused::Wrong(_) => StatusCode::UNPROCESSABLE_ENTITY,
            };
            title(status, &refused.to_string())
        }
        Err(_) => title(StatusCode::INTERNAL_SERVER_ERROR, "the proxy failed to read its configuration: see its log"),
    }
}

fn suppress(control: &Arc<Control>, asked: &Asked) -> Response<Own> {
    match control.suppress(asked) {
        Ok(suppression) => {
            let (control, until) = (Arc::clone(control), suppression.until);
            tokio::spawn(async move {
                tokio::time::sleep_until(until.into()).await;
                control.end(&suppression);
            });
            json(StatusCode::OK, &json!({ "minutes": asked.minutes }))
        }
        Err(what) => title(StatusCode::UNPROCESSABLE_ENTITY, &what),
    }
}

/// What an operator says.
async fn read<T: DeserializeOwned>(request: Request<Incoming>) -> Result<T, Response<Own>> {
    let body = Limited::new(request.into_body(), BODY_LIMIT_BYTES).collect();
    let body = tokio::time::timeout(BODY_TIME, body).await;
    let Ok(Ok(body)) = body else {
        return Err(title(StatusCode::BAD_REQUEST, "the body did not come, or is over 16 KiB"));
    };
    serde_json::from_slice(&body.to_bytes()).map_err(|error| {
        title(StatusCode::UNPROCESSABLE_ENTITY, &format!("column {}: not what is read here", error.column()))
    })
}

fn title(status: StatusCode, title: &str) -> Response<Own> {
    json(status, &json!({ "title": title }))
}
