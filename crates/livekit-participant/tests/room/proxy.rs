//! A proxy before the server that can cut the signalling, swallow UDP, and treat it as a bad network does.

use std::collections::HashMap;
use std::future::pending;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use futures_util::{SinkExt, StreamExt};
use livekit_protocol::signal_request::Message as SignalMessage;
use livekit_protocol::signal_response::Message as Response;
use livekit_protocol::{JoinRequest, SessionDescription, SignalRequest, SignalResponse, WrappedJoinRequest};
use prost::Message as _;
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response as Accepted};
use tokio_tungstenite::{accept_hdr_async, connect_async};
use tokio_util::task::AbortOnDropHandle;

use super::conditions::{Line, Weather};
use super::server::{LIMIT, Server};

/// What happens to datagrams.
#[derive(Clone, Copy, PartialEq)]
pub enum Udp {
    /// They pass.
    Open = 0,
    /// Those of ports that were seen before are swallowed, as by a forgetful address translation.
    NewPortsOnly = 1,
    /// All are swallowed.
    Closed = 2,
}

pub struct Proxy {
    pub url: String,
    signalling: Arc<SignalPath>,
    udp: Arc<UdpPath>,
    _tasks: [AbortOnDropHandle<()>; 2],
}

impl Proxy {
    pub async fn start(server: &Server) -> Self {
        let front = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("there is a free port");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("there is a free port");
        let url = format!("ws://{}", listener.local_addr().expect("it is bound"));
        let rewrite = Rewrite {
            from: format!("127.0.0.1 {} ", server.udp_port),
            to: format!("127.0.0.1 {} ", front.local_addr().expect("it is bound").port()),
        };
        let udp = Arc::new(UdpPath {
            front,
            server: SocketAddr::from((Ipv4Addr::LOCALHOST, server.udp_port)),
            clients: Mutex::default(),
            state: AtomicU8::new(Udp::Open as u8),
            weather: Weather::default(),
        });
        let signalling = Arc::new(SignalPath::new(server.url(), rewrite));
        let connections = Arc::clone(&signalling).run(listener, Arc::clone(&udp));
        let datagrams = Arc::clone(&udp).run();
        let tasks = [tokio::spawn(connections), tokio::spawn(datagrams)].map(AbortOnDropHandle::new);
        Self { url, signalling, udp, _tasks: tasks }
    }

    /// How the network treats datagrams; signalling is delayed only.
    pub fn weather(&self) -> &Weather {
        &self.udp.weather
    }

    /// Cuts all signalling connections; new ones pass.
    pub fn cut_signalling(&self) {
        self.signalling.cut.notify_waiters();
    }

    /// Lets signalling connections be opened, and never answers: as a server does that hangs.
    pub fn hold_signalling(&self) {
        self.signalling.is_held.store(true, Ordering::Relaxed);
    }

    /// Waits until somebody has been waiting for an answer since signalling was held.
    pub async fn until_one_waits(&self) {
        timeout(LIMIT, self.signalling.held.notified()).await.expect("nobody dials");
    }

    /// Ends the holding, and the connections that were held.
    pub fn release_signalling(&self) {
        self.signalling.is_held.store(false, Ordering::Relaxed);
        self.cut_signalling();
    }

    /// The token of the newest signalling connection.
    pub fn last_token(&self) -> String {
        self.signalling.last_token.lock().expect("nobody panicked").clone()
    }

    /// Waits until the server has renewed a token, and gives the new one.
    pub async fn renewed_token(&self) -> String {
        let mut renewed = self.signalling.renewed.subscribe();
        let token = timeout(LIMIT, renewed.wait_for(|token| !token.is_empty())).await.expect("no token is renewed");
        token.expect("the proxy runs").clone()
    }

    pub fn udp(&self, state: Udp) {
        if state == Udp::NewPortsOnly {
            for client in self.udp.clients.lock().expect("nobody panicked").values_mut() {
                client.is_old = true;
            }
        }
        self.udp.state.store(state as u8, Ordering::Relaxed);
    }
}

struct Client {
    up: Arc<Line>,
    is_old: bool,
    _task: AbortOnDropHandle<()>,
}

