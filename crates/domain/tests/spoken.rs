//! A briefing spoken to the target: who may ask for it when, and how long the voice stays.

use baton_domain::machine::{Actor, Command, Fact, Refusal};
use baton_domain::spoken::{SpeechFailure, SpokenState, Voice, voice};

use crate::desk::{BOB, Desk, TRANSFER, alice, bob, sue};

fn speaking() -> Desk {
    Desk::consulting().after(bob(), Command::SpeakBriefing)
}

fn reported(desk: &mut Desk, state: SpokenState) {
    desk.fact(Fact::BriefingVoice { transfer: TRANSFER, state });
}

fn state(desk: &Desk) -> SpokenState {
    desk.call.spoken.unwrap().state
}

#[test]
fn the_target_has_it_spoken_and_nobody_else_may() {
    let mut desk = Desk::consulting();
    for by in [alice(), sue(), Actor::Caller] {
        assert_eq!(desk.asks(by, Command::SpeakBriefing), Err(Refusal::NotYourCall));
    }
    assert_eq!(voice(&desk.call), None);
    desk.does(bob(), Command::SpeakBriefing);
    assert_eq!(voice(&desk.call), Some(Voice { transfer: TRANSFER, listener: BOB }));
    let asked = desk.call.clone();
    desk.does(bob(), Command::SpeakBriefing);
    assert_eq!(desk.call, asked, "twice is once");
    assert_eq!(Desk::swapped().after(Actor::Api, Command::SpeakBriefing).state(), "swapped");
}

#[test]
fn only_where_the_target_could_hear_it() {
    for mut desk in Desk::everywhere() {
        let could = matches!(desk.state(), "consulting" | "swapped");
        assert_eq!(desk.asks(bob(), Command::SpeakBriefing).is_ok(), could, "in {}", desk.state());
    }
}

#[test]
fn it_is_spoken_once_in_a_transfer_and_after_a_failure_again() {
    let mut desk = speaking();
    reported(&mut desk, SpokenState::Speaking);
    assert!(voice(&desk.call).is_some());
    let failed = SpokenState::Failed { why: SpeechFailure::Busy };
    reported(&mut desk, failed);
    assert_eq!((state(&desk), voice(&desk.call)), (failed, None));
    desk.does(bob(), Command::SpeakBriefing);
    reported(&mut desk, SpokenState::Speaking);
    reported(&mut desk, SpokenState::Spoken);
    assert_eq!(voice(&desk.call), None);
    assert_eq!(desk.asks(bob(), Command::SpeakBriefing), Err(Refusal::AlreadySpoken));
}

#[test]
fn whoever_stops_it_has_the_last_word() {
    let mut desk = speaking();
    assert_eq!(desk.asks(alice(), Command::StopSpeaking), Err(Refusal::NotYourCall));
    desk.does(bob(), Command::StopSpeaking);
    for late in [SpokenState::Speaking, SpokenState::Spoken, SpokenState::Failed { why: SpeechFailure::CutOff }] {
        reported(&mut desk, late);
        assert_eq!((state(&desk), voice(&desk.call)), (SpokenState::Stopped, None));
    }
    assert_eq!(desk.asks(bob(), Command::SpeakBriefing), Err(Refusal::AlreadySpoken));
    desk.does(bob(), Command::StopSpeaking);
}

#[test]
fn it_falls_silent_with_the_consult() {
    let ends = [Command::Merge, Command::Complete, Command::Cancel, Command::EndForEveryone];
    for command in ends {
        let desk = speaking().after(alice(), command.clone());
        assert_eq!(voice(&desk.call), None, "{command:?}");
    }
    assert_eq!(voice(&speaking().after(bob(), Command::LeaveConsult).call), None);
    assert!(voice(&speaking().after(alice(), Command::Swap).call).is_some(), "the target waits, and may listen");
}

#[test]
fn a_word_about_another_transfer_says_nothing() {
    let mut desk = speaking();
    let transfer = baton_domain::ids::TransferId(uuid::Uuid::from_u128(7));
    desk.fact(Fact::BriefingVoice { transfer, state: SpokenState::Spoken });
    assert_eq!(state(&desk), SpokenState::Asked);
}
