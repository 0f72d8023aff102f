//! A desk on a real LiveKit, whose process can be killed, with people who are really in their rooms. The test stands for their
//! pages: it opens and closes their microphones. Telephones are the test's as well, so they outlive the desk's process.

use std::future::pending;
use std::io::Cursor;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use baton::api::desk::{Asked, DeskCommand, TransferRequest, TransferTarget};
use baton::server::adapters::livekit::LiveKit;
use baton::server::adapters::models::Models;
use baton::server::adapters::participation::LiveKitRooms;
use baton::server::clock::Clock;
use baton::server::instance::Instance;
use baton::server::permissions::Who;
use baton::server::ports::bridging::{Bridge, BridgeEnds};
use baton::server::ports::listening::RoomEar;
use baton::server::ports::media_server::MediaServer;
use baton::server::ports::participation::{
    Broadcast, Ear, Noticed, Participation, ParticipationError, Presence, Stage, Tokens, Voice,
};
use baton::server::state::App;
use baton::server::store::Store;
use baton::server::{demo, random, workers};
use baton_domain::call::{Call, RoomKind};
use baton_domain::ids::{CallId, LegId, TransferId};
use baton_domain::listening::ListeningPolicy;
use baton_domain::machine::TransferKind;
use baton_domain::seat::RoomName;
use livekit_participant::ogg::Clip;
use livekit_participant::opus::SILENCE_20_MS;
use livekit_participant::{Event, Events, JoinOptions, Participant, Player, PublishOptions, Subscribe};
use tempfile::TempDir;
use tokio::runtime::{Handle, Runtime};
use tokio_util::sync::CancellationToken;

use crate::harness::id;
use crate::settings::settings;
use crate::{real_livekit, recording_place};

const SPEECH: &[u8] = include_bytes!("../../crates/livekit-participant/tests/sounds/speech.opus");
const LIMIT: Duration = Duration::from_secs(15);
/// What one packet holds.
const PACKET: Duration = Duration::from_millis(20);
/// How often it is looked whether something is so.
const LOOK: Duration = Duration::from_millis(20);

/// Waits until it is so.
pub async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !is_so().await {
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::time::timeout(LIMIT, waiting).await.unwrap_or_else(|_| panic!("{what}: not within {LIMIT:?}"));
}

/// Somebody in a room, who talks without end while their microphone is open.
#[derive(Clone)]
pub struct Person {
    participant: Arc<Participant>,
    heard: Arc<Mutex<Vec<Packet>>>,
}

/// A packet that somebody heard.
#[derive(Clone)]
pub struct Packet {
    pub speaker: Arc<str>,
    track: Arc<str>,
    pub at: Instant,
}

impl Person {
    pub async fn enter(token: String, is_muted: bool) -> Self {
        let microphone = PublishOptions::new("microphone");
        let microphone = if is_muted { microphone.muted() } else { microphone };
        let options = JoinOptions::new(real_livekit::config().url, token).publish(microphone);
        let joined = Participant::join(options.subscribe(Subscribe::AllAudio)).await;
        let (participant, events) = joined.expect("they are in");
        let mut player = Player::new(participant.track(0).expect("a track").clone());
        let clip = Clip::read(Cursor::new(SPEECH)).expect("a file of ours");
        tokio::spawn(async move { player.play(clip.looped().map(|piece| piece.packet)).await });
        let heard = Arc::<Mutex<Vec<Packet>>>::default();
        tokio::spawn(hear(events, heard.clone()));
        Self { participant: Arc::new(participant), heard }
    }

    /// Opens their microphone, or closes it.
    pub async fn mute(&self, is_muted: bool) {
        self.participant.track(0).expect("a track").set_muted(is_muted).await.expect("they are in");
    }

    /// Who they are.
    pub fn identity(&self) -> &str {
        &self.participant.connected().identity
    }

    /// The connection.
    pub fn sid(&self) -> &str {
        &self.participant.connected().sid
    }

    /// Everything that they heard of somebody since a moment.
    pub fn heard(&self, speaker: &str, since: Instant) -> Vec<Packet> {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.iter().filter(|packet| &*packet.speaker == speaker && packet.at >= since).cloned().collect()
    }

    /// Waits until they have heard so much of somebody since a moment. Gives when that began.
    pub async fn hears(&self, speaker: &str, packets: usize, since: Instant) -> Instant {
        until(&format!("{packets} packets of {speaker}"), async || self.heard(speaker, since).len() >= packets).await;
        self.heard(speaker, since)[0].at
    }

