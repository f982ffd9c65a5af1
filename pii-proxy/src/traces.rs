//! Traces by OpenTelemetry (OTLP over HTTP): of a share of the messages one span, and one for each phase below it. No value, path,
//! query or header is told: the message's name leads to its record, and to why it was stopped.
//!
//! What a client says of its own trace (`traceparent`, W3C Trace Context) makes the span a part of it; it leaves as it came.

use crate::config::TracesAt;
use bytes::Bytes;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::{Span as _, SpanKind, Status, TraceContextExt as _, Tracer as _, TracerProvider as _};
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::{HeaderExtractor, HttpClient, HttpError};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracer, SdkTracerProvider};
use std::fmt;
use std::fs;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// A collector that takes longer is not waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// At the end of the process.
const LAST_MOMENT: Duration = Duration::from_secs(2);

/// It is logged so often that nobody takes the traces.
const SAID_EVERY: Duration = Duration::from_secs(600);

/// Where traces go. Without a configuration nowhere, which costs nothing.
#[derive(Default)]
pub struct Traces(Option<(SdkTracerProvider, SdkTracer)>);

/// A message that is traced.
#[derive(Clone)]
pub(crate) struct Trace {
    tracer: SdkTracer,
    context: Context,
}

impl Traces {
    /// Begins to send to a collector, from a thread of its own.
    ///
    /// # Errors
    /// The file of its authority cannot be read, or holds no certificate.
    pub fn new(at: Option<&TracesAt>) -> Result<Self, String> {
        let Some(at) = at else { return Ok(Self::default()) };
        let client = Client { agent: agent(at)?, said: Mutex::default() };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_endpoint(at.endpoint.clone())
            .with_timeout(PATIENCE)
            .build()
            .map_err(|error| format!("{}: {error}", at.endpoint))?;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(at.share))))
            .with_resource(Resource::builder().with_service_name("pii-proxy").build())
            .build();
        let tracer = provider.tracer("pii-proxy");
        Ok(Self(Some((provider, tracer))))
    }

    /// Begins with a message. `None`: it is not traced.
    pub(crate) fn begin(&self, headers: &HeaderMap, method: &Method) -> Option<Trace> {
        let (_, tracer) = self.0.as_ref()?;
        let parent = TraceContextPropagator::new().extract_with_context(&Context::new(), &HeaderExtractor(headers));
        let span = tracer
            .span_builder("message")
            .with_kind(SpanKind::Server)
            .with_attributes([KeyValue::new("http.request.method", method.to_string())])
            .start_with_context(tracer, &parent);
        let is_sampled = span.span_context().is_sampled();
        is_sampled.then(|| Trace { tracer: tracer.clone(), context: parent.with_span(span) })
    }

    /// Sends what is left.
    pub(crate) fn close(&self) {
        if let Some((provider, _)) = &self.0 {
            // Whoever does not take it by now has had its time.
            let _ = provider.shutdown_with_timeout(LAST_MOMENT);
        }
    }
}

impl Trace {
    /// A phase that has just ended.
    pub(crate) fn phase(&self, name: &'static str, took: Duration) {
        let end = SystemTime::now();
        let begin = end.checked_sub(took).unwrap_or(end);
        let builder = self.tracer.span_builder(name).with_start_time(begin);
        builder.start_with_context(&self.tracer, &self.context).end_with_timestamp(end);
    }

    /// The message has its answer.
    pub(crate) fn end(&self, message: &str, route: Option<&str>, (status, sent): (StatusCode, Option<&str>)) {
        let span = self.context.span();
        span.set_attribute(KeyValue::new("pii.message", message.to_owned()));
        for (name, word) in [("pii.route", route), ("pii.sent", sent)] {
            if let Some(word) = word {
                span.set_attribute(KeyValue::new(name, word.to_owned()));
            }
        }
        span.set_attribute(KeyValue::new("http.response.status_code", i64::from(status.as_u16())));
        if status.is_server_error() {
            span.set_status(Status::error(""));
        }
        span.end();
    }
}

/// Posts traces to a collector.
struct Client {
    agent: ureq::Agent,
    /// When it was last logged that nobody takes them.
    said: Mutex<Option<Instant>>,
}

impl Client {
    fn post(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let request = parts
            .headers
            .iter()
            .fold(self.agent.post(parts.uri.to_string()), |request, (name, value)| request.header(name, value));
        let answer = request.send(&body[..]).inspect_err(|error| self.say(&error.to_string()))?;
        if !answer.status().is_success() {
            self.say(&format!("it answers {}", answer.status()));
        }
        let (parts, _) = answer.into_parts();
        Ok(Response::from_parts(parts, Bytes::new()))
    }

    fn say(&self, why: &str) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.is_none_or(|said| said.elapsed() >= SAID_EVERY) {
            *said = Some(Instant::now());
            tracing::warn!(why, "the collector does not take the traces; they are lost, and messages go on");
        }
    }
}

impl HttpClient for Client {
    fn send_bytes<'life, 'out>(
        &'life self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'out>>
    where
        'life: 'out,
        Self: 'out,
    {
        // On the thread of the exporter, which has nothing else to do.
        Box::pin(std::future::ready(self.post(request)))
    }
}

/// A client that follows no redirect and uses no proxy out of the environment: traces go where they are told to.
fn agent(at: &TracesAt) -> Result<ureq::Agent, String> {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .max_redirects(0)
        .http_status_as_error(false)
        .proxy(None);
    let Some(file) = &at.authority else { return Ok(config.build().into()) };
    let wrong = |what: &str| format!("{}: {what}", file.display());
    let pem = fs::read(file).map_err(|error| wrong(&error.to_string()))?;
    let certificates: Vec<_> = ureq::tls::parse_pem(&pem)
        .filter_map(|item| match item {
            Ok(ureq::tls::PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if certificates.is_empty() {
        return Err(wrong("there is no certificate in it"));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let roots = ureq::tls::RootCerts::new_with_certs(&certificates);
    let tls = ureq::tls::TlsConfig::builder().root_certs(roots).unversioned_rustls_crypto_provider(provider).build();
    Ok(config.tls_config(tls).build().into())
}

impl fmt::Debug for Traces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Traces({})", if self.0.is_some() { "on" } else { "off" })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client")
    }
}