struct UdpPath {
    front: UdpSocket,
    server: SocketAddr,
    clients: Mutex<HashMap<SocketAddr, Client>>,
    state: AtomicU8,
    weather: Weather,
}

impl UdpPath {
    async fn run(self: Arc<Self>) {
        let mut buffer = [0; 2048];
        loop {
            let Ok((length, from)) = self.front.recv_from(&mut buffer).await else { continue };
            let up = self.upstream(from).await;
            self.forward(from, &up, &buffer[..length]);
        }
    }

    async fn upstream(self: &Arc<Self>, client: SocketAddr) -> Arc<Line> {
        if let Some(known) = self.clients.lock().expect("nobody panicked").get(&client) {
            return Arc::clone(&known.up);
        }
        let upstream = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("there is a free port");
        upstream.connect(self.server).await.expect("it is on this machine");
        let upstream = Arc::new(upstream);
        let task = tokio::spawn(Arc::clone(self).back(client, Arc::clone(&upstream)));
        // What cannot be sent is lost, as on any network.
        let up = Arc::new(Line::new(move |datagram| drop(upstream.try_send(datagram))));
        let known = Client { up: Arc::clone(&up), is_old: false, _task: AbortOnDropHandle::new(task) };
        self.clients.lock().expect("nobody panicked").insert(client, known);
        up
    }

    async fn back(self: Arc<Self>, client: SocketAddr, upstream: Arc<UdpSocket>) {
        let mut buffer = [0; 2048];
        let path = Arc::clone(&self);
        let down = Line::new(move |datagram| drop(path.front.try_send_to(datagram, client)));
        loop {
            let Ok(length) = upstream.recv(&mut buffer).await else { continue };
            self.forward(client, &down, &buffer[..length]);
        }
    }

    fn forward(&self, client: SocketAddr, line: &Line, datagram: &[u8]) {
        if self.passes(client) {
            line.send(&self.weather, datagram);
        } else {
            self.weather.lose(datagram);
        }
    }

    fn passes(&self, client: SocketAddr) -> bool {
        let is_old = || self.clients.lock().expect("nobody panicked").get(&client).is_some_and(|client| client.is_old);
        match self.state.load(Ordering::Relaxed) {
            state if state == Udp::Open as u8 => true,
            state if state == Udp::NewPortsOnly as u8 => !is_old(),
            _ => false,
        }
    }
}

#[derive(Clone)]
struct Rewrite {
    from: String,
    to: String,
}

impl Rewrite {
    /// Puts the proxy's UDP port in the place of the server's.
    fn apply(&self, message: Message) -> Message {
        let Message::Binary(bytes) = &message else { return message };
        let Ok(mut response) = SignalResponse::decode(bytes.as_ref()) else { return message };
        match &mut response.message {
            Some(Response::Answer(answer)) => answer.sdp = answer.sdp.replace(&self.from, &self.to),
            Some(Response::Trickle(trickle)) => {
                trickle.candidate_init = trickle.candidate_init.replace(&self.from, &self.to);
            }
            _ => return message,
        }
        Message::binary(response.encode_to_vec())
    }
}

/// Takes the client's own addresses out of what it says: the server would write to them past the proxy.
fn hide_addresses(offer: &mut SessionDescription) {
    let is_kept = |line: &&str| !line.starts_with("a=candidate:");
    offer.sdp = offer.sdp.split_inclusive('\n').filter(is_kept).collect();
}

fn hide_in_request(message: Message) -> Message {
    let Message::Binary(bytes) = &message else { return message };
    let Ok(mut request) = SignalRequest::decode(bytes.as_ref()) else { return message };
    let Some(SignalMessage::Offer(offer)) = &mut request.message else { return message };
    hide_addresses(offer);
    Message::binary(request.encode_to_vec())
}

fn hide_in_target(target: &str) -> String {
    const PARAMETER: &str = "join_request=";
    let (path, encoded) = target.split_once(PARAMETER).expect("the client joins or resumes");
    let mut wrapped = WrappedJoinRequest::decode(&*URL_SAFE.decode(encoded).expect("it is base64")).expect("it is one");
    let mut join = JoinRequest::decode(&*wrapped.join_request).expect("it is one");
    if let Some(offer) = &mut join.publisher_offer {
        hide_addresses(offer);
    }
    wrapped.join_request = join.encode_to_vec();
    format!("{path}{PARAMETER}{}", URL_SAFE.encode(wrapped.encode_to_vec()))
}

