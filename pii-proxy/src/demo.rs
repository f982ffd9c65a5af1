//! `pii-proxy demo`: the proxy in front of a gateway that runs beside it and tells what arrived. A few messages go through; before
//! and after are shown, and on a terminal the page of its admin listener stays to be looked at.

use crate::arguments::Demo;
use crate::client;
use crate::run::Failure;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use pii_proxy::admin::Admin;
use pii_proxy::changes::Control;
use pii_proxy::config::Config;
use pii_proxy::http::Server;
use pii_proxy::start::Ready;
use std::convert::Infallible;
use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;
use tokio::net::TcpListener;

/// A message takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// A message that is sent through.
struct Sample {
    what: &'static str,
    path: &'static str,
    media_type: &'static str,
    header: Option<(&'static str, &'static str)>,
    body: &'static str,
}

const SAMPLES: [Sample; 6] = [
    Sample {
        what: "an SMS: the receiver passes, the text is masked",
        path: "/sms/send",
        media_type: "application/json",
        header: None,
        body: "{\"mobile\":\"13800138000\",\"content\":\"【某某证券】尊敬的张三，您的银行卡6222021234567890128已绑定，身份证110105188702280028\"}",
    },
    Sample {
        what: "the same in escapes, as libraries write it",
        path: "/sms/send",
        media_type: "application/json",
        header: None,
        body: "{\"mobile\":\"13800138000\",\"content\":\"\\u8eab\\u4efd\\u8bc1\\u0031\\u0031\\u0030105188702280028\"}",
    },
    Sample {
        what: "a form to a partner, with JSON in a field",
        path: "/partner/open",
        media_type: "application/x-www-form-urlencoded",
        header: None,
        body: "khxm=%E5%BC%A0%E4%B8%89&params=%7B%22zjhm%22%3A%22110105188702280028%22%7D&amount=1000",
    },
    Sample {
        what: "nothing in it: byte for byte as it came",
        path: "/partner/quote",
        media_type: "application/json",
        header: None,
        body: "{\"code\": \"600000\", \"price\": 10.50,  \"note\": \"沪深300指数\"}",
    },
    Sample {
        what: "an ID in a header: it cannot be masked there, and stops the message",
        path: "/partner/open",
        media_type: "application/json",
        header: Some(("X-Customer-Id", "110105188702280028")),
        body: "{}",
    },
    Sample {
        what: "a type that nobody can look into",
        path: "/partner/open",
        media_type: "application/octet-stream",
        header: None,
        body: "110105188702280028",
    },
];

const ROUTES: &str = "
[[route]]
name = \"sms\"
path = \"/sms\"
upstream = \"UPSTREAM\"
channel = \"sms\"
recipient = \"sms-vendor\"

[[route]]
name = \"partner\"
path = \"/partner\"
upstream = \"UPSTREAM\"
channel = \"third_party\"
recipient = \"partner\"
";

pub(crate) fn run(demo: &Demo) -> Result<(), Failure> {
    let folder = tempfile::tempdir().map_err(Failure::input)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::input)?;
    let ready = runtime.block_on(shown(demo, folder.path()))?;
    runtime.shutdown_timeout(Duration::from_secs(1));
    let still = || Failure::input("requests were still in flight when the time for them was over");
    Arc::into_inner(ready).ok_or_else(still)?.close().map_err(Failure::input)
}

