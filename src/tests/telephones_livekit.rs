//! A whole desk with telephones on a real LiveKit: what is heard at which end, also when the desk's process is killed.

use std::time::{Duration, Instant};

use baton::api::desk::DeskCommand;
use baton_domain::call::RoomKind;
use baton_domain::hold_music::PLAYER;
use baton_domain::ids::{CallId, TransferId};
use baton_domain::seat::{RoomName, relay};
use livekit_api::access_token::{AccessToken, VideoGrants};

use crate::live_desk::{LiveDesk, Person, until};
use crate::real_livekit;

/// Two seconds of packets.
const A_WHILE: usize = 100;
/// Less than this is no gap to those who listen.
const NO_GAP: Duration = Duration::from_millis(100);

/// Alice, and whom she consults on a telephone, while Carol waits.
struct Consult {
    began: Instant,
    call: CallId,
    transfer: TransferId,
    carol: Person,
    alice_in_call: Person,
    alice_beside: Person,
    dana: Person,
    alice_id: String,
    dana_id: String,
}

impl Consult {
    async fn begin(desk: &LiveDesk) -> Self {
        let began = Instant::now();
        let (call, token) = desk.caller().await;
        let carol = Person::enter(token, false).await;
        desk.app.calls().answer(&desk.alice().await, call).await.expect("nobody else answered");
        let alice_in_call = desk.alice_enters(call, RoomKind::Call).await;
        desk.app.seating().observe(&desk.find(call).await).await.expect("LiveKit answers");
        let transfer = desk.transfer_to_dana(call).await;
        let alice_beside = desk.alice_enters(call, RoomKind::Consult).await;
        let dana = desk.telephone().await;
        desk.until_it_is("consulting", call).await;
        let (alice_id, dana_id) = (desk.leg("alice", call).await.to_string(), desk.leg("dana", call).await.to_string());
        let consult = Self { began, call, transfer, carol, alice_in_call, alice_beside, dana, alice_id, dana_id };
        consult.alice_talks_in(RoomKind::Consult).await;
        consult.dana.hears(&consult.alice_id, A_WHILE, Instant::now()).await;
        consult
    }

    /// Her page goes where her seat is: first one microphone is closed, then the other opened.
    async fn alice_talks_in(&self, room: RoomKind) {
        let (closed, open) = match room {
            RoomKind::Call => (&self.alice_beside, &self.alice_in_call),
            RoomKind::Consult => (&self.alice_in_call, &self.alice_beside),
        };
        closed.mute(true).await;
        open.mute(false).await;
    }

    /// The identity that the relay has at the telephone.
    async fn relay_id(&self, desk: &LiveDesk) -> String {
        relay(&desk.find(self.call).await).expect("a relay").leg_at_phone().to_string()
    }

    /// The relay and whoever plays stand by.
    async fn all_stand_by(&self, desk: &LiveDesk) {
        let relay = self.relay_id(desk).await;
        desk.until_there(RoomName::Call(self.call), &self.dana_id).await;
        for identity in [&relay, PLAYER] {
            desk.until_there(RoomName::Consult(self.transfer), identity).await;
        }
    }

