//! A desk under test: the real router on a database of its own, a clock that the test sets, a media server that the test
//! looks into.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use axum::response::Response;
use baton::api::desk::{Asked, DeskCommand, TransferRequest, TransferTarget};
use baton::server::adapters::models::Models;
use baton::server::clock::Clock;
use baton::server::config::Config;
use baton::server::error::ServiceError;
use baton::server::hub::Wake;
use baton::server::instance::Instance;
use baton::server::permissions::Who;
use baton::server::services::seating::RoomFact;
use baton::server::state::App;
use baton::server::store::Store;
use baton::server::{demo, http, workers};
use baton_domain::call::{Call, RoomKind};
use baton_domain::ids::{AgentId, CallId, LegId, TransferId};
use baton_domain::machine::TransferKind;
use baton_domain::seat::{RoomName, seats};
use baton_domain::time::{Span, Timestamp};
use leptos::server_fn::axum::server_fn_paths;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::fake_media::FakeMediaServer;
use crate::fake_rooms::FakeRooms;
use crate::postgres;
use crate::recording_place;
use crate::settings::settings;

pub const API_KEY: &str = "test-api-key";
pub const LIVEKIT_KEY: &str = "test-key";
pub const LIVEKIT_SECRET: &str = "test-secret-that-is-long-enough-for-a-signature";
/// 2026-01-31T12:00:00Z
const START: Timestamp = Timestamp(1_769_860_800_000);

pub struct TestDesk {
    pub app: App,
    pub media: Arc<FakeMediaServer>,
    pub rooms: Arc<FakeRooms>,
    router: Router,
    folder: Arc<TempDir>,
    stop: CancellationToken,
    woken: Option<UnboundedReceiver<Wake>>,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// `409 transfer_open: A transfer is open.`, after a look at the form.
    pub fn problem(&self) -> String {
        let body = self.json();
        let content_type = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        assert_eq!(content_type, Some("application/problem+json"), "{}", self.text);
        let (code, detail) = (body["code"].as_str().expect("a code"), body["detail"].as_str().expect("a detail"));
        assert_eq!(body["status"], self.status.as_u16());
        assert_eq!(body["type"], format!("urn:baton:problem:{code}"));
        assert!(body["title"].as_str().is_some_and(|title| !title.is_empty()));
        format!("{} {code}: {detail}", self.status.as_u16())
    }
}

impl TestDesk {
    pub async fn new() -> Self {
        Self::configured(|_| {}).await
    }

