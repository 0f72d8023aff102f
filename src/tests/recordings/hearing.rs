//! Which of a call's recordings are for whom.

use std::collections::HashSet;

use baton::api::desk::DeskCommand;
use baton::server::error::ServiceError;
use baton_domain::ids::{CallId, RecordingId, TransferId};
use baton_domain::seat::RoomName;
use baton_domain::transcript::Speaker;
use uuid::Uuid;

use super::{begin_in, frames, write};
use crate::harness::{TestDesk, id};

/// A call with one transfer that was consulted about, and what was recorded of it.
struct Consulted {
    desk: TestDesk,
    call: CallId,
    of_caller: RecordingId,
    of_consult: RecordingId,
}

async fn stored(desk: &TestDesk, call: CallId, speaker: Speaker, room: RoomName) -> RecordingId {
    let recording = begin_in(desk, call, speaker, room).await;
    write(desk, recording, frames(0, 150));
    desk.app.recordings().finish(call, recording).await.expect("finished");
    recording
}

impl Consulted {
    /// Alice has the caller and consults Bob.
    async fn new() -> (Self, TransferId) {
        let desk = TestDesk::new().await;
        desk.open_desks(&["alice", "bob"]);
        let (call, transfer) = desk.consulting("alice", "bob").await;
        let of_caller = stored(&desk, call, Speaker::Caller, RoomName::Call(call)).await;
        let of_consult = stored(&desk, call, Speaker::Agent(id("alice")), RoomName::Consult(transfer)).await;
        (Self { desk, call, of_caller, of_consult }, transfer)
    }

    /// What somebody gets of it, listed and played alike.
    async fn heard_by(&self, agent: &str) -> HashSet<RecordingId> {
        let (recordings, who) = (self.desk.app.recordings(), self.desk.who(agent).await);
        let listed: HashSet<RecordingId> = match recordings.of_call(&who, self.call).await {
            Ok(listed) => listed.iter().map(|recording| recording.id).collect(),
            Err(ServiceError::NotAllowed) => HashSet::new(),
            Err(failed) => panic!("{failed}"),
        };
        for recording in [self.of_caller, self.of_consult] {
            let is_played = recordings.playable(&who, recording).await.is_ok();
            assert_eq!(is_played, listed.contains(&recording), "{agent} and {recording}");
        }
        listed
    }
}

#[tokio::test]
async fn whoever_was_only_consulted_hears_the_consult_alone() {
    let (consulted, transfer) = Consulted::new().await;
    let Consulted { desk, call, of_caller, of_consult } = &consulted;
    desk.button("alice", *call, DeskCommand::Cancel).await.expect("she takes the caller back");
    assert_eq!(consulted.heard_by("alice").await, HashSet::from([*of_caller, *of_consult]));
    assert_eq!(consulted.heard_by("bob").await, HashSet::from([*of_consult]));
    // A supervisor, and a program.
    assert_eq!(consulted.heard_by("carla").await, HashSet::from([*of_caller, *of_consult]));
    let listed = desk.get(&format!("/calls/{call}/recordings")).await.json();
    assert_eq!(listed["recordings"].as_array().map(Vec::len), Some(2));
    let found = desk.app.recordings().playable(&desk.who("bob").await, *of_consult).await.expect("his own");
    assert_eq!(found.transfer, Some(transfer));
}

#[tokio::test]
async fn whoever_takes_the_call_over_hears_all_of_it_but_the_consults_of_others() {
    let (mut consulted, _) = Consulted::new().await;
    let (desk, call) = (&consulted.desk, consulted.call);
    desk.button("alice", call, DeskCommand::Merge).await.expect("they consult");
    desk.pages_follow(call).await;
    desk.button("alice", call, DeskCommand::Complete).await.expect("all three talk");
    assert_eq!(desk.state(call).await, "talking");
    assert_eq!(consulted.heard_by("bob").await, HashSet::from([consulted.of_caller, consulted.of_consult]));
    assert_eq!(consulted.heard_by("alice").await, HashSet::from([consulted.of_caller, consulted.of_consult]));
    // Bob goes on to somebody else, in a consult of their own.
    let other = RoomName::Consult(TransferId(Uuid::from_u128(9)));
    let of_others = stored(desk, call, Speaker::Agent(id("bob")), other).await;
    consulted.of_consult = of_others;
    assert!(!consulted.heard_by("alice").await.contains(&of_others));
    assert!(consulted.heard_by("carla").await.contains(&of_others));
}
