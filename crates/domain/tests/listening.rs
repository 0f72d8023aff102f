//! Of whom the server may use what, in every state, and what caller and agents have to say to it.

use baton_domain::call::{Call, RoomKind};
use baton_domain::ids::LegId;
use baton_domain::listening::{Consent, Listening, ListeningPolicy, Recorded, RecordingStatus, rooms};
use baton_domain::machine::{Actor, Command, Refusal};
use baton_domain::outcome::HappeningKind;

use crate::desk::{ALICE, BOB, CAROL, Desk, agent, alice, bob, dave, kinds, sue};

/// `call: C+A text, C+A sound; consult: …`, or `nobody` where no room is listened to.
fn heard(call: &Call) -> String {
    let names = |legs: Vec<LegId>| {
        let name = |leg: &LegId| match *leg {
            CAROL => "C",
            ALICE => "A",
            BOB => "B",
            _ => "?",
        };
        let names: Vec<&str> = legs.iter().map(name).collect();
        if names.is_empty() { "-".to_owned() } else { names.join("+") }
    };
    let listened = rooms(call).into_iter().map(|room| {
        let kind = if room.room.kind() == RoomKind::Call { "call" } else { "consult" };
        let text = room.legs.iter().filter(|leg| leg.transcribe).map(|leg| leg.leg).collect();
        let sound = room.legs.iter().filter(|leg| leg.record).map(|leg| leg.leg).collect();
        format!("{kind} {} {}", names(text), names(sound))
    });
    let listened: Vec<String> = listened.collect();
    if listened.is_empty() { "nobody".to_owned() } else { listened.join(", ") }
}

#[track_caller]
fn assert_heard(desk: &Desk, expected: &str) {
    assert_eq!(heard(&desk.call), expected, "in {}", desk.state());
}

#[test]
fn the_server_hears_whom_a_person_hears() {
    assert_heard(&Desk::queued(), "nobody");
    assert_heard(&Desk::offered(), "call - -");
    assert_heard(&Desk::talking(), "call C+A C+A");
    assert_heard(&Desk::on_hold(), "call - -");
    assert_heard(&Desk::ringing(), "call C+A C+A, consult - -");
    assert_heard(&Desk::ringing_on_hold(), "call - -, consult - -");
    assert_heard(&Desk::connecting(), "call C+A C+A, consult - -");
    assert_heard(&Desk::consulting(), "call - -, consult A+B A+B");
    assert_heard(&Desk::swapped(), "call C+A C+A, consult - -");
    assert_heard(&Desk::conference(), "call C+A+B C+A+B");
    assert_heard(&Desk::completing(), "call C+B C+B, consult - -");
    assert_heard(&Desk::blind(), "call - -");
    assert_heard(&Desk::blind_accepted(), "call C+B C+B");
    assert_heard(&Desk::tail(), "consult A+B A+B");
    assert_heard(&Desk::ended(), "nobody");
}

#[test]
fn a_line_says_what_is_done() {
    let under = |transcribe, record| {
        let mut desk = Desk::consulting();
        desk.call.listening = Listening::under(ListeningPolicy { transcribe, record });
        heard(&desk.call)
    };
    assert_eq!(under(false, Recorded::Nothing), "nobody");
    assert_eq!(under(true, Recorded::Nothing), "call - -, consult A+B -");
    assert_eq!(under(true, Recorded::Call), "call - -, consult A+B -");
    assert_eq!(under(false, Recorded::Call), "call - -");
    assert_eq!(under(false, Recorded::CallAndConsult), "call - -, consult - A+B");
}