    /// How much of what somebody said since a moment never came, of the track that they heard last. Sound that a busy machine
    /// brings late has come.
    pub fn missed(&self, speaker: &str, since: Instant) -> Duration {
        let heard = self.heard(speaker, since);
        let last = heard.last().expect("something was heard");
        let packets = heard.iter().filter(|packet| packet.track == last.track).count();
        let came = PACKET * u32::try_from(packets).expect("a short call");
        last.at.duration_since(since).saturating_sub(came)
    }

    /// Waits until nothing has come of somebody for half a second. Gives when it ended.
    pub async fn hears_no_more(&self, speaker: &str, since: Instant) -> Instant {
        const QUIET: Duration = Duration::from_millis(500);
        let last = || self.heard(speaker, since).last().map_or(since, |packet| packet.at);
        until(&format!("the end of {speaker}"), async || last().elapsed() > QUIET).await;
        last()
    }
}

/// For a second after a track was muted LiveKit itself sends silence in its place.
async fn hear(mut events: Events, heard: Arc<Mutex<Vec<Packet>>>) {
    while let Some(event) = events.next().await {
        if let Event::Audio(packet) = event
            && !packet.payload.starts_with(SILENCE_20_MS)
        {
            let packet = Packet { speaker: packet.identity, track: packet.track_sid, at: packet.received_at };
            heard.lock().unwrap_or_else(PoisonError::into_inner).push(packet);
        }
    }
}

/// Rooms of LiveKit in which telephones are the test's: whoever is called there once is there until the test ends, and is found
/// by a desk that was started again.
struct Telephones {
    rooms: LiveKitRooms,
    /// Where telephones run: not in the desk's process.
    outside: Handle,
    answered: Arc<Mutex<Option<Person>>>,
}

impl Telephones {
    fn answered(&self) -> MutexGuard<'_, Option<Person>> {
        self.answered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Participation for Telephones {
    async fn join(&self, tokens: Tokens) -> Result<Presence, ParticipationError> {
        let is_there = self.answered().is_some();
        if !is_there {
            let token = tokens().await.map_err(ParticipationError::Join)?;
            let entered = self.outside.spawn(Person::enter(token, false)).await;
            *self.answered() = Some(entered.map_err(|error| ParticipationError::Join(Box::new(error)))?);
        }
        Ok(Presence { voice: Box::new(AtTelephone), ear: Box::new(AtTelephone) })
    }

    async fn broadcast(&self, tokens: Tokens, broadcast: Broadcast) -> Result<Stage, ParticipationError> {
        self.rooms.broadcast(tokens, broadcast).await
    }

    async fn bridge(&self, ends: BridgeEnds) -> Result<Box<dyn Bridge>, ParticipationError> {
        self.rooms.bridge(ends).await
    }

    async fn listen(&self, tokens: Tokens) -> Result<Box<dyn RoomEar>, ParticipationError> {
        self.rooms.listen(tokens).await
    }
}

/// What the desk has of a telephone: nothing that it does or leaves undone changes the telephone.
struct AtTelephone;

#[async_trait]
impl Voice for AtTelephone {
    async fn say(&mut self, _clip: &Clip) -> Result<(), ParticipationError> {
        pending().await
    }

    async fn be_quiet(&mut self, _span: Duration) -> Result<(), ParticipationError> {
        pending().await
    }

    async fn leave(self: Box<Self>) {}
}

#[async_trait]
impl Ear for AtTelephone {
    async fn next(&mut self) -> Option<Noticed> {
        pending().await
    }
}

/// A desk, and the process that it runs in.
pub struct LiveDesk {
    pub app: App,
    pub media: Arc<LiveKit>,
    folder: TempDir,
    process: Option<Runtime>,
    answered: Arc<Mutex<Option<Person>>>,
    listening: ListeningPolicy,
}

impl LiveDesk {
    pub async fn start() -> Self {
        Self::listening(ListeningPolicy::default()).await
    }

    /// A desk whose lines are transcribed or recorded.
    pub async fn listening(listening: ListeningPolicy) -> Self {
        Self::on(TempDir::new().expect("a temporary folder"), Arc::default(), listening).await
    }