    fn nobody_else_heard_music(&self) {
        for person in [&self.carol, &self.alice_in_call, &self.alice_beside] {
            let who = person.identity();
            assert!(person.heard(PLAYER, self.began).is_empty(), "{who} heard the music of a colleague's telephone");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a LiveKit server"]
async fn a_colleague_on_a_telephone_hears_music_while_the_agents_have_swapped() {
    let desk = LiveDesk::start().await;
    let consult = Consult::begin(&desk).await;
    let (call, dana, alice) = (consult.call, &consult.dana, &*consult.alice_id);
    consult.all_stand_by(&desk).await;
    let began = Instant::now();
    dana.hears(alice, A_WHILE, began).await;
    assert!(dana.heard(PLAYER, began).is_empty(), "music plays while somebody talks");

    desk.button(call, DeskCommand::Swap).await;
    let swapped = Instant::now();
    consult.alice_talks_in(RoomKind::Call).await;
    let music = dana.hears(PLAYER, A_WHILE, swapped).await - swapped;
    println!("music is heard at the telephone {music:?} after the swap");
    assert!(music < Duration::from_secs(1), "music is heard after {music:?}");
    consult.carol.hears(alice, A_WHILE, swapped).await;
    let later = swapped + Duration::from_millis(500);
    assert!(dana.heard(alice, later).is_empty(), "the telephone hears what Alice says to the caller");

    desk.button(call, DeskCommand::Swap).await;
    let back = Instant::now();
    consult.alice_talks_in(RoomKind::Consult).await;
    let voice = dana.hears(alice, 1, back).await;
    let silent = dana.hears_no_more(PLAYER, back).await;
    println!("the voice comes after {:?}, the music ends after {:?}", voice - back, silent - back);
    assert!(silent > voice, "the music ended before anybody was there");
    assert!(silent - voice < Duration::from_secs(2), "the music goes on over the voice");

    desk.button(call, DeskCommand::Swap).await;
    let swapped = Instant::now();
    consult.alice_talks_in(RoomKind::Call).await;
    dana.hears(PLAYER, A_WHILE, swapped).await;
    desk.button(call, DeskCommand::Merge).await;
    let merged = Instant::now();
    let relay = consult.relay_id(&desk).await;
    let voices = dana.hears(&relay, 1, merged).await;
    let silent = dana.hears_no_more(PLAYER, merged).await;
    assert!(silent > voices, "the music ended before anybody was there");
    consult.carol.hears(&consult.dana_id, A_WHILE, merged).await;
    assert!(dana.heard(PLAYER, silent + Duration::from_millis(1)).is_empty(), "music plays in the conference");
    consult.nobody_else_heard_music();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a LiveKit server"]
async fn a_desk_that_is_killed_in_a_consult_with_a_telephone_comes_back_to_it() {
    let mut desk = LiveDesk::start().await;
    let consult = Consult::begin(&desk).await;
    let (call, dana, alice) = (consult.call, &consult.dana, &*consult.alice_id);
    consult.all_stand_by(&desk).await;
    let (call_room, consult_room) = (RoomName::Call(call), RoomName::Consult(consult.transfer));
    let telephone = desk.connection(consult_room, &consult.dana_id).await;
    let relay_before = desk.connection(call_room, &consult.dana_id).await;

    desk.kill();
    let killed = Instant::now();
    dana.hears(alice, A_WHILE, killed).await;
    let desk = desk.started_again().await;
    until("another relay stands by", async || {
        let now = desk.connection(call_room, &consult.dana_id).await;
        now.is_some() && now != relay_before
    })
    .await;
    println!("the relay is back {:?} after the kill", killed.elapsed());
    consult.all_stand_by(&desk).await;
    assert_eq!(desk.find(call).await.state_name(), "consulting", "the transfer goes on");
    assert_eq!(desk.connection(consult_room, &consult.dana_id).await, telephone, "the telephone was left alone");
    assert_eq!(telephone.as_deref(), Some(dana.sid()));
    assert!(consult.carol.heard(&consult.dana_id, killed).is_empty(), "nothing of the consult reaches the caller");

    desk.button(call, DeskCommand::Merge).await;
    let merged = Instant::now();
    consult.alice_talks_in(RoomKind::Call).await;
    consult.carol.hears(&consult.dana_id, A_WHILE, merged).await;
    let relay = consult.relay_id(&desk).await;
    dana.hears(&relay, A_WHILE, merged).await;
    let a_second_before = Instant::now().checked_sub(Duration::from_secs(1)).expect("the merge was before that");
    desk.button(call, DeskCommand::Complete).await;
    let found = desk.find(call).await;
    assert_eq!((found.state_name(), found.agent_legs()[0].agent.as_str()), ("talking", "dana"));
    for (hearer, voice) in [(&consult.carol, &consult.dana_id), (dana, &relay)] {
        hearer.hears(voice, A_WHILE, Instant::now()).await;
        let (who, missed) = (hearer.identity(), hearer.missed(voice, a_second_before));
        println!("{who} missed {missed:?} of the completion");
        assert!(missed < NO_GAP, "{who} missed {missed:?}");
    }
}

/// A token as LiveKit's SIP service makes one for the telephone that it brings in.
fn telephone_token(room: RoomName, identity: &str, status: &str) -> String {
    let config = real_livekit::config();
    let room = room.to_string();
    let grants = VideoGrants { room_join: true, room, ..VideoGrants::default() };
    AccessToken::with_api_key(&config.api_key, &config.api_secret)
        .with_identity(identity)
        .with_kind("sip")
        .with_attributes([("sip.callStatus", status), ("sip.phoneNumber", "+15105550100")])
        .with_grants(grants)
        .to_jwt()
        .expect("a token")
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a LiveKit server"]
async fn a_caller_on_a_telephone_hears_ringing_and_music() {
    let desk = LiveDesk::start().await;
    let (call, _) = desk.caller().await;
    let (room, carol) = (RoomName::Call(call), desk.find(call).await.caller.leg.to_string());
    let ringing = Person::enter(telephone_token(room, &carol, "ringing"), false).await;
    desk.app.seating().observe(&desk.find(call).await).await.expect("LiveKit answers");
    let caller = desk.find(call).await.caller;
    assert!(caller.needs_music && !caller.connection.is_present(), "nobody has answered");
    drop(ringing);
    let caller = Person::enter(telephone_token(room, &carol, "active"), false).await;
    desk.app.seating().observe(&desk.find(call).await).await.expect("LiveKit answers");
    assert!(desk.find(call).await.caller.connection.is_present());
    let came = Instant::now();
    caller.hears(PLAYER, A_WHILE, came).await;

    desk.app.calls().answer(&desk.alice().await, call).await.expect("nobody else answered");
    let alice = desk.alice_enters(call, RoomKind::Call).await;
    let alice_id = desk.leg("alice", call).await.to_string();
    let answered = Instant::now();
    caller.hears(&alice_id, A_WHILE, answered).await;
    caller.hears_no_more(PLAYER, answered).await;
    assert_eq!(alice.heard(PLAYER, came).len(), 0, "music for the caller alone");

    desk.button(call, DeskCommand::Hold).await;
    let held = Instant::now();
    alice.mute(true).await;
    caller.hears(PLAYER, A_WHILE, held).await;
    assert!(alice.heard(PLAYER, came).is_empty(), "music for the caller alone");
    desk.button(call, DeskCommand::Retrieve).await;
    let retrieved = Instant::now();
    alice.mute(false).await;
    let voice = caller.hears(&alice_id, 1, retrieved).await;
    assert!(caller.hears_no_more(PLAYER, retrieved).await > voice, "the music ended before anybody was there");
}
