//! The streams of desks and callers.

use std::sync::Arc;
use std::time::Duration;

use baton::api::desk::DeskCommand;
use baton::server::hub::News;
use baton_domain::agent::Presence;
use baton_domain::call::RoomKind;
use baton_domain::ids::CallId;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::harness::{TestDesk, id};

/// Nothing here takes long; whatever does is broken.
const LIMIT: Duration = Duration::from_secs(10);

pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub async fn open(address: &str, path: &str, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        let mut request = format!("ws://{address}{path}").into_client_request().expect("an address");
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().expect("a header"));
        }
        match connect_async(request).await {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    pub async fn say(&mut self, value: &Value) {
        self.0.send(Message::text(value.to_string())).await.expect("an open connection");
    }

    /// The next message that is no ping.
    pub async fn hear(&mut self) -> Value {
        loop {
            match timeout(LIMIT, self.0.next()).await.expect("a message in time") {
                Some(Ok(Message::Text(text))) => {
                    let value: Value = serde_json::from_str(&text).expect("JSON");
                    if value.get("ping").is_none() {
                        return value;
                    }
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("no message: {other:?}"),
            }
        }
    }

    /// The next event of a type.
    pub async fn event(&mut self, kind: &str) -> Value {
        loop {
            let event = self.hear().await["event"].clone();
            if event["type"] == kind {
                return event;
            }
        }
    }

    /// Waits for the end, and says its code.
    pub async fn closed(&mut self) -> Option<u16> {
        loop {
            match timeout(LIMIT, self.0.next()).await.expect("an end in time") {
                Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code.into()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }
}

/// A stream of server-sent events.
pub struct ServerSent {
    lines: BufReader<OwnedReadHalf>,
    /// Kept, because the server takes its end for ours.
    _open: OwnedWriteHalf,
}

pub async fn server_sent(address: &str, path: &str, key: &str, header: Option<(&str, &str)>) -> ServerSent {
    let (read, mut write) = TcpStream::connect(address).await.expect("it listens").into_split();
    let header = header.map_or_else(String::new, |(name, value)| format!("{name}: {value}\r\n"));
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\n{header}\r\n");
    write.write_all(request.as_bytes()).await.expect("it reads");
    ServerSent { lines: BufReader::new(read), _open: write }
}

impl ServerSent {
    pub async fn next_event(&mut self) -> Value {
        serde_json::from_str(&self.field("data: ").await).expect("JSON")
    }

    /// What stands in the next line that begins so.
    pub async fn field(&mut self, begins: &str) -> String {
        let mut line = String::new();
        loop {
            line.clear();
            let reading = timeout(LIMIT, self.lines.read_line(&mut line)).await;
            let read = reading.expect("a line in time").expect("a line");
            assert_ne!(read, 0, "the stream has ended");
            if let Some(value) = line.strip_prefix(begins) {
                return value.trim_end().to_owned();
            }
        }
    }
}

async fn presence_of(desk: &TestDesk, agent: &str) -> Presence {
    let views = desk.app.presence().views().await.expect("agents");
    views.into_iter().find(|view| view.agent.id == id(agent)).expect("known").presence
}

async fn desk_socket(desk: &TestDesk, address: &str, agent: &str) -> Socket {
    let mut socket = Socket::open(address, "/ws/notifications", &[]).await.expect("no page, a program");
    socket.say(&json!({ "token": desk.token(agent).await, "after": null })).await;
    socket
}

#[tokio::test]
async fn a_desk_gets_a_view_and_then_its_changes() {
    let mut desk = TestDesk::new().await;
    desk.start_workers();
    let address = desk.listen().await;
    let mut alice = desk_socket(&desk, &address, "alice").await;
    let first = alice.hear().await;
    assert_eq!((first["event"]["type"].as_str(), first["event"]["view"]["me"].as_str()), (Some("view"), Some("alice")));
    let mut bob = desk_socket(&desk, &address, "bob").await;
    bob.event("view").await;

    let call = desk.talking("alice").await;
    let mine = alice.event("call").await;
    assert_eq!(mine["call"]["call"]["caller"]["name"], "Carol");
    desk.button("alice", call, DeskCommand::Hold).await.expect("they talk");
    let held = serde_json::to_value(desk.find(call).await).expect("serialises");
    // First where everybody sits, then all of it.
    while alice.event("moved").await["call"] != held {}
    while alice.event("call").await["call"]["call"] != held {}
    desk.button("alice", call, DeskCommand::Retrieve).await.expect("on hold");
    desk.start_transfer("alice", call, "bob").await.expect("Bob is there");
    let offered = bob.event("call").await;
    assert_eq!(offered["call"]["briefings"].as_array().map(Vec::len), Some(1), "the briefing comes with the offer");
    desk.button("bob", call, DeskCommand::Decline { reason: "busy".to_owned() }).await.expect("it rings there");
    let gone = bob.event("call_gone").await;
    assert_eq!(gone["call"], json!(call));
}

#[tokio::test]
async fn an_agent_is_there_while_a_desk_is_open_and_gone_when_it_broke() {
    let mut desk = TestDesk::new().await;
    desk.start_workers();
    let address = desk.listen().await;
    let mut bob = desk_socket(&desk, &address, "bob").await;
    bob.event("view").await;
    assert_eq!(presence_of(&desk, "alice").await, Presence::Offline);
    let mut alice = desk_socket(&desk, &address, "alice").await;
    alice.event("view").await;
    assert_eq!(presence_of(&desk, "alice").await, Presence::Available);
    drop(alice);
    // The server hears of it by itself; time stands still meanwhile, so that the grace begins when it does.
    let closed = async {
        while desk.app.hub.is_there(&id("alice"), desk.app.clock.now(), baton_domain::time::Span(0)) {
            tokio::task::yield_now().await;
        }
    };
    timeout(LIMIT, closed).await.expect("noticed in time");
    assert_eq!(presence_of(&desk, "alice").await, Presence::Available, "a reload is no absence");
    desk.pass(baton_domain::time::Span::seconds(30)).await;
    assert_eq!(presence_of(&desk, "alice").await, Presence::Offline);
}

#[tokio::test]
async fn a_stream_needs_a_sign_in() {
    let desk = TestDesk::new().await;
    let address = desk.listen().await;
    for hello in [json!({ "token": "made-up" }), json!({ "api_key": "made-up" }), json!({}), json!(7)] {
        let mut socket = Socket::open(&address, "/ws/notifications", &[]).await.expect("no page, a program");
        socket.say(&hello).await;
        let problem = socket.hear().await["problem"].clone();
        assert!(problem["status"].as_u64().is_some_and(|status| status == 401 || status == 422), "{hello}: {problem}");
        assert_eq!(socket.closed().await, Some(4401));
    }
    assert_eq!(Socket::open(&address, "/ws/caller", &[]).await.err(), Some(401));
    let evil = [("origin", "https://evil.example")];
    assert_eq!(Socket::open(&address, "/ws/notifications", &evil).await.err(), Some(403));
}

/// A caller's page that has just come in.
async fn caller_socket(desk: &TestDesk) -> (CallId, Socket) {
    let (view, secret) =
        desk.app.callers().join(&desk.join_code().await, "Carol", None).await.expect("the line is open");
    let cookie = format!("baton_leg={}", secret.expect("a secret"));
    let socket = Socket::open(&desk.listen().await, "/ws/caller", &[("cookie", &cookie)]).await.expect("their cookie");
    (view.call, socket)
}

/// Waits until a caller's page is told that this is their state.
async fn is_told(socket: &mut Socket, state: &str) {
    while socket.event("view").await["view"]["state"].get(state).is_none() {}
}

#[tokio::test]
async fn a_caller_is_told_where_they_are() {
    let mut desk = TestDesk::new().await;
    desk.start_workers();
    desk.open_desks(&["alice"]);
    let (call, mut socket) = caller_socket(&desk).await;
    is_told(&mut socket, "waiting").await;
    desk.app.calls().answer(&desk.who("alice").await, call).await.expect("nobody else answered");
    is_told(&mut socket, "answered").await;
    desk.enter_as("alice", call, RoomKind::Call).await;
    is_told(&mut socket, "talking").await;
}

#[tokio::test]
async fn a_caller_is_told_of_no_step_that_changes_nothing_for_them() {
    let desk = TestDesk::new().await;
    desk.open_desks(&["alice", "bob"]);
    let (call, mut socket) = caller_socket(&desk).await;
    desk.app.calls().answer(&desk.who("alice").await, call).await.expect("nobody else answered");
    let transfer = desk.start_transfer("alice", call, "bob").await.expect("Bob is there");
    while socket.event("view").await["view"]["transfer"] != json!(transfer) {}

    let before = desk.find(call).await.version;
    desk.app.calls().offer_shown(&desk.who("bob").await, call).await.expect("a fact");
    assert_eq!(desk.find(call).await.version, before + 1);
    desk.app.hub.publish(News::Withdrawn(call, Arc::from([]), 7));
    let next = socket.hear().await["event"].clone();
    assert_eq!(next["type"], "withdrawn", "{next}");
}

#[tokio::test]
async fn whoever_listens_is_told_when_the_server_ends() {
    let desk = TestDesk::new().await;
    let mut socket = desk_socket(&desk, &desk.listen().await, "alice").await;
    socket.event("view").await;
    desk.stop();
    assert_eq!(socket.closed().await, Some(1001));
}
