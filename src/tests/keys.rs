//! No key of a provider is in anything that a browser or a program gets.

use axum::body::Body;
use axum::http::Request;
use baton::server::config::{ModelsConfig, SpeakingConfig, TranscriptionConfig};
use baton_domain::listening::{ListeningPolicy, Recorded};

use crate::harness::{LIVEKIT_SECRET, TestDesk, cookie};

/// Part of every key.
const SECRET: &str = "nobody-ever-sees";
const ELSEWHERE: &str = "http://127.0.0.1:9/v1";

/// Every provider there is has a key, and where one must be named or has an address of its own, that, too.
fn variable(name: &str) -> Option<String> {
    match name {
        "BATON_VOICE" => Some("openai".to_owned()),
        "BATON_TRANSCRIPTION" => Some("deepgram, assemblyai, groq, openai, other".to_owned()),
        "BATON_MODEL_NAME" | "BATON_VOICE_MODEL" => Some("ours".to_owned()),
        "BATON_MODEL_BASE_URL" | "BATON_VOICE_BASE_URL" | "BATON_TRANSCRIPTION_BASE_URL" => Some(ELSEWHERE.to_owned()),
        _ => name.ends_with("_API_KEY").then(|| format!("{SECRET}-{name}")),
    }
}

async fn desk() -> TestDesk {
    let desk = TestDesk::configured(|config| {
        config.models = ModelsConfig::read(&variable).expect("valid");
        config.speaking = SpeakingConfig::read(&variable).expect("valid");
        config.transcription = TranscriptionConfig::read(&variable).expect("valid");
        config.demo.listening = ListeningPolicy { transcribe: true, record: Recorded::CallAndConsult };
    })
    .await;
    let config = &desk.app.config;
    assert_eq!((config.models.providers.len(), config.transcription.providers.len()), (3, 5), "all of them");
    assert!(config.speaking.provider.is_some());
    desk
}

async fn page(desk: &TestDesk, path: &str, (name, value): &(&str, String)) -> String {
    let request = Request::get(path).header(*name, value).body(Body::empty()).expect("a request");
    let answer = desk.send(request).await;
    assert_eq!(answer.status, 200, "{path}");
    answer.text
}

#[tokio::test]
async fn no_key_of_a_provider_leaves_the_server_but_to_its_provider() {
    let desk = desk().await;
    desk.open_desks(&["alice", "bob"]);
    let code = desk.join_code().await;
    let (_, secret) = desk.app.callers().join(&code, "Dora", None).await.expect("open");
    let dora = cookie(&secret.expect("a secret"));
    let (call, _) = desk.consulting("alice", "bob").await;

    let mut seen = Vec::new();
    for path in ["/".to_owned(), format!("/join/{code}"), "/desk/alice".to_owned(), "/api/openapi.json".to_owned()] {
        seen.push((page(&desk, &path, &dora).await, path));
    }
    for path in ["/lines", "/agents", "/calls"]
        .map(str::to_owned)
        .into_iter()
        .chain(["", "/timeline", "/transcript", "/briefings"].map(|rest| format!("/calls/{call}{rest}")))
    {
        let answer = desk.get(&path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        seen.push((answer.text, path));
    }
    for agent in ["alice", "bob", "carla"] {
        let view = desk.app.desk_view(&desk.who(agent).await).await.expect("a desk");
        seen.push((serde_json::to_string(&view).expect("JSON"), format!("the desk of {agent}")));
    }
    let view = desk.app.caller_view(call).await.expect("a call");
    assert!(view.told.as_ref().is_some_and(|told| told.transcribed.is_some()), "the caller is told who it is");
    seen.push((serde_json::to_string(&view).expect("JSON"), "the caller's page".to_owned()));
    for (text, what) in seen {
        assert!(text.len() > 10, "{what} is empty");
        for key in [SECRET, LIVEKIT_SECRET] {
            assert!(!text.contains(key), "{what} has a key: {text}");
        }
    }
}