    async fn on(folder: TempDir, answered: Arc<Mutex<Option<Person>>>, listening: ListeningPolicy) -> Self {
        let process = Runtime::new().expect("threads");
        let url = format!("sqlite://{}/baton.db?mode=rwc", folder.path().display());
        let mut config = settings(url, &folder.path().join("site"));
        config.livekit = real_livekit::config();
        config.demo.phone = true;
        config.demo.listening = listening;
        let media = Arc::new(LiveKit::new(&config.livekit));
        let rooms = LiveKitRooms::new(&config.livekit);
        let telephones = Telephones { rooms, outside: Handle::current(), answered: answered.clone() };
        let store = Store::open(&config.database.url).await.expect("the database opens");
        let writer = Arc::new(Models::new(&config.models));
        let recorder = recording_place::recorder(&config.recordings);
        let instance = Instance::open(&config.recordings.spool).expect("a folder").id;
        let (app, woken) = App::new(instance, config, Clock::System, store, media.clone(), writer, recorder);
        demo::seed(&app).await.expect("the demo is set up");
        app.presence().desk_opened(&id("alice"));
        let inside = process.enter();
        workers::start(&app, woken, Arc::new(telephones), &CancellationToken::new());
        drop(inside);
        Self { app, media, folder, process: Some(process), answered, listening }
    }

    /// The process is killed: nobody says goodbye, neither to LiveKit nor to the database.
    pub fn kill(&mut self) {
        if let Some(process) = self.process.take() {
            process.shutdown_background();
        }
    }

    /// Another process on what the killed one left.
    pub async fn started_again(mut self) -> Self {
        self.kill();
        let folder = std::mem::replace(&mut self.folder, TempDir::new().expect("a temporary folder"));
        Self::on(folder, self.answered.clone(), self.listening).await
    }

    /// The telephone that was called, once it is answered.
    pub async fn telephone(&self) -> Person {
        let answered = || self.answered.lock().unwrap_or_else(PoisonError::into_inner).clone();
        until("the telephone is answered", async || answered().is_some()).await;
        answered().expect("it is answered")
    }

    /// Carol comes in by the link. Gives the token of her place.
    pub async fn caller(&self) -> (CallId, String) {
        let lines = self.app.callers().lines().await.expect("lines");
        let code = lines.into_iter().find_map(|line| line.join_code).expect("a line with a link");
        let (view, _) = self.app.callers().join(&code, "Carol", None).await.expect("the line is open");
        let access = self.app.seating().caller_access(view.call).await.expect("a seat");
        (view.call, access.token)
    }

    pub async fn alice(&self) -> Who {
        let token = self.app.sessions().open_demo_desk(&id("alice"), None).await.expect("a demo agent").token;
        self.app.sessions().who_of_token(&token).await.expect("a demo agent")
    }

    pub async fn alice_enters(&self, call: CallId, room: RoomKind) -> Person {
        let access = self.app.seating().agent_access(&self.alice().await, call, room).await.expect("a seat");
        Person::enter(access.token, room == RoomKind::Consult).await
    }

    pub async fn button(&self, call: CallId, command: DeskCommand) {
        let asked = self.asked(call).await;
        let pressed = self.app.calls().desk_command(&self.alice().await, asked, command.clone()).await;
        pressed.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    }

    pub async fn transfer_to_dana(&self, call: CallId) -> TransferId {
        let request = TransferRequest {
            target: TransferTarget::Agent(id("dana")),
            kind: TransferKind::Warm,
            reason: "Wrong invoice".to_owned(),
            note: String::new(),
            hold: false,
            briefing_edit: None,
        };
        let asked = self.asked(call).await;
        self.app.transfers().start(&self.alice().await, asked, request).await.expect("a phone is always there")
    }

    async fn asked(&self, call: CallId) -> Asked {
        Asked { call, seen_version: self.find(call).await.version, key: random::secret::<9>() }
    }

    pub async fn find(&self, call: CallId) -> Call {
        self.app.calls().find(call).await.expect("a known call")
    }

    pub async fn leg(&self, agent: &str, call: CallId) -> LegId {
        let call = self.find(call).await;
        call.agent_legs().into_iter().find(|leg| leg.agent == id(agent)).expect("part of the call").leg
    }

    pub async fn until_it_is(&self, state: &str, call: CallId) {
        until(state, async || self.find(call).await.state_name() == state).await;
    }

    /// The connection of somebody in a room.
    pub async fn connection(&self, room: RoomName, identity: &str) -> Option<String> {
        let there = self.media.participants(&room.to_string()).await.expect("LiveKit answers");
        there.into_iter().find(|participant| participant.identity == identity).map(|participant| participant.sid)
    }

    pub async fn until_there(&self, room: RoomName, identity: &str) -> String {
        until(&format!("{identity} in {room}"), async || self.connection(room, identity).await.is_some()).await;
        self.connection(room, identity).await.expect("they are there")
    }
}

impl Drop for LiveDesk {
    fn drop(&mut self) {
        self.kill();
    }
}
