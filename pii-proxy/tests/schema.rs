//! The schema knows the keys that the configuration has, and no others. Which those are the configuration tells itself: it names them
//! where it meets one that nobody knows. That values are spelt alike is tested with the peers.

use pii_proxy::config::{Config, SCHEMA};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// A table: where it stands, and its keys.
type Tables = BTreeMap<String, BTreeSet<String>>;

/// The keys of the table that `headers` end with. `None`: nothing that could have keys is there.
fn keys_below(headers: &str) -> Option<BTreeSet<String>> {
    let error = Config::parse("p.toml", &format!("{headers}nonsense = 1\n")).map(|_| ()).expect_err("nobody knows it");
    let told = error.to_string();
    let (_, expected) = told.split_once("unknown field `nonsense`, expected ")?;
    Some(expected.split('`').skip(1).step_by(2).map(str::to_owned).collect())
}

/// All tables of the configuration from this one on.
fn collect(at: &str, headers: &str, tables: &mut Tables) {
    let Some(keys) = keys_below(headers) else { return };
    for key in &keys {
        let below = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
        for header in [format!("[{below}]"), format!("[[{below}]]")] {
            collect(&below, &format!("{headers}{header}\n"), tables);
        }
    }
    tables.insert(at.to_owned(), keys);
}

/// What a place of the schema says, behind what it refers to and what a list is of.
fn resolved<'s>(schema: &'s Value, place: &'s Value) -> &'s Value {
    let referred = place["$ref"].as_str().and_then(|path| schema.pointer(path.trim_start_matches('#')));
    let place = referred.unwrap_or(place);
    place.get("items").map_or(place, |of| resolved(schema, of))
}

/// All tables of the schema from this place on.
fn described(schema: &Value, at: &str, place: &Value, tables: &mut Tables) {
    let Some(properties) = resolved(schema, place)["properties"].as_object() else { return };
    tables.insert(at.to_owned(), properties.keys().cloned().collect());
    for (key, place) in properties {
        let below = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
        for word in ["title", "description"] {
            assert!(place[word].as_str().is_some_and(|text| !text.is_empty()), "{below} has no {word}");
        }
        described(schema, &below, place, tables);
    }
    assert_eq!(resolved(schema, place)["additionalProperties"], Value::Bool(false), "{at}: a misspelt key would pass");
}

fn names(tables: &Tables) -> BTreeSet<String> {
    let of_table = |(at, keys): (&String, &BTreeSet<String>)| keys.iter().map(|key| format!("[{at}] {key}")).collect();
    tables.iter().flat_map(|table| -> Vec<String> { of_table(table) }).collect()
}

#[test]
fn the_schema_has_the_keys_of_the_configuration() {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    let (mut known, mut told) = (Tables::new(), Tables::new());
    collect("", "", &mut known);
    described(&schema, "", &schema, &mut told);
    assert!(known.len() > 12 && known.contains_key("keyring.vault") && known.contains_key("route.opaque"), "{known:?}");
    let (known, told) = (names(&known), names(&told));
    let missing: Vec<_> = known.difference(&told).collect();
    let too_many: Vec<_> = told.difference(&known).collect();
    assert!(
        missing.is_empty() && too_many.is_empty(),
        "packaging/pii-proxy.schema.json lacks {missing:?}, and has {too_many:?}, which no configuration knows"
    );
}

#[test]
fn the_program_prints_its_schema() {
    let output = Command::new(env!("CARGO_BIN_EXE_pii-proxy")).arg("schema").output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8(output.stdout).expect("text"), SCHEMA);
}
