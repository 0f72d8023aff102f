//! Recordings of a call on a real LiveKit.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufReader, Cursor};

use baton::api::desk::DeskCommand;
use baton::server::config::RecordingsPlace;
use baton_domain::call::RoomKind;
use baton_domain::ids::CallId;
use baton_domain::listening::{ListeningPolicy, Recorded};
use baton_domain::recording::{Recording, RecordingState};
use baton_domain::transcript::Speaker;
use bytes::Bytes;
use livekit_participant::ogg::{Clip, Reader};
use livekit_participant::{JoinOptions, Participant, Player, PublishOptions};

use crate::live_desk::{LiveDesk, until};
use crate::real_livekit;

const SPEECH: &[u8] = include_bytes!("../../crates/livekit-participant/tests/sounds/speech.opus");
/// Samples of a millisecond.
const MILLISECOND: i64 = 48;
/// Packets of a second.
const A_SECOND: usize = 50;

/// Somebody who says what they are told to, and hears nobody: the recorder alone hears them.
struct Talker {
    _participant: Participant,
    player: Player,
}

impl Talker {
    async fn enter(token: String) -> Self {
        let options = JoinOptions::new(real_livekit::config().url, token).publish(PublishOptions::new("microphone"));
        let (participant, _) = Participant::join(options).await.expect("they are in");
        let player = Player::new(participant.track(0).expect("a track").clone());
        Self { _participant: participant, player }
    }

    /// They say it again and again until so many are recorded: nobody is told whether a hidden participant listens.
    async fn say_until_recorded(&mut self, packets: &[Bytes], desk: &LiveDesk, call: CallId, recordings: usize) {
        let who = desk.alice().await;
        let are_recorded = until("a recording", async || {
            desk.app.recordings().of_call(&who, call).await.expect("a list").len() == recordings
        });
        let saying = async {
            loop {
                self.say(packets).await;
            }
        };
        tokio::select! {
            () = are_recorded => {}
            () = saying => {}
        }
    }

    async fn say(&mut self, packets: &[Bytes]) {
        self.player.play(packets.iter().cloned()).await.expect("they are in");
    }
}

/// When each packet is to be heard that is there once, in samples since the first recording of the call began.
fn placed(desk: &LiveDesk, recording: &Recording, first: &Recording) -> HashMap<Vec<u8>, i64> {
    let RecordingsPlace::Folder(folder) = &desk.app.config.recordings.place else { panic!("it is in a bucket") };
    let file = File::open(folder.join(format!("{}/{}.opus", recording.call, recording.id))).expect("a file");
    let offset_ms = recording.started_at.since(first.started_at).0;
    let (mut placed, mut again) = (HashMap::new(), HashSet::new());
    for packet in Reader::new(BufReader::new(file)).expect("Ogg with Opus") {
        let packet = packet.expect("a packet of sound");
        let position = i64::try_from(packet.position).expect("a short call") + offset_ms * MILLISECOND;
        if placed.insert(packet.data.clone(), position).is_some() {
            again.insert(packet.data);
        }
    }
    placed.retain(|data, _| !again.contains(data));
    placed
}

async fn stored(desk: &LiveDesk, call: CallId) -> Vec<Recording> {
    let who = desk.alice().await;
    let list = async || desk.app.recordings().of_call(&who, call).await.expect("a list");
    until("both are stored", async || {
        let listed = list().await;
        listed.len() == 2 && listed.iter().all(|recording| recording.state == RecordingState::Stored)
    })
    .await;
    list().await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a LiveKit server"]
async fn what_two_say_at_once_is_at_the_same_time_in_both_recordings() {
    let listening = ListeningPolicy { transcribe: false, record: Recorded::Call };
    let desk = LiveDesk::listening(listening).await;
    let (call, token) = desk.caller().await;
    let mut carol = Talker::enter(token).await;
    let who = desk.alice().await;
    desk.app.calls().answer(&who, call).await.expect("nobody else answered");
    let access = desk.app.seating().agent_access(&who, call, RoomKind::Call).await.expect("a seat");
    let mut alice = Talker::enter(access.token).await;
    desk.app.seating().observe(&desk.find(call).await).await.expect("LiveKit answers");

    let clip = Clip::read(Cursor::new(SPEECH)).expect("a file of ours");
    let packets: Vec<Bytes> = clip.once().map(|piece| piece.packet).collect();
    // Carol's recording begins earlier, so that what brings the two together has something to do.
    let (before, at_once) = packets.split_at(A_SECOND);
    carol.say_until_recorded(before, &desk, call, 1).await;
    alice.say_until_recorded(before, &desk, call, 2).await;
    tokio::join!(carol.say(at_once), alice.say(at_once));
    desk.button(call, DeskCommand::HangUp).await;

    let recordings = stored(&desk, call).await;
    let [of_carol, of_alice] = &recordings[..] else { panic!("there are two") };
    assert_eq!(of_carol.speaker, Speaker::Caller, "she spoke first");
    let ahead = of_alice.started_at.since(of_carol.started_at);
    assert!(ahead.0 > 0, "Alice's begins {ahead:?} later");
    let (carols, alices) = (placed(&desk, of_carol, of_carol), placed(&desk, of_alice, of_carol));
    let apart_at = |data: &Bytes| Some((alices.get(&**data)? - carols.get(&**data)?).abs());
    let apart: Vec<i64> = at_once.iter().filter_map(apart_at).collect();
    let most = apart.iter().max().copied().unwrap_or_default() / MILLISECOND;
    println!("{} of {} packets are in both, at most {most} ms apart, {ahead:?} ahead", apart.len(), at_once.len());
    assert!(apart.len() * 10 >= at_once.len() * 9, "{} of {} are in both", apart.len(), at_once.len());
    assert!(most < 50, "they are {most} ms apart");
}
