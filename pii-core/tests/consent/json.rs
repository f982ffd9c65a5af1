//! Entries as texts: one way to be written, nothing unknown in them.

use crate::world::*;
use pii_core::consent::*;

fn busy() -> World {
    let mut world = World::new();
    let whose = world.adult(1);
    world.declare(Declaration::Settings(sound(SettingsParts::default())));
    world.declare(Declaration::OtherBasis(sound(basis_parts(BasisKind::Contract, Some("insurer")))));
    world.declare(Declaration::ExportGround(sound(export_parts("insurer", ExportGroundKind::Exemption))));
    world.grant(record(1), whose, |parts| parts.pii.truncate(1));
    world.grant(record(2), whose, |parts| {
        parts.event.valid_until = Some(moment("2028-01-01T00:00:00+08:00"));
        parts.event.session = Some("会话".to_owned());
    });
    world.withdraw(whose, Which::All);
    let incident = IncidentParts {
        id: code("i-1"),
        found_at: world.at,
        kinds: kinds(&[PLAIN]),
        cause: "配置错误".to_owned(),
        harm: "诈骗电话".to_owned(),
        measures: "已关闭".to_owned(),
        contact: "95xxx".to_owned(),
        persons: 3,
        authority_told_at: Some(world.at),
        persons_told_at: None,
        persons_not_told_because: None,
    };
    world.take(Entry::incident(world.at, sound(incident))).expect("taken");
    let request = RightsRequest { id: code("r-1"), right: Right::Port, due: day("2026-01-22") };
    let entry = world.book.receive(whose, request, world.at).expect("known");
    world.take(entry).expect("taken");
    world.erase(whose);
    world
}

#[test]
fn an_entry_has_one_way_to_be_written() {
    let world = busy();
    let mut book = Book::new();
    for entry in &world.entries {
        let json = entry.to_json();
        let read = Entry::parse(&json).unwrap_or_else(|error| panic!("{error}: {json}"));
        assert_eq!((&read, read.to_json(), read.digest()), (entry, json.clone(), entry.digest()));
        assert!(!json.contains('\n'));
        book.apply(&read, &Keys).expect("taken");
    }
    assert_eq!(format!("{book:?}"), format!("{:?}", world.book));
}

#[test]
fn a_ledger_written_today_is_read_for_good() {
    let json = r#"{"schema":1,"at":"2026-11-27T08:00:00.000Z","subject":"01010101010101010101010101010101","body":{"consent":{"record":"02020202020202020202020202020202","number":2,"previous":"66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0","act":{"withdrawn":{"by":{"subject":{"source":"app"}}}}}}}"#;
    let entry = Entry::parse(json).expect("an entry");
    assert_eq!(entry.to_json(), json);
    let event = entry.consent().expect("a consent's");
    assert_eq!((event.act.state(), event.number), (State::Withdrawn, 2));
}

#[test]
fn nothing_unknown_missing_or_wrong() {
    let world = busy();
    for entry in &world.entries {
        let json = entry.to_json();
        let value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        let mut places = Vec::new();
        objects(&value, &mut String::new(), &mut places);
        for place in places {
            let mut more = value.clone();
            more.pointer_mut(&place)
                .and_then(|object| object.as_object_mut())
                .expect("an object")
                .insert("x".into(), 1.into());
            assert!(Entry::parse(&more.to_string()).is_err(), "{more}");
        }
    }
    let good = world.entries[0].to_json();
    for (from, to) in [
        ("\"schema\":1", "\"schema\":2"),
        ("{\"schema\"", "{\"subject\":\"01010101010101010101010101010101\",\"schema\""),
    ] {
        assert!(good.contains(from));
        assert!(Entry::parse(&good.replace(from, to)).is_err());
    }
    assert!(Entry::of(subject(1), world.at, world.entries[0].body().clone()).is_none(), "a declaration is nobody's");
}

/// The places of all objects, but of maps with one key that say which variant it is.
fn objects(value: &serde_json::Value, path: &mut String, places: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(map) => {
            places.push(path.clone());
            for (key, value) in map {
                let length = path.len();
                path.push('/');
                path.push_str(key);
                objects(value, path, places);
                path.truncate(length);
            }
        }
        serde_json::Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                let length = path.len();
                path.push_str(&format!("/{at}"));
                objects(item, path, places);
                path.truncate(length);
            }
        }
        _ => {}
    }
}

#[test]
fn errors_and_debug_show_nothing_of_the_text() {
    let secret = "440524188001010014";
    for json in [
        format!(r#"{{"schema":1,"at":"{secret}","body":{{}}}}"#),
        format!(r#"{{"schema":1,"at":"2026-11-27T08:00:00.000Z","body":{{"{secret}":1}}}}"#),
        format!(r#"{{"schema":1,"{secret}":1}}"#),
    ] {
        let error = Entry::parse(&json).expect_err("no entry");
        assert!(!format!("{error} {error:?}").contains(secret));
        let error = ReceiptLine::parse(&json).expect_err("no receipt");
        assert!(!format!("{error} {error:?}").contains(secret));
    }
    let shown = format!("{:?}", alias(0xAB));
    assert!(!shown.contains("abab"), "{shown}");
}
