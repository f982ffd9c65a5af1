//! A fault of the engine's stops one message: nothing of it leaves, it is recorded, and the next one is dealt with.

#![cfg(unix)]

mod support;

use pii_core::policy::Action;
use pii_core::transform::{Asked, Transform, TransformError};
use pii_proxy::config::Config;
use pii_proxy::http::Server;
use pii_proxy::start::Ready;
use pii_proxy::table::Table;
use pii_store::trail::HashAlgorithm;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use support::upstream::Upstream;
use support::{Answer, Request, records};

/// Keys whose first use is a fault.
#[derive(Debug)]
struct Faulty;

impl Transform for Faulty {
    fn offers(&self, _: Action) -> bool {
        true
    }

    fn transform(&self, _: &Asked<'_>) -> Result<String, TransformError> {
        panic!("a fault of the engine, provoked by a test");
    }
}

fn post(address: SocketAddr, text: &str) -> Answer {
    let mut stream = TcpStream::connect(address).expect("it listens");
    let request = Request::post("/", text.as_bytes()).with("Content-Type", "text/plain").bytes();
    stream.write_all(&request).expect("written");
    stream.shutdown(Shutdown::Write).expect("a socket");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    Answer::of(&answer)
}

#[test]
fn a_panic_of_the_engine_stops_one_message() {
    let (upstream, folder) = (Upstream::new(), tempfile::tempdir().expect("a folder"));
    let (policy, trail) = (folder.path().join("policy.toml"), folder.path().join("trail"));
    std::fs::write(&policy, "[[rule]]\nkind = \"resident_id\"\naction = \"token\"\n").expect("written");
    let text = format!(
        "policy = {policy:?}\n[[listen]]\naddress = \"127.0.0.1:0\"\n[trail]\nfolder = {trail:?}\n\
         [[route]]\nname = \"sms\"\nupstream = \"http://{}\"\nchannel = \"sms\"\n",
        upstream.address
    );
    let without_policy = Config::parse("p.toml", &text.replace("policy =", "# policy =")).expect("it reads");
    let config = Config::parse("p.toml", &text).expect("it reads");
    let ready = Ready::new(&without_policy).expect("it is ready");
    let today = pii_flow::clock::today().expect("a clock");
    let table = Table::new(&config, Some(Arc::new(Faulty)), HashAlgorithm::Sha256, today).expect("a table");
    ready.gateway.change(table);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let gateway = Arc::clone(&ready.gateway);
    runtime.block_on(async {
        let server = Server::bind(gateway, &config.listeners).await.expect("it listens");
        let address = server.addresses().next().expect("an address");
        let (end, ends) = tokio::sync::oneshot::channel::<()>();
        let serving = tokio::spawn(server.run(async { drop(ends.await) }));
        tokio::task::spawn_blocking(move || {
            let answer = post(address, "身份证110105188702280028");
            let told = (answer.status(), answer.problem("why"), answer.header("x-pii-sent"));
            assert_eq!(told, (503, "engine".to_owned(), Some("no")), "{}", answer.text());
            assert_eq!(post(address, "手机13800138000").status(), 200);
        })
        .await
        .expect("it asks");
        drop(end);
        serving.await.expect("it ends");
    });
    drop(runtime);
    assert_eq!(upstream.only().text(), "手机138******00");
    ready.close().expect("the trail closes");
    let records = records(&trail);
    let verdicts: Vec<&str> = records.iter().filter_map(|record| record["verdict"].as_str()).collect();
    let outcomes: Vec<&str> = records.iter().filter_map(|record| record["outcome"].as_str()).collect();
    assert_eq!((verdicts, outcomes), (vec!["block", "send"], vec!["refused", "sent"]));
}
