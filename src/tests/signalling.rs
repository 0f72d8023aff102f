//! LiveKit's signalling under our own address: a page's WebSocket, all the way to a LiveKit and back. The test itself is
//! both the page and LiveKit.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, accept_async, connect_async};

use crate::harness::TestDesk;

/// Nothing here takes long; whatever does is broken.
const LIMIT: Duration = Duration::from_secs(10);
const PATH: &str = "/rtc/v1?access_token=a.b.c&auto_subscribe=0";

type Page = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A desk that listens, and where its LiveKit does.
struct Between {
    desk: TestDesk,
    address: String,
    livekit: TcpListener,
}

impl Between {
    async fn new() -> Self {
        let livekit = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("ws://{}", livekit.local_addr().expect("an address"));
        let desk = TestDesk::configured(|config| config.livekit.url = url).await;
        Self { address: desk.listen().await, desk, livekit }
    }

    /// A page that connects, with the cookies that it has.
    async fn connect(&self, origin: &str) -> Result<Page, Error> {
        let mut request = format!("ws://{}{PATH}", self.address).into_client_request().expect("an address");
        for (name, value) in [("origin", origin), ("cookie", "baton_leg=secret")] {
            request.headers_mut().insert(name, value.parse().expect("a header"));
        }
        timeout(LIMIT, connect_async(request)).await.expect("an answer in time").map(|(page, _)| page)
    }

    /// What LiveKit is asked next.
    async fn asked(&self) -> TcpStream {
        timeout(LIMIT, self.livekit.accept()).await.expect("asked in time").expect("it listens").0
    }

    /// A connection from a page to LiveKit: its two ends.
    async fn open(&self) -> (Page, WebSocketStream<TcpStream>) {
        let origin = format!("http://{}", self.address);
        let accepted = async { accept_async(self.asked().await).await.expect("a handshake") };
        let (page, livekit) = tokio::join!(self.connect(&origin), accepted);
        (page.expect("our own page"), livekit)
    }
}

/// The next message, or `None` when the connection has ended, however it did.
async fn next<S>(socket: &mut WebSocketStream<S>) -> Option<Message>
where
    WebSocketStream<S>: StreamExt<Item = Result<Message, Error>> + Unpin,
{
    timeout(LIMIT, socket.next()).await.expect("a message or the end in time").and_then(Result::ok)
}

/// The head of a request, as it arrives.
async fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(timeout(LIMIT, stream.read_u8()).await.expect("a request in time").expect("all of it"));
    }
    String::from_utf8(head).expect("text")
}

fn close(code: u16, reason: &'static str) -> Message {
    Message::Close(Some(CloseFrame { code: code.into(), reason: reason.into() }))
}

#[tokio::test]
async fn what_either_side_says_arrives_as_it_was_said() {
    let between = Between::new().await;
    let (mut page, mut livekit) = between.open().await;
    // More than any buffer on the way holds.
    let large = Message::binary(vec![7; 8_000_000]);
    for said in [Message::text("an offer"), Message::binary(vec![0, 255, 10]), Message::binary(Vec::new()), large] {
        let (sent, heard) = tokio::join!(page.send(said.clone()), next(&mut livekit));
        sent.expect("an open connection");
        assert_eq!(heard.as_ref(), Some(&said));
        let (sent, heard) = tokio::join!(livekit.send(said.clone()), next(&mut page));
        sent.expect("an open connection");
        assert_eq!(heard, Some(said));
    }
}

#[tokio::test]
async fn either_side_is_told_why_the_other_ended() {
    let between = Between::new().await;
    let (mut page, mut livekit) = between.open().await;
    page.send(close(4001, "the tab is closed")).await.expect("an open connection");
    assert_eq!(next(&mut livekit).await, Some(close(4001, "the tab is closed")));

    let (mut page, mut livekit) = between.open().await;
    livekit.send(close(1011, "out of memory")).await.expect("an open connection");
    assert_eq!(next(&mut page).await, Some(close(1011, "out of memory")));
}

#[tokio::test]
async fn a_connection_that_breaks_or_a_server_that_stops_leaves_neither_side_waiting() {
    let between = Between::new().await;
    let (page, mut livekit) = between.open().await;
    drop(page);
    assert_eq!(next(&mut livekit).await, None);

    let (mut page, livekit) = between.open().await;
    drop(livekit);
    assert_eq!(next(&mut page).await, None);

    let (mut page, mut livekit) = between.open().await;
    between.desk.stop();
    assert_eq!(next(&mut page).await, None);
    assert_eq!(next(&mut livekit).await, None);
}

#[tokio::test]
async fn livekit_is_asked_what_the_page_asked_without_our_cookies_and_its_refusal_arrives() {
    let between = Between::new().await;
    let evil = between.connect("https://evil.example").await;
    assert!(matches!(evil, Err(Error::Http(refused)) if refused.status() == 403));

    let refusing = async {
        let mut stream = between.asked().await;
        let asked = head(&mut stream).await;
        let refusal = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 13\r\n\r\ninvalid token";
        stream.write_all(refusal).await.expect("it reads");
        asked
    };
    let origin = format!("http://{}", between.address);
    let (page, asked) = tokio::join!(between.connect(&origin), refusing);
    // Whose page it is was ours to judge, and the other page has not come this far.
    assert!(asked.starts_with(&format!("GET {PATH} HTTP/1.1\r\n")), "{asked}");
    let lines: Vec<_> = asked.to_ascii_lowercase().lines().map(str::to_owned).collect();
    let host = format!("host: {}", between.livekit.local_addr().expect("an address"));
    for line in [host.as_str(), "connection: upgrade", "upgrade: websocket", "sec-websocket-version: 13"] {
        assert!(lines.iter().any(|asked| asked == line), "no {line} in {asked}");
    }
    assert!(!lines.iter().any(|line| line.starts_with("cookie:") || line.starts_with("origin:")), "{asked}");
    let Err(Error::Http(refused)) = page else { panic!("LiveKit refused") };
    assert_eq!(refused.status(), 401);
    assert_eq!(refused.into_body().as_deref(), Some(b"invalid token".as_slice()));
}
