//! A LiveKit server of the test's own.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use livekit_api::access_token::{AccessToken, VideoGrants};
use livekit_participant::{Event, Events, JoinOptions, Participant, PublishOptions, Subscribe};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// Longer than anything here takes on a machine that has other work.
pub const LIMIT: Duration = Duration::from_secs(60);

const KEY: &str = "room-tests";

/// A server that only this process reaches. It ends with its owner.
pub struct Server {
    pub port: u16,
    pub udp_port: u16,
    tcp_port: u16,
    secret: String,
    process: Child,
}

impl Server {
    pub async fn start() -> Self {
        let tcp = || {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a free port");
            listener.local_addr().expect("it is bound").port()
        };
        let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a free port");
        let udp_port = udp.local_addr().expect("it is bound").port();
        let (port, tcp_port) = (tcp(), tcp());
        drop(udp);
        let secret = String::from("the first secret, which is long enough");
        let process = spawn(port, udp_port, tcp_port, &secret);
        let server = Self { port, udp_port, tcp_port, secret, process };
        server.answers().await;
        server
    }

    /// Kills it, as `kill -9` does.
    pub async fn kill(&mut self) {
        self.process.kill().await.expect("it ran");
    }

    /// Starts it again after it was killed, with nothing left of what it knew.
    pub async fn start_again(&mut self) {
        self.process = spawn(self.port, self.udp_port, self.tcp_port, &self.secret);
        self.answers().await;
    }

    /// From the next start on it takes only tokens that are signed anew.
    pub fn change_secret(&mut self) {
        self.secret = String::from("the second secret, which is long enough");
    }

    pub fn url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.port)
    }

    /// A token for everything in a room.
    pub fn token(&self, room: &str, identity: &str) -> String {
        self.signed(identity, VideoGrants { room_join: true, room: room.into(), ..VideoGrants::default() })
    }

    /// A token with which nothing can be published.
    pub fn mute_token(&self, room: &str, identity: &str) -> String {
        let grants =
            VideoGrants { room_join: true, room: room.into(), can_publish: Some(false), ..VideoGrants::default() };
        self.signed(identity, grants)
    }

    fn signed(&self, identity: &str, grants: VideoGrants) -> String {
        let token = AccessToken::with_api_key(KEY, &self.secret).with_identity(identity).with_grants(grants);
        token.with_ttl(Duration::from_secs(600)).to_jwt().expect("the claims are sound")
    }

    pub fn options(&self, identity: &str) -> JoinOptions {
        JoinOptions::new(self.url(), self.token("room", identity))
    }

    /// Joins to publish one track.
    pub async fn publisher(&self, identity: &str) -> (Participant, Events) {
        join(self.options(identity).publish(PublishOptions::new("voice"))).await
    }

    /// Joins to hear everybody.
    pub async fn listener(&self, identity: &str) -> (Participant, Events) {
        join(self.options(identity).subscribe(Subscribe::AllAudio)).await
    }

    async fn answers(&self) {
        let dial = async {
            while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).await.is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(LIMIT, dial).await.expect("the server does not answer");
    }
}

fn spawn(port: u16, udp_port: u16, tcp_port: u16, secret: &str) -> Child {
    let config = serde_json::json!({
        "port": port,
        "bind_addresses": ["127.0.0.1"],
        "rtc": {
            "tcp_port": tcp_port, "udp_port": udp_port, "use_external_ip": false, "node_ip": "127.0.0.1",
            "enable_loopback_candidate": true, "ips": { "includes": ["127.0.0.1/32"] },
            // Without one, clients are sent to a public server.
            "stun_servers": [format!("127.0.0.1:{tcp_port}")],
        },
        "keys": { KEY: secret },
        "logging": { "level": std::env::var("LIVEKIT_LOG").unwrap_or("warn".into()) },
    });
    let is_talkative = std::env::var_os("LIVEKIT_LOG").is_some();
    let output = || if is_talkative { Stdio::inherit() } else { Stdio::null() };
    let mut command = Command::new(program());
    command.arg("--config-body").arg(config.to_string()).stdout(output()).stderr(output());
    command.kill_on_drop(true).spawn().expect("the LiveKit server starts")
}

/// The server that `LIVEKIT_SERVER` names, one on the path, or the one that the project's tools have built.
fn program() -> PathBuf {
    const NAME: &str = "livekit-server";
    if let Some(program) = std::env::var_os("LIVEKIT_SERVER") {
        return program.into();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let cache = std::env::var_os("BATON_CACHE")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache/baton")));
    let folders = std::env::split_paths(&path).chain(cache.map(|cache| cache.join("tools/bin")));
    folders.map(|folder| folder.join(NAME)).find(|program| program.is_file()).unwrap_or_else(|| {
        panic!(
            "these tests need a LiveKit server: name it in LIVEKIT_SERVER, put `{NAME}` on the path, or let `make test` \
             build it"
        )
    })
}

pub async fn join(options: JoinOptions) -> (Participant, Events) {
    let joined = timeout(LIMIT, Participant::join(options)).await.expect("joining takes too long");
    joined.expect("the server lets us in")
}

/// Waits for an event that is what is looked for, and gives what was found in it.
pub async fn until<T>(events: &mut Events, what: &str, mut find: impl FnMut(&Event) -> Option<T>) -> T {
    let search = async {
        loop {
            let event = events.next().await.unwrap_or_else(|| panic!("it ended before: {what}"));
            if let Some(found) = find(&event) {
                return found;
            }
        }
    };
    timeout(LIMIT, search).await.unwrap_or_else(|_| panic!("it never came: {what}"))
}