async fn shown(demo: &Demo, folder: &Path) -> Result<Arc<Ready>, Failure> {
    let (gateway, arrived) = gateway().await.map_err(Failure::input)?;
    let text = format!(
        "[[listen]]\naddress = \"{}\"\n[admin]\naddress = \"{}\"\n[trail]\nfolder = {:?}\n{}",
        demo.listen,
        demo.admin,
        folder.join("trail"),
        ROUTES.replace("UPSTREAM", &format!("http://{gateway}"))
    );
    let config = Config::parse("demo.toml", &text).map_err(Failure::usage)?;
    let ready = Arc::new(Ready::new(&config).map_err(Failure::usage)?);
    let control = Arc::new(Control::new(Arc::clone(&ready), None));
    let server = Server::bind(Arc::clone(&ready.gateway), &config.listeners).await.map_err(Failure::input)?;
    let admin = config.admin.as_ref().expect("the text has it");
    let admin = Admin::bind(control, admin).await.map_err(Failure::input)?;
    let listening = server.addresses().next().ok_or_else(|| Failure::input("nothing is listened on"))?;
    let operators = admin.address().map_err(Failure::input)?;
    let answering = tokio::spawn(admin.run());
    let (ended, end) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(server.run(async {
        // Whoever would say so may have gone.
        let _ = end.await;
    }));
    let told =
        tokio::task::spawn_blocking(move || SAMPLES.iter().try_for_each(|sample| tell(sample, listening, &arrived)));
    told.await.map_err(Failure::input)??;
    if std::io::stdin().is_terminal() {
        println!("Look at it in a browser:  http://{operators}/");
        println!(
            "Send something through:   curl http://{listening}/partner/x -H 'Content-Type: text/plain' -d '身份证110105188702280028'"
        );
        println!("It runs until you press Enter or Ctrl-C. 按回车键或 Ctrl-C 结束。");
        until_told().await?;
    } else {
        println!("On a terminal the proxy runs on, with a page to look at in a browser.");
    }
    let _ = ended.send(());
    let _ = serving.await;
    answering.abort();
    Ok(ready)
}

/// Returns once somebody presses Enter or Ctrl-C.
async fn until_told() -> Result<(), Failure> {
    let (pressed, is_pressed) = tokio::sync::oneshot::channel();
    // A thread of its own, which nobody waits for: nothing else ends a read from a terminal.
    std::thread::spawn(move || {
        let read = std::io::stdin().read_line(&mut String::new());
        pressed.send(read.is_ok())
    });
    tokio::select! {
        told = tokio::signal::ctrl_c() => told.map_err(Failure::input),
        _ = is_pressed => Ok(()),
    }
}

/// Sends a message and shows what became of it.
fn tell(sample: &Sample, proxy: SocketAddr, arrived: &Receiver<String>) -> Result<(), Failure> {
    let mut request = client::agent(PATIENCE)
        .post(format!("http://{proxy}{}", sample.path))
        .header("Content-Type", sample.media_type);
    if let Some((name, value)) = sample.header {
        request = request.header(name, value);
    }
    let mut answer = request.send(sample.body).map_err(Failure::input)?;
    println!("{}", sample.what);
    if let Some((name, value)) = sample.header {
        println!("    before  {name}: {value}");
    }
    println!("    before  {}", sample.body);
    match arrived.try_recv() {
        Ok(body) => println!("    after   {body}\n"),
        Err(_) => {
            let problem = answer.body_mut().read_to_string().map_err(Failure::input)?;
            println!("    stopped {} {}\n", answer.status(), problem.trim());
        }
    }
    Ok(())
}

/// A gateway on the loopback that tells what arrived.
async fn gateway() -> std::io::Result<(SocketAddr, Receiver<String>)> {
    let socket = TcpListener::bind("127.0.0.1:0").await?;
    let address = socket.local_addr()?;
    let (sender, arrived) = channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = socket.accept().await {
            let sender = sender.clone();
            let service = hyper::service::service_fn(move |request| take(request, sender.clone()));
            tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    Ok((address, arrived))
}

async fn take(request: Request<Incoming>, sender: Sender<String>) -> Result<Response<Full<Bytes>>, Infallible> {
    let body = request.into_body().collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    // Once the demonstration has ended nobody listens.
    let _ = sender.send(String::from_utf8_lossy(&body).into_owned());
    Ok(Response::new(Full::from("{\"Code\":\"OK\"}")))
}
