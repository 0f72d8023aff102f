//! Briefings read aloud, by a server of our own that speaks the documented interface.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use baton::api::desk::DeskCommand;
use baton::server::error::ServiceError;
use baton_domain::ids::{CallId, TransferId};
use baton_domain::machine::Refusal;
use baton_domain::seat::consult_room;
use baton_domain::spoken::{SpeechFailure, SpokenState, identity};
use baton_speaking::{ApiKey, Limits, ProviderConfig};
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use livekit_participant::ogg::Clip;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::harness::{API_KEY, TestDesk};

const SPEECH: &[u8] = include_bytes!("../../crates/livekit-participant/tests/sounds/speech.opus");
const LIMIT: Duration = Duration::from_secs(20);

/// What the provider does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// Sends all of it, in small pieces.
    Everything,
    /// Sends the beginning, and then no more for a long time.
    Beginning,
    /// Sends the beginning, and hangs up.
    CutOff,
    /// Sends what is no sound.
    Noise,
    /// Sends a status.
    Status(u16),
}

#[derive(Clone)]
struct Provider {
    answer: Answer,
    asked: Arc<Mutex<Vec<Value>>>,
}

impl Provider {
    fn asked(&self) -> Vec<Value> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn speech(State(provider): State<Provider>, Json(body): Json<Value>) -> Response {
    provider.asked.lock().unwrap_or_else(PoisonError::into_inner).push(body);
    let whole = |bytes: &'static [u8]| stream::iter(bytes.chunks(700).map(Bytes::from_static).map(Ok::<_, Infallible>));
    // Not at once, or nothing of the answer would leave.
    let hanging_up = stream::once(async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        Err(std::io::Error::other("cut"))
    });
    let cut = stream::iter([Ok(Bytes::from_static(&SPEECH[..9000]))]).chain(hanging_up);
    let body = match provider.answer {
        Answer::Status(status) => {
            let status = StatusCode::from_u16(status).expect("a status");
            return (status, Json(json!({ "error": { "message": "no" } }))).into_response();
        }
        Answer::Everything => Body::from_stream(whole(SPEECH)),
        Answer::Noise => Body::from_stream(whole(b"this is not an Ogg file, whatever it says it is")),
        Answer::CutOff => Body::from_stream(cut),
        Answer::Beginning => Body::from_stream(whole(&SPEECH[..9000]).chain(stream::pending())),
    };
    ([("content-type", "audio/opus")], body).into_response()
}

struct Reading {
    desk: TestDesk,
    call: CallId,
    transfer: TransferId,
    provider: Provider,
    /// Whoever speaks, as the stage knows them.
    voice: String,
}

/// Alice and Bob talk about a caller, and somebody could read the briefing aloud.
async fn consult(answer: Answer) -> Reading {
    let provider = Provider { answer, asked: Arc::default() };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/v1", listener.local_addr().expect("an address"));
    let router = Router::new().route("/v1/audio/speech", post(speech)).with_state(provider.clone());
    tokio::spawn(axum::serve(listener, router).into_future());
    let config = ProviderConfig::new("test", &url, ApiKey::new("a-key"), "tts-1", "alloy").expect("an address");
    let limits = Limits { between: Duration::from_secs(5), ..Limits::default() };
    let mut desk = TestDesk::configured(|desk| {
        desk.speaking.provider = Some(ProviderConfig { limits, ..config });
    })
    .await;
    desk.open_desks(&["alice", "bob"]);
    desk.start_workers();
    let (call, transfer) = desk.consulting("alice", "bob").await;
    desk.app
        .briefings()
        .edit(&desk.who("alice").await, call, transfer, None, "She paid twice.\n- Call her back: +49 30 901820")
        .await
        .expect("her transfer");
    let bob = desk.leg("bob", call).await;
    let voice = format!("{} to {bob}", identity(transfer));
    Reading { desk, call, transfer, provider, voice }
}

impl Reading {
    async fn press(&self, agent: &str, command: DeskCommand) -> Result<(), ServiceError> {
        self.desk.button(agent, self.call, command).await
    }