/// Signalling connections.
struct SignalPath {
    server: String,
    rewrite: Rewrite,
    cut: Notify,
    is_held: AtomicBool,
    held: Notify,
    last_token: Mutex<String>,
    renewed: watch::Sender<String>,
}

impl SignalPath {
    fn new(server: String, rewrite: Rewrite) -> Self {
        Self {
            server,
            rewrite,
            cut: Notify::new(),
            is_held: AtomicBool::new(false),
            held: Notify::new(),
            last_token: Mutex::default(),
            renewed: watch::Sender::default(),
        }
    }

    async fn run(self: Arc<Self>, listener: TcpListener, udp: Arc<UdpPath>) {
        let mut connections = JoinSet::new();
        while let Ok((client, _)) = listener.accept().await {
            let (path, udp) = (Arc::clone(&self), Arc::clone(&udp));
            connections.spawn(async move {
                tokio::select! {
                    () = path.carry_or_hold(client, &udp.weather) => {}
                    () = path.cut.notified() => {}
                }
            });
        }
    }

    async fn carry_or_hold(&self, client: TcpStream, weather: &Weather) {
        if self.is_held.load(Ordering::Relaxed) {
            self.held.notify_one();
            // The connection stays open for as long as this is waited for.
            let _client = client;
            return pending().await;
        }
        self.carry(client, weather).await;
    }

    #[allow(clippy::result_large_err, reason = "the callback's type is the library's")]
    async fn carry(&self, client: TcpStream, weather: &Weather) {
        let (mut target, mut token) = (String::new(), None);
        let read_request = |request: &Request, response: Accepted| {
            target = format!("{}{}", self.server, hide_in_target(&request.uri().to_string()));
            token = request.headers().get("authorization").cloned();
            Ok(response)
        };
        let Ok(client) = accept_hdr_async(client, read_request).await else { return };
        let token = token.expect("the client shows a token");
        let shown = token.to_str().expect("it is printable").trim_start_matches("Bearer ");
        shown.clone_into(&mut self.last_token.lock().expect("nobody panicked"));
        let mut request = target.into_client_request().expect("the client sent it");
        request.headers_mut().insert("authorization", token);
        let Ok((upstream, _)) = connect_async(request).await else { return };
        let (mut to_client, mut from_client) = client.split();
        let (mut to_server, mut from_server) = upstream.split();
        // Opening the connection takes a round trip as well.
        tokio::time::sleep(2 * weather.one_way()).await;
        let (up, upwards) = mpsc::unbounded_channel();
        let (down, downwards) = mpsc::unbounded_channel();
        let from_client = async {
            while let Some(Ok(message)) = from_client.next().await {
                if up.send((Instant::now() + weather.one_way(), hide_in_request(message))).is_err() {
                    return;
                }
            }
        };
        let from_server = async {
            while let Some(Ok(message)) = from_server.next().await {
                if down.send((Instant::now() + weather.one_way(), self.rewrite.apply(self.noted(message)))).is_err() {
                    return;
                }
            }
        };
        tokio::select! {
            () = from_client => {}
            () = from_server => {}
            () = deliver(upwards, &mut to_server) => {}
            () = deliver(downwards, &mut to_client) => {}
        }
    }

    /// Notes the token that a message of the server brings.
    fn noted(&self, message: Message) -> Message {
        if let Message::Binary(bytes) = &message
            && let Ok(SignalResponse { message: Some(Response::RefreshToken(token)), .. }) =
                SignalResponse::decode(bytes.as_ref())
        {
            self.renewed.send_replace(token);
        }
        message
    }
}

/// Hands messages on, each at its time.
async fn deliver(mut messages: mpsc::UnboundedReceiver<(Instant, Message)>, to: &mut (impl SinkExt<Message> + Unpin)) {
    while let Some((due, message)) = messages.recv().await {
        tokio::time::sleep_until(due).await;
        if to.send(message).await.is_err() {
            return;
        }
    }
}
