use baton_domain::desk_event::TimelineEntry;
use baton_domain::outcome::{Happening, HappeningKind};
use baton_domain::time::{Span, Timestamp};

use super::{Sounded, Stretch, lines, stretches};
use crate::client::desk_fixtures::{Story, agent, transfer_id};

fn of(kind: HappeningKind) -> Happening {
    Happening { kind, agent: Some(agent("bob")), transfer: Some(transfer_id(7)), detail: None }
}

fn entry(id: i64, seconds: i64, kind: HappeningKind, detail: Option<&str>) -> TimelineEntry {
    let happening = Happening { detail: detail.map(str::to_owned), ..of(kind) };
    TimelineEntry { id, at: Timestamp(seconds * 1_000), happening }
}

#[test]
fn the_log_speaks_in_sentences() {
    let story = Story::talking();
    let me = agent("alice");
    let timeline = [
        entry(1, 0, HappeningKind::CallQueued, None),
        entry(2, 1, HappeningKind::TransferDeclined, Some("busy")),
        entry(3, 2, HappeningKind::TransferFailed, Some("not_heard")),
        entry(4, 3, HappeningKind::TransferFailed, Some("transferring_lost")),
        entry(5, 4, HappeningKind::CallEnded, Some("caller_hung_up")),
    ];
    let said: Vec<String> = lines(&timeline, "Carol", story.know(&me)).into_iter().map(|line| line.text).collect();
    let expected = [
        "Carol joined",
        "Bob declined: busy",
        "Transfer failed: Carol and Bob did not hear each other",
        "Transfer failed: the transferring agent did not come back",
        "Carol hung up",
    ];
    assert_eq!(said, expected);
}

#[test]
fn what_the_caller_heard_in_a_transfer() {
    let timeline = [
        entry(1, 10, HappeningKind::TransferInitiated, None),
        entry(2, 11, HappeningKind::TransferRinging, None),
        entry(3, 16, HappeningKind::TransferConsulting, None),
        entry(4, 50, HappeningKind::TransferMerged, None),
        entry(5, 70, HappeningKind::TransferCompleted, None),
    ];
    let heard = stretches(&timeline, transfer_id(7), Timestamp(75_000));
    let expected = [(Sounded::Agent, 6), (Sounded::Music, 34), (Sounded::All, 20), (Sounded::Target, 5)]
        .map(|(what, seconds)| Stretch { what, lasted: Span::seconds(seconds) });
    assert_eq!(heard, expected);
}

#[test]
fn whoever_is_on_hold_when_a_transfer_starts_hears_music_from_its_start() {
    let before =
        |kind| TimelineEntry { happening: Happening { transfer: None, ..of(kind) }, ..entry(1, 1, kind, None) };
    let earlier = |kind| TimelineEntry {
        happening: Happening { transfer: Some(transfer_id(6)), ..of(kind) },
        ..entry(2, 2, kind, None)
    };
    let started = |past: &[TimelineEntry]| {
        let transfer = [
            entry(3, 10, HappeningKind::TransferInitiated, None),
            entry(4, 30, HappeningKind::TransferConsulting, None),
        ];
        let timeline: Vec<_> = past.iter().cloned().chain(transfer).collect();
        stretches(&timeline, transfer_id(7), Timestamp(40_000)).first().map(|stretch| stretch.what)
    };
    let held = before(HappeningKind::CallHeld);
    assert_eq!(started(std::slice::from_ref(&held)), Some(Sounded::Music));
    assert_eq!(started(&[held.clone(), before(HappeningKind::CallRetrieved)]), Some(Sounded::Agent));
    // It rang out on hold, and they still were; a consult, and whoever had begun it came back to talk.
    assert_eq!(started(&[held.clone(), earlier(HappeningKind::TransferNoAnswer)]), Some(Sounded::Music));
    let consulted = [earlier(HappeningKind::TransferConsulting), earlier(HappeningKind::TransferCancelled)];
    assert_eq!(started(&[&[held], &consulted[..]].concat()), Some(Sounded::Agent));
}

#[test]
fn a_hold_that_comes_with_the_transfer_and_one_that_nobody_waits_for_are_music() {
    for kind in [HappeningKind::CallHeld, HappeningKind::TransferWithoutWaiting] {
        let timeline = [
            entry(1, 10, HappeningKind::TransferInitiated, None),
            entry(2, 10, kind, None),
            entry(3, 30, HappeningKind::TransferCompleted, None),
        ];
        let heard = stretches(&timeline, transfer_id(7), Timestamp(35_000));
        let expected = [(Sounded::Music, 20), (Sounded::Target, 5)]
            .map(|(what, seconds)| Stretch { what, lasted: Span::seconds(seconds) });
        assert_eq!(heard, expected, "{kind:?}");
    }
}

#[test]
fn swapping_turns_music_and_agent_about() {
    let timeline = [
        entry(1, 0, HappeningKind::TransferConsulting, None),
        entry(2, 5, HappeningKind::TransferSwapped, None),
        entry(3, 9, HappeningKind::TransferSwapped, None),
    ];
    let heard = stretches(&timeline, transfer_id(7), Timestamp(10_000));
    let kinds: Vec<Sounded> = heard.iter().map(|stretch| stretch.what).collect();
    assert_eq!(kinds, [Sounded::Music, Sounded::Agent, Sounded::Music]);
}