#[test]
fn a_caller_who_refuses_is_heard_by_nobody_at_once_and_may_allow_it_again() {
    for mut desk in Desk::everywhere() {
        if desk.call.is_ended() {
            assert_eq!(desk.asks(Actor::Caller, Command::RefuseListening), Err(Refusal::CallEnded));
            continue;
        }
        let before = heard(&desk.call);
        assert_eq!(kinds(&desk.does(Actor::Caller, Command::RefuseListening)), [HappeningKind::ListeningRefused]);
        assert_heard(&desk, "nobody");
        assert_eq!(desk.call.listening.recording(), RecordingStatus::Refused);
        // To be sure, they press it again.
        assert_eq!(kinds(&desk.does(Actor::Caller, Command::RefuseListening)), []);
        assert_eq!(kinds(&desk.does(Actor::Caller, Command::AllowListening)), [HappeningKind::ListeningAllowed]);
        assert_heard(&desk, &before);
    }
}

#[test]
fn only_the_caller_speaks_for_the_caller() {
    let mut desk = Desk::talking();
    for by in [alice(), dave(), sue()] {
        for command in [Command::RefuseListening, Command::AllowListening] {
            assert_eq!(desk.asks(by.clone(), command), Err(Refusal::NotYourCall));
        }
    }
    desk.does(Actor::Api, Command::RefuseListening);
    assert_eq!(desk.call.listening.consent, Consent::Refused);
}

#[test]
fn an_agent_in_the_call_pauses_the_recording_and_the_transcript() {
    let mut desk = Desk::talking();
    let paused = desk.does(alice(), Command::PauseRecording);
    assert_eq!(kinds(&paused), [HappeningKind::RecordingPaused]);
    assert_eq!(paused.happened[0].agent, Some(agent("alice")));
    assert_eq!(desk.call.listening.recording(), RecordingStatus::Paused);
    assert_heard(&desk, "call - -");
    assert_eq!(kinds(&desk.does(alice(), Command::PauseRecording)), []);
    assert_eq!(kinds(&desk.does(alice(), Command::ResumeRecording)), [HappeningKind::RecordingResumed]);
    assert_heard(&desk, "call C+A C+A");
}

#[test]
fn whoever_is_not_in_the_call_does_not_pause_it() {
    let mut ringing = Desk::ringing();
    for by in [bob(), dave(), Actor::Caller] {
        assert_eq!(ringing.asks(by, Command::PauseRecording), Err(Refusal::NotYourCall));
    }
    for by in [alice(), sue(), Actor::Api] {
        ringing.does(by, Command::PauseRecording);
    }
    let mut consulting = Desk::consulting().after(bob(), Command::PauseRecording);
    assert_heard(&consulting, "call - -, consult - -");
    consulting.does(alice(), Command::ResumeRecording);
    assert_eq!(Desk::queued().asks(alice(), Command::PauseRecording), Err(Refusal::NotYourCall));
    assert_eq!(Desk::ended().asks(alice(), Command::PauseRecording), Err(Refusal::CallEnded));
}

#[test]
fn a_pause_outlives_a_refusal_and_a_hand_over() {
    let mut desk = Desk::talking().after(alice(), Command::PauseRecording);
    desk.does(Actor::Caller, Command::RefuseListening);
    desk.does(Actor::Caller, Command::AllowListening);
    assert_heard(&desk, "call - -");
}

#[test]
fn what_the_line_does_not_do_can_be_neither_refused_nor_paused() {
    let mut desk = Desk::talking();
    desk.call.listening = Listening::default();
    assert_eq!(desk.asks(Actor::Caller, Command::RefuseListening), Err(Refusal::NotListenedTo));
    assert_eq!(desk.asks(alice(), Command::PauseRecording), Err(Refusal::NotRecorded));
}

#[test]
fn a_simulated_caller_writes_their_own_transcript() {
    let mut desk = Desk::talking();
    desk.call.caller.is_simulated = true;
    assert_heard(&desk, "call A C+A");
}

#[test]
fn a_call_of_before_is_not_listened_to() {
    let mut stored = serde_json::to_value(Desk::talking().call).unwrap();
    stored.as_object_mut().unwrap().remove("listening");
    let call: Call = serde_json::from_value(stored).unwrap();
    assert_eq!((call.listening, heard(&call).as_str()), (Listening::default(), "nobody"));
}