    async fn state(&self) -> Option<SpokenState> {
        self.desk.find(self.call).await.spoken.map(|spoken| spoken.state)
    }

    /// Waits until it is so.
    async fn until(&self, what: &str, mut is_so: impl AsyncFnMut() -> bool) {
        let waiting = async {
            while !is_so().await {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let is_in_time = tokio::time::timeout(LIMIT, waiting).await.is_ok();
        assert!(is_in_time, "{what}: not within {LIMIT:?}; {:?}", self.state().await);
    }

    async fn until_state(&self, state: SpokenState) {
        self.until("another state", async || self.state().await == Some(state)).await;
    }

    async fn until_heard(&self) {
        let stage = &self.desk.rooms.stage;
        self.until("nobody is heard", async || stage.playing().contains(&self.voice) && stage.packets() > 0).await;
    }

    async fn until_gone(&self) {
        let room = consult_room(self.transfer);
        let stage = &self.desk.rooms.stage;
        self.until("the voice stays", async || !stage.present().iter().any(|who| who.ends_with(&room))).await;
    }

    async fn sent(&self) -> Vec<String> {
        let timeline = self.desk.app.timeline(self.call).await.expect("a call");
        let happened = timeline.into_iter().map(|entry| entry.happening);
        happened
            .filter(|happening| happening.kind.name() == "text_sent_to_model")
            .map(|happening| happening.detail.unwrap_or_default())
            .collect()
    }
}

#[tokio::test]
async fn the_target_alone_hears_the_briefing_once() {
    let reading = consult(Answer::Everything).await;
    let refused = reading.press("alice", DeskCommand::SpeakBriefing).await;
    assert!(matches!(refused, Err(ServiceError::Refused(Refusal::NotYourCall, _))), "{refused:?}");
    reading.press("bob", DeskCommand::SpeakBriefing).await.expect("his consult");
    reading.until_state(SpokenState::Spoken).await;
    reading.until_gone().await;
    let whole = Clip::read(SPEECH).expect("a file of ours").once().count();
    assert_eq!(reading.desk.rooms.stage.packets(), whole);
    let asked = reading.provider.asked();
    let expected = json!({
        "model": "tts-1", "voice": "alloy", "response_format": "opus",
        "input": "Reason: Wrong invoice.\nNote: She has called twice.\nShe paid twice.\nCall her back: [phone 1].\n",
    });
    assert_eq!(asked, [expected]);
    assert_eq!(reading.sent().await, ["test, tts-1: 4 lines, personal data taken out: 1"]);

    let again = reading.press("bob", DeskCommand::SpeakBriefing).await;
    let Err(ServiceError::Conflict { error, .. }) = again else { panic!("{again:?}") };
    assert!(matches!(*error, ServiceError::Refused(Refusal::AlreadySpoken, _)), "{error:?}");
    assert_eq!(reading.provider.asked().len(), 1);
}

#[tokio::test]
async fn what_a_line_leaves_in_is_read_aloud() {
    let reading = consult(Answer::Everything).await;
    let change = json!({ "redact": false });
    reading.desk.rest(Method::PATCH, "/lines/support", Some(API_KEY), Some(change)).await;
    reading.press("bob", DeskCommand::SpeakBriefing).await.expect("his consult");
    reading.until_state(SpokenState::Spoken).await;
    let asked = reading.provider.asked();
    assert!(asked[0]["input"].as_str().is_some_and(|text| text.contains("+49 30 901820")), "{asked:?}");
    assert_eq!(reading.sent().await, ["test, tts-1: 4 lines, personal data left in"]);
}

#[tokio::test]
async fn it_is_heard_before_all_of_it_is_made_and_stops_at_once() {
    let reading = consult(Answer::Beginning).await;
    reading.press("bob", DeskCommand::SpeakBriefing).await.expect("his consult");
    reading.until_heard().await;
    assert_eq!(reading.state().await, Some(SpokenState::Speaking));
    reading.press("bob", DeskCommand::StopSpeaking).await.expect("his consult");
    reading.until_gone().await;
    assert_eq!(reading.state().await, Some(SpokenState::Stopped));
}

#[tokio::test]
async fn it_ends_with_the_consult() {
    for command in [DeskCommand::Merge, DeskCommand::Cancel, DeskCommand::EndForEveryone] {
        let reading = consult(Answer::Beginning).await;
        reading.press("bob", DeskCommand::SpeakBriefing).await.expect("his consult");
        reading.until_heard().await;
        reading.press("alice", command).await.expect("her transfer");
        reading.until_gone().await;
    }
    let reading = consult(Answer::Beginning).await;
    reading.press("bob", DeskCommand::SpeakBriefing).await.expect("his consult");
    reading.until_heard().await;
    reading.press("bob", DeskCommand::LeaveConsult).await.expect("his consult");
    reading.until_gone().await;
}

#[tokio::test]
async fn what_goes_wrong_is_said_and_may_be_tried_again() {
    let cases = [
        (Answer::Status(401), SpeechFailure::Rejected),
        (Answer::Status(429), SpeechFailure::Busy),
        (Answer::Status(500), SpeechFailure::Unreachable),
        (Answer::Noise, SpeechFailure::NotSound),
        (Answer::CutOff, SpeechFailure::CutOff),
    ];
    for (answer, why) in cases {
        let reading = consult(answer).await;
        reading.press("bob", DeskCommand::SpeakBriefing).await.expect("his consult");
        reading.until_state(SpokenState::Failed { why }).await;
        reading.until_gone().await;
        assert_eq!(reading.sent().await.len(), 1, "{answer:?}: what left is written down");
        reading.press("bob", DeskCommand::SpeakBriefing).await.expect("he may try again");
    }
}

#[tokio::test]
async fn a_server_that_ended_in_the_middle_does_not_begin_again() {
    let reading = consult(Answer::Beginning).await;
    reading.press("bob", DeskCommand::SpeakBriefing).await.expect("his consult");
    reading.until_heard().await;
    let (call, provider) = (reading.call, reading.provider.clone());
    let mut desk = reading.desk.restarted().await;
    desk.start_workers();
    let failed = SpokenState::Failed { why: SpeechFailure::CutOff };
    let waiting = async {
        while desk.find(call).await.spoken.map(|spoken| spoken.state) != Some(failed) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(LIMIT, waiting).await.expect("it is said that it broke off");
    assert_eq!(provider.asked().len(), 1);
}

#[tokio::test]
async fn without_anybody_who_speaks_there_is_no_such_thing() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let (call, transfer) = desk.consulting("alice", "bob").await;
    assert!(!desk.app.desk_view(&desk.who("bob").await).await.expect("a desk").can_speak);
    let refused = desk.press(&format!("/transfers/{transfer}/speak-briefing"), None).await;
    assert_eq!(refused.status, 404, "{}", refused.text);
    let refused = desk.button("bob", call, DeskCommand::SpeakBriefing).await;
    assert!(matches!(refused, Err(ServiceError::NotFound(_))), "{refused:?}");
}

#[tokio::test]
async fn the_voice_is_put_out_where_it_is_not_wanted_and_programs_may_ask_for_it() {
    let reading = consult(Answer::Beginning).await;
    let Reading { desk, call, transfer, .. } = &reading;
    let room = consult_room(*transfer);
    let voice = identity(*transfer).to_string();
    let token = format!("room={room} identity={voice} publish=true subscribe=false");
    desk.enter(*call, &token).await;
    assert!(!desk.media.people_in(&room).contains(&voice), "nobody has asked for it");
    let asked = desk.press(&format!("/transfers/{transfer}/speak-briefing"), None).await;
    assert_eq!(asked.status, 200, "{}", asked.text);
    desk.enter(*call, &token).await;
    assert!(desk.media.people_in(&room).contains(&voice));
    let stopped = desk.press(&format!("/transfers/{transfer}/stop-speaking"), None).await;
    assert_eq!(stopped.status, 200, "{}", stopped.text);
    desk.app.seating().enforce(*call).await.expect("the media server answers");
    assert!(!desk.media.people_in(&room).contains(&voice));
}
