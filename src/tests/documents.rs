//! What is written down stays true: settings, events, the description of the REST interface.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use axum::http::Method;
use baton_domain::call::EndReason;
use baton_domain::transfer::FailReason;

use crate::harness::{TestDesk, request};

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path))
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Words like `BATON_ADDR` between quotation marks.
fn quoted_variables(source: &str) -> BTreeSet<&str> {
    let is_variable = |word: &&str| {
        word.len() > 4 && word.contains('_') && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
    };
    source.split('"').skip(1).step_by(2).filter(is_variable).collect()
}

#[test]
fn every_setting_is_in_the_example_with_a_comment() {
    let areas = [
        "config.rs",
        "config/languages.rs",
        "config/models.rs",
        "config/recordings.rs",
        "config/sounds.rs",
        "config/speaking.rs",
        "config/transcription.rs",
    ];
    let config = areas.map(|area| read(&format!("src/server/{area}"))).concat();
    let example = read(".env.example");
    let models = read("crates/models/src/settings.rs");
    let mut described = BTreeSet::new();
    let mut has_comment = false;
    for line in example.lines() {
        match line.split_once('=') {
            Some((name, _)) if !line.starts_with('#') => {
                assert!(has_comment || name == "LIVEKIT_API_SECRET", "{name} needs a comment");
                described.insert(name);
                has_comment = false;
            }
            _ => has_comment = line.starts_with("# ") && !line.starts_with("# ---"),
        }
    }
    assert_eq!(described, &quoted_variables(&config) | &quoted_variables(&models));
}

#[test]
fn every_event_is_described() {
    let outcome = read("crates/domain/src/outcome.rs");
    let kinds =
        outcome.split("pub enum HappeningKind {").nth(1).and_then(|rest| rest.split('}').next()).expect("the kinds");
    let documented = read("docs/events.md");
    for kind in kinds.split(',').map(str::trim).filter(|kind| !kind.is_empty()) {
        let name: String = kind
            .char_indices()
            .flat_map(|(at, letter)| {
                let gap = (at > 0 && letter.is_ascii_uppercase()).then_some('_');
                gap.into_iter().chain([letter.to_ascii_lowercase()])
            })
            .collect();
        assert!(documented.contains(&format!("| `{name}` |")), "docs/events.md does not describe {name}");
    }
}

#[test]
fn every_word_for_what_went_wrong_is_described() {
    let documented = read("docs/events.md");
    let ends = EndReason::ALL.into_iter().map(EndReason::name);
    for word in ends.chain(FailReason::ALL.into_iter().map(FailReason::name)) {
        assert!(documented.contains(&format!("| `{word}` |")), "docs/events.md does not describe {word}");
    }
}

#[tokio::test]
async fn a_conflict_is_described_with_what_it_says_of_the_state() {
    let desk = TestDesk::new().await;
    let described = desk.send(request(Method::GET, "/api/openapi.json", None, None, &[])).await.json();
    let problem = &described["components"]["schemas"]["Problem"]["properties"];
    for member in ["state", "version", "transfer_state", "retry_after"] {
        assert!(problem[member]["description"].as_str().is_some_and(|text| !text.is_empty()), "{member}: {problem:#}");
    }
    let conflict = &described["paths"]["/api/v1/transfers/{id}/merge"]["post"]["responses"]["409"];
    assert_eq!(
        conflict["content"]["application/problem+json"]["schema"]["$ref"], "#/components/schemas/Problem",
        "{conflict:#}"
    );
}

#[tokio::test]
async fn every_reason_not_to_take_a_file_is_described() {
    let desk = TestDesk::new().await;
    let described = desk.send(request(Method::GET, "/api/openapi.json", None, None, &[])).await.json();
    let answers = &described["paths"]["/api/v1/recordings/transcribe"]["post"]["responses"];
    let codes = [
        ("400", "`upload_cut`"),
        ("404", "`not_found`"),
        ("408", "`too_slow`"),
        ("409", "`too_many_files`"),
        ("413", "`file_too_large`"),
        ("415", "`unknown_file_type`"),
        ("422", "`empty_file`"),
        ("503", "`no_speech_recognition`"),
    ];
    for (status, code) in codes {
        let answer = &answers[status];
        assert!(answer["description"].as_str().is_some_and(|text| text.contains(code)), "{status}: {answer:#}");
        let schema = &answer["content"]["application/problem+json"]["schema"]["$ref"];
        assert_eq!(schema, "#/components/schemas/Problem", "{status}");
    }
}

#[tokio::test]
async fn the_description_is_whole() {
    let desk = TestDesk::new().await;
    let described = desk.send(request(Method::GET, "/api/openapi.json", None, None, &[])).await.json();
    assert!(described["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
    let mut names = BTreeSet::new();
    for (path, item) in described["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let name = operation["operationId"].as_str().expect("a name").to_owned();
            assert!(names.insert(name.clone()), "{name} is the name of two operations");
            assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{method} {path}");
            for status in ["401", "403", "413", "415", "421", "429", "503"] {
                assert!(operation["responses"].get(status).is_some(), "{method} {path} {status}");
            }
        }
    }
    assert!(names.contains("start_transfer") && names.contains("stream_events"), "{names:?}");
    for reference in references(&described) {
        assert!(described.pointer(reference.trim_start_matches('#')).is_some(), "{reference} leads nowhere");
    }
}

/// What changes nothing at the desk, however often it is asked.
const ASKED_AGAIN: [&str; 5] =
    ["summarise_call", "summarise_own_call", "analyse_call", "sentiment_of_call", "suggest_replies"];

#[tokio::test]
async fn every_change_takes_a_key() {
    let desk = TestDesk::new().await;
    let described = desk.send(request(Method::GET, "/api/openapi.json", None, None, &[])).await.json();
    for (path, item) in described["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            // To delete twice is to delete.
            let name = operation["operationId"].as_str().expect("a name");
            if ["get", "delete"].contains(&method.as_str()) || ASKED_AGAIN.contains(&name) {
                continue;
            }
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let takes_key = parameters.iter().any(|parameter| parameter["name"] == "Idempotency-Key");
            assert!(takes_key, "{method} {path}");
        }
    }
}

fn references(value: &serde_json::Value) -> Vec<String> {
    match value {
        serde_json::Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, field)| match field.as_str() {
                Some(reference) if name == "$ref" => vec![reference.to_owned()],
                _ => references(field),
            })
            .collect(),
        serde_json::Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn the_description_can_be_browsed() {
    let desk = TestDesk::new().await;
    let page = desk.send(request(Method::GET, "/docs/", None, None, &[])).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("page.js"));
    let script = desk.send(request(Method::GET, "/docs/page.js", None, None, &[])).await;
    assert!(script.text.contains("/api/openapi.json"), "{}", script.text);
    let program = desk.send(request(Method::GET, "/docs/swagger-ui-bundle.js", None, None, &[])).await;
    assert!(program.text.contains("SwaggerUIBundle"));
    // The page that Swagger UI brings is not ours.
    assert_eq!(desk.send(request(Method::GET, "/docs/index.html", None, None, &[])).await.status, 404);
    assert!(page.headers["content-security-policy"].to_str().is_ok_and(|policy| policy.contains("script-src 'self'")));
}