    /// A desk with other settings than usual.
    pub async fn configured(change: impl FnOnce(&mut Config)) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let url = match postgres::new_schema().await {
            Some(schema) => schema.url,
            None => format!("sqlite://{}/baton.db?mode=rwc", folder.path().display()),
        };
        let mut config = settings(url, &folder.path().join("site"));
        change(&mut config);
        Self::open(Arc::new(folder), config, Clock::set_to(START), Arc::default()).await
    }

    /// The process is gone and another one starts on what it left. LiveKit has noticed nothing.
    pub async fn restarted(self) -> Self {
        self.restarted_with(|_| {}).await
    }

    /// The same, with other settings.
    pub async fn restarted_with(self, change: impl FnOnce(&mut Config)) -> Self {
        self.stop.cancel();
        let (mut config, clock, media) = (self.app.config.clone(), self.app.clock.clone(), self.media.clone());
        change(&mut config);
        Self::open(self.folder.clone(), config, clock, media).await
    }

    /// Another server on the same database, with a spool and a clock of its own, whose people meet those of this one.
    pub async fn beside(&self) -> Self {
        let mut config = self.app.config.clone();
        config.recordings.spool = config.recordings.spool.with_file_name("another-spool");
        let clock = Clock::set_to(self.app.clock.now());
        let mut beside = Self::open(self.folder.clone(), config, clock, self.media.clone()).await;
        beside.rooms = self.rooms.clone();
        beside
    }

    async fn open(folder: Arc<TempDir>, config: Config, clock: Clock, media: Arc<FakeMediaServer>) -> Self {
        let store = Store::open(&config.database.url).await.expect("the database opens");
        let writer = Arc::new(Models::new(&config.models));
        let recorder = recording_place::recorder(&config.recordings);
        // A desk that is started again is there before the former one is gone, so that nobody keeps the lock.
        let instance = Instance::open(&config.recordings.spool).expect("a folder").id;
        let (app, woken) = App::new(instance, config, clock, store, media.clone(), writer, recorder);
        demo::seed(&app).await.expect("the demo is set up");
        let stop = CancellationToken::new();
        let router = http::router(app.clone(), stop.clone());
        let rooms = Arc::default();
        Self { app, media, rooms, router, folder, stop, woken: Some(woken) }
    }

    /// News are told and alarms ring by themselves from now on.
    pub fn start_workers(&mut self) {
        let woken = self.woken.take().expect("workers start once");
        workers::start(&self.app, woken, self.rooms.clone(), &self.stop);
    }

    /// Listens on a port of its own, for what needs a connection. Gives host and port.
    pub async fn listen(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let server = axum::serve(listener, self.router.clone().into_make_service_with_connect_info::<SocketAddr>())
            .with_graceful_shutdown(self.stop.clone().cancelled_owned());
        tokio::spawn(server.into_future());
        address
    }

    /// The server is asked to end.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let (parts, body) = self.response(request).await.into_parts();
        let bytes = to_bytes(body, 10 * 1024 * 1024).await.expect("a body");
        Answer { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// The answer as it begins.
    pub async fn response(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.expect("the router never fails")
    }

    /// A request to the REST interface, by whoever has `key`.
    pub async fn rest(&self, method: Method, path: &str, key: Option<&str>, body: Option<Value>) -> Answer {
        self.send(request(method, &format!("/api/v1{path}"), key, body, &[])).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.rest(Method::GET, path, Some(API_KEY), None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.rest(Method::POST, path, Some(API_KEY), Some(body)).await
    }

    /// A button of the REST interface.
    pub async fn press(&self, path: &str, idempotency_key: Option<&str>) -> Answer {
        let headers: Vec<_> = idempotency_key.into_iter().map(|key| ("idempotency-key", key)).collect();
        self.send(request(Method::POST, &format!("/api/v1{path}"), Some(API_KEY), None, &headers)).await
    }

    /// A server function, as a page calls it.
    pub async fn call(&self, function: &str, form: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request =
            Request::post(function_path(function)).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(form.to_owned())).expect("a request")).await
    }

    /// The token of an agent's tab.
    pub async fn token(&self, agent: &str) -> String {
        self.app.sessions().open_demo_desk(&id(agent), None).await.expect("a demo agent").token
    }

    pub async fn who(&self, agent: &str) -> Who {
        self.app.sessions().who_of_token(&self.token(agent).await).await.expect("a demo agent")
    }

    /// These agents have their desks open.
    pub fn open_desks(&self, agents: &[&str]) {
        for agent in agents {
            self.app.presence().desk_opened(&id(agent));
        }
    }

    pub async fn join_code(&self) -> String {
        let lines = self.app.callers().lines().await.expect("lines");
        lines.into_iter().find_map(|line| line.join_code).expect("a line with a link")
    }

    /// A new caller, in the room of their call.
    pub async fn caller(&self, name: &str) -> CallId {
        let (view, _) = self.app.callers().join(&self.join_code().await, name, None).await.expect("the line is open");
        let access = self.app.seating().caller_access(view.call).await.expect("a seat");
        self.enter(view.call, &access.token).await;
        view.call
    }

    /// Somebody connects with a token, and LiveKit reports it. Their page publishes a microphone where it may, and opens
    /// it where its seat lets it.
    pub async fn enter(&self, call: CallId, token: &str) {
        let sid = self.media.join(token);
        let field =
            |name: &str| token.split(' ').find_map(|part| part.strip_prefix(name)).expect("our own token").to_owned();
        let (room, identity) = (field("room="), field("identity="));
        self.app
            .seating()
            .room_event(
                RoomName::parse(&room).expect("a room of ours"),
                RoomFact::Joined { identity: identity.clone(), sid, telephone: None },
            )
            .await
            .expect("a fact");
        if token.contains("publish=true") && self.media.people_in(&room).contains(&identity) {
            self.media.publish(&room, &identity, true);
            self.pages_follow(call).await;
        }
    }

    /// Every page opens its microphone where its seat lets it.
    pub async fn pages_follow(&self, call: CallId) {
        for seat in seats(&self.find(call).await) {
            let identity = seat.leg.to_string();
            if let Some(open) = seat.open_room().filter(|open| self.media.people_in(&open.room).contains(&identity)) {
                self.media.unmute(&open.room, &identity);
            }
        }
        self.app.seating().enforce(call).await.expect("the media server answers");
    }

    /// A caller whom an agent answered, both in the room.
    pub async fn talking(&self, agent: &str) -> CallId {
        let call = self.caller("Carol").await;
        self.app.calls().answer(&self.who(agent).await, call).await.expect("nobody else answered");
        self.enter_as(agent, call, RoomKind::Call).await;
        call
    }

    /// An agent connects to a room of their seat.
    pub async fn enter_as(&self, agent: &str, call: CallId, room: RoomKind) {
        let access = self.app.seating().agent_access(&self.who(agent).await, call, room).await.expect("a seat");
        self.enter(call, &access.token).await;
    }

    pub async fn find(&self, call: CallId) -> Call {
        self.app.calls().find(call).await.expect("a known call")
    }

    pub async fn state(&self, call: CallId) -> &'static str {
        self.find(call).await.state_name()
    }

    /// A button of an agent's desk.
    pub async fn button(&self, agent: &str, call: CallId, command: DeskCommand) -> Result<(), ServiceError> {
        let asked = self.asked(call).await;
        self.app.calls().desk_command(&self.who(agent).await, asked, command).await
    }

    /// A press of a button, at the call as it is now.
    pub async fn asked(&self, call: CallId) -> Asked {
        let seen_version = self.find(call).await.version;
        Asked { call, seen_version, key: baton::server::random::secret::<9>() }
    }

    pub async fn start_transfer(&self, agent: &str, call: CallId, target: &str) -> Result<TransferId, ServiceError> {
        let request = TransferRequest {
            target: TransferTarget::Agent(id(target)),
            kind: TransferKind::Warm,
            reason: "Wrong invoice".to_owned(),
            note: "She has called twice".to_owned(),
            hold: false,
            briefing_edit: None,
        };
        self.app.transfers().start(&self.who(agent).await, self.asked(call).await, request).await
    }

    /// A transfer from one agent to another, as far as their talk.
    pub async fn consulting(&self, from: &str, to: &str) -> (CallId, TransferId) {
        let call = self.talking(from).await;
        let transfer = self.start_transfer(from, call, to).await.expect("the target is free");
        self.app.calls().offer_shown(&self.who(to).await, call).await.expect("a fact");
        self.button(to, call, DeskCommand::Accept).await.expect("it rings there");
        self.enter_as(to, call, RoomKind::Call).await;
        self.enter_as(to, call, RoomKind::Consult).await;
        self.enter_as(from, call, RoomKind::Consult).await;
        self.app.calls().media_ready(&self.who(to).await, call).await.expect("a fact");
        assert_eq!(self.state(call).await, "consulting");
        self.pages_follow(call).await;
        (call, transfer)
    }

    pub async fn leg(&self, agent: &str, call: CallId) -> LegId {
        let call = self.find(call).await;
        call.agent_legs().into_iter().find(|leg| leg.agent == id(agent)).expect("part of the call").leg
    }

    /// A table has another name from now on: whatever needs it fails until it has its own again.
    pub async fn rename_table(&self, from: &str, to: &str) {
        let rename = sqlx::query(sqlx::AssertSqlSafe(format!("alter table {from} rename to {to}")));
        rename.execute(self.app.store.pool()).await.expect("a table");
    }

    /// Time passes, and what is due happens.
    pub async fn pass(&self, span: Span) {
        self.app.clock.advance(span);
        self.app.run_due().await;
    }
}

impl Drop for TestDesk {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

pub fn id(agent: &str) -> AgentId {
    agent.parse().expect("a handle")
}

/// The address of a server function.
pub fn function_path(name: &str) -> &'static str {
    let is_it = |path: &str| {
        let rest = path.strip_prefix("/api/").and_then(|path| path.strip_prefix(name));
        rest.is_some_and(|hash| hash.bytes().all(|byte| byte.is_ascii_digit()))
    };
    server_fn_paths()
        .map(|(path, _)| path)
        .find(|path| is_it(path))
        .unwrap_or_else(|| panic!("no server function {name}"))
}

pub fn request(
    method: Method,
    path: &str,
    key: Option<&str>,
    body: Option<Value>,
    headers: &[(&str, &str)],
) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(key) = key {
        request = request.header(AUTHORIZATION, format!("Bearer {key}"));
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = match body {
        Some(body) => {
            request = request.header(CONTENT_TYPE, "application/json");
            Body::from(body.to_string())
        }
        None => Body::empty(),
    };
    request.body(body).expect("a request")
}

pub fn cookie(secret: &str) -> (&'static str, String) {
    (COOKIE.as_str(), format!("baton_leg={secret}"))
}

pub fn to_bob() -> Value {
    json!({ "target": { "agent": "bob" }, "reason": "Wrong invoice" })
}
