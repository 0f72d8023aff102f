//! Every command in every state, by whoever it is meant for: the state that follows, or the exact refusal.

use baton_domain::machine::{Action, Actor, Command, Refusal, StartTransfer};
use baton_domain::transfer::Outcome;

use crate::desk::{Desk, agent, alice, answer, bob, cold, dave, decline, offer, sue, transfer_to, warm};

/// `-` the command does not fit the state; `own` not your call; `open` a transfer is open; `none` no transfer; `over` the
/// call has ended; `alice`, `bob` they have it, or it rings there; `there` the transferring agent is still there.
const GRID: &str = "
command       | queued  | offered | talking   | on_hold   | ringing | held    | connect | blind   | accepted | consult    | swapped    | conference | completing | tail  | ended
answer        | talking | @alice  | alice     | alice     | alice   | alice   | alice   | @bob    | @bob     | alice      | alice      | alice      | alice      | over  | over
offer         | offered | -       | -         | -         | -       | -       | -       | -       | -        | -          | -          | -          | -          | over  | over
hold          | -       | -       | on_hold   | -         | ringing | -       | ringing | -       | -        | -          | -          | -          | -          | over  | over
retrieve      | -       | -       | -         | talking   | -       | ringing | -       | -       | -        | -          | -          | -          | -          | over  | over
hang up       | own     | own     | ended     | ended     | open    | open    | open    | open    | open     | open       | open       | open       | open       | ended | over
bob hangs up  | own     | own     | own       | own       | talking | on_hold | talking | offered | offered  | talking    | talking    | talking    | talking    | ended | over
carol leaves  | ended   | ended   | ended     | ended     | ended   | ended   | ended   | ended   | ended    | ended      | ended      | ended      | ended      | over  | over
end for all   | own     | own     | ended     | ended     | ended   | ended   | ended   | ended   | ended    | ended      | ended      | ended      | ended      | over  | over
sue ends it   | ended   | ended   | ended     | ended     | ended   | ended   | ended   | ended   | ended    | ended      | ended      | ended      | ended      | over  | over
warm          | -       | -       | initiated | initiated | open    | open    | open    | open    | open     | open       | open       | open       | open       | over  | over
cold          | -       | -       | initiated | initiated | open    | open    | open    | open    | open     | open       | open       | open       | open       | over  | over
dave warm     | -       | -       | own       | own       | own     | own     | own     | own     | own      | own        | own        | own        | own        | over  | over
to herself    | -       | -       | self      | self      | open    | open    | open    | open    | open     | open       | open       | open       | open       | over  | over
accept        | -       | -       | none      | none      | ringing | ringing | -       | ringing | -        | -          | -          | -          | -          | over  | over
alice accept  | -       | -       | none      | none      | own     | own     | own     | own     | own      | own        | own        | own        | own        | over  | over
decline       | -       | own     | none      | none      | talking | on_hold | -       | offered | -        | -          | -          | -          | -          | over  | over
swap          | -       | -       | none      | none      | -       | -       | -       | -       | -        | swapped    | consulting | -          | -          | over  | over
bob swaps     | -       | -       | none      | none      | own     | own     | own     | own     | own      | own        | own        | own        | own        | over  | over
merge         | -       | -       | none      | none      | -       | -       | -       | -       | -        | conference | conference | -          | -          | over  | over
complete      | -       | -       | none      | none      | -       | -       | -       | -       | -        | completing | completing | talking    | -          | over  | over
bob completes | -       | -       | none      | none      | own     | own     | own     | own     | own      | own        | own        | own        | own        | over  | over
cancel        | -       | -       | none      | none      | talking | on_hold | talking | -       | -        | talking    | talking    | talking    | talking    | over  | over
no waiting    | -       | -       | none      | none      | ringing | ringing | ringing | -       | -        | -          | -          | -          | -          | over  | over
force         | -       | -       | none      | none      | ringing | ringing | ringing | ringing | ringing  | completing | completing | talking    | -          | over  | over
sue forces    | -       | -       | none      | none      | ringing | ringing | ringing | ringing | ringing  | completing | completing | talking    | -          | over  | over
bob forces    | -       | -       | none      | none      | own     | own     | own     | own     | own      | own        | own        | own        | own        | over  | over
leave         | -       | -       | none      | none      | talking | on_hold | talking | offered | offered  | talking    | talking    | talking    | talking    | ended | over
dave leaves   | -       | -       | none      | none      | own     | own     | own     | own     | own      | own        | own        | own        | own        | own   | over
take          | -       | -       | none      | none      | -       | -       | -       | -       | -        | there      | there      | -          | -          | over  | over
";

fn desk(column: &str) -> Desk {
    match column {
        "queued" => Desk::queued(),
        "offered" => Desk::offered(),
        "talking" => Desk::talking(),
        "on_hold" => Desk::on_hold(),
        "ringing" => Desk::ringing(),
        "held" => Desk::ringing_on_hold(),
        "connect" => Desk::connecting(),
        "blind" => Desk::blind(),
        "accepted" => Desk::blind_accepted(),
        "consult" => Desk::consulting(),
        "swapped" => Desk::swapped(),
        "conference" => Desk::conference(),
        "completing" => Desk::completing(),
        "tail" => Desk::tail(),
        "ended" => Desk::ended(),
        other => panic!("no such state: {other}"),
    }
}

/// What is asked, and what it is called when it is refused.
fn request(row: &str) -> (Actor, Command, Action) {
    match row {
        "answer" => (dave(), answer("dave"), Action::Answer),
        "offer" => (Actor::Desk, offer("dave"), Action::Offer),
        "hold" => (alice(), Command::Hold, Action::Hold),
        "retrieve" => (alice(), Command::Retrieve, Action::Retrieve),
        // Never refused for the state, so that nothing needs to be called anything.
        "hang up" => (alice(), Command::HangUp, Action::LeaveConsult),
        "bob hangs up" => (bob(), Command::HangUp, Action::LeaveConsult),
        "carol leaves" => (Actor::Caller, Command::HangUp, Action::LeaveConsult),
        "end for all" => (alice(), Command::EndForEveryone, Action::LeaveConsult),
        "sue ends it" => (sue(), Command::EndForEveryone, Action::LeaveConsult),
        "warm" => (alice(), warm(), Action::StartTransfer),
        "cold" => (alice(), cold(), Action::StartTransfer),
        "dave warm" => (dave(), warm(), Action::StartTransfer),
        "to herself" => (alice(), Command::StartTransfer(transfer_to("alice")), Action::StartTransfer),
        "accept" => (bob(), Command::Accept, Action::Accept),
        "alice accept" => (alice(), Command::Accept, Action::Accept),
        "decline" => (bob(), decline("busy"), Action::Decline),
        "swap" => (alice(), Command::Swap, Action::Swap),
        "bob swaps" => (bob(), Command::Swap, Action::Swap),
        "merge" => (alice(), Command::Merge, Action::Merge),
        "complete" => (alice(), Command::Complete, Action::Complete),
        "bob completes" => (bob(), Command::Complete, Action::Complete),
        "cancel" => (alice(), Command::Cancel, Action::Cancel),
        "no waiting" => (alice(), Command::TransferWithoutWaiting, Action::TransferWithoutWaiting),
        "force" => (alice(), Command::Force, Action::Force),
        "sue forces" => (sue(), Command::Force, Action::Force),
        "bob forces" => (bob(), Command::Force, Action::Force),
        "leave" => (bob(), Command::LeaveConsult, Action::LeaveConsult),
        "dave leaves" => (dave(), Command::LeaveConsult, Action::LeaveConsult),
        "take" => (bob(), Command::TakeCaller, Action::TakeCaller),
        other => panic!("no such command: {other}"),
    }
}

fn refusal(cell: &str, desk: &Desk, action: Action) -> Option<Refusal> {
    Some(match cell {
        "-" => Refusal::WrongState { action, state: desk.state().replace('_', " ") },
        "own" => Refusal::NotYourCall,
        "open" => Refusal::TransferOpen,
        "none" => Refusal::NoTransfer,
        "over" => Refusal::CallEnded,
        "self" => Refusal::TransferToSelf,
        "alice" => Refusal::AlreadyAnswered { by: agent("alice") },
        "@alice" => Refusal::OfferedToAnother { to: agent("alice") },
        "@bob" => Refusal::OfferedToAnother { to: agent("bob") },
        "there" => Refusal::StillThere { agent: agent("alice") },
        _ => return None,
    })
}

fn check(row: &str, column: &str, cell: &str) {
    let mut desk = desk(column);
    let (by, command, action) = request(row);
    let before = desk.call.clone();
    let expected = refusal(cell, &desk, action).map_or_else(|| Ok(cell.to_owned()), Err);
    let result = desk.asks(by, command).map(|transition| transition.call.state_name().to_owned());
    assert_eq!(result, expected, "{row}, {column}");
    if result.is_err() {
        assert_eq!(desk.call, before, "{row}, {column}: refused, and yet something changed");
    }
}

#[test]
fn every_command_in_every_state_leads_where_the_table_says() {
    let mut lines = GRID.trim().lines().map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    let columns = lines.next().unwrap();
    let mut cells = 0;
    for line in lines {
        assert_eq!(line.len(), columns.len(), "{}", line[0]);
        for (column, cell) in columns.iter().zip(&line).skip(1) {
            check(line[0], column, cell);
            cells += 1;
        }
    }
    assert_eq!(cells, 29 * 15);
}

#[test]
fn programs_act_for_any_agent_and_still_by_the_rules() {
    for by in [Actor::Api, Actor::Desk] {
        let mut desk = Desk::talking();
        desk.does(by.clone(), warm());
        assert_eq!(desk.asks(by.clone(), Command::HangUp), Err(Refusal::TransferOpen), "it does not say who leaves");
        desk.does(by.clone(), Command::Cancel);
        desk.does(by, Command::HangUp);
        assert!(desk.call.is_ended());
    }
}

#[test]
fn nobody_answers_or_offers_in_the_name_of_another() {
    let mut desk = Desk::queued();
    for (by, command) in [
        (bob(), answer("alice")),
        (Actor::Caller, answer("alice")),
        (sue(), answer("alice")),
        (bob(), offer("alice")),
        (Actor::Caller, offer("alice")),
    ] {
        assert_eq!(desk.asks(by.clone(), command.clone()), Err(Refusal::NotYourCall), "{by:?} {command:?}");
    }
    assert_eq!(desk.state(), "queued");
}

#[test]
fn only_the_caller_of_the_call_hangs_up_as_the_caller() {
    for (name, command) in [("hold", Command::Hold), ("force", Command::Force), ("end", Command::EndForEveryone)] {
        let mut desk = Desk::ringing();
        assert_eq!(desk.asks(Actor::Caller, command), Err(Refusal::NotYourCall), "{name}");
    }
}

#[test]
fn texts_that_are_too_long_are_refused_by_name() {
    let too_long = |field: &str, max| Err(Refusal::TooLong { field: field.to_owned(), max });
    let mut desk = Desk::talking();
    let note = StartTransfer { note: "ä".repeat(2_001), ..transfer_to("bob") };
    assert_eq!(desk.asks(alice(), Command::StartTransfer(note)), too_long("note", 2_000));
    let reason = StartTransfer { reason: "ä".repeat(201), ..transfer_to("bob") };
    assert_eq!(desk.asks(alice(), Command::StartTransfer(reason)), too_long("reason", 200));
    let just_fits = StartTransfer { note: "ä".repeat(2_000), reason: "ä".repeat(200), ..transfer_to("bob") };
    desk.does(alice(), Command::StartTransfer(just_fits));
    assert_eq!(desk.asks(bob(), decline(&"x".repeat(201))), too_long("reason", 200));
}

#[test]
fn of_what_is_written_nothing_is_kept_that_nobody_can_see() {
    let mut desk = Desk::talking();
    let start =
        StartTransfer { note: "two\u{0}\nlines".to_owned(), reason: "\u{0}ä".repeat(200), ..transfer_to("bob") };
    desk.does(alice(), Command::StartTransfer(start));
    let transfer = desk.call.transfer().expect("it rings");
    assert_eq!((transfer.note.as_str(), transfer.reason.clone()), ("two\nlines", "ä".repeat(200)));
    desk.does(bob(), decline("\u{7}At lunch"));
    let declined = desk.call.last_transfer.as_ref().map(|ended| ended.outcome.clone());
    assert_eq!(declined, Some(Outcome::Declined { reason: "At lunch".to_owned() }));
}

#[test]
fn refusals_are_written_with_their_code_and_read_as_a_sentence() {
    let bob = || agent("bob");
    let refusals: [(Refusal, &str); 11] = [
        (Refusal::CallEnded, "This call has already ended."),
        (Refusal::AlreadyAnswered { by: bob() }, "bob has already answered this call."),
        (Refusal::OfferedToAnother { to: bob() }, "This call is ringing at bob."),
        (Refusal::NotYourCall, "This is not your call."),
        (
            Refusal::WrongState { action: Action::Merge, state: "on hold".to_owned() },
            "Cannot merge now: the call is on hold.",
        ),
        (Refusal::TransferOpen, "A transfer is open. Complete it, cancel it, or end the call for everyone."),
        (Refusal::NoTransfer, "There is no open transfer."),
        (Refusal::TransferToSelf, "You cannot transfer a call to yourself."),
        (Refusal::AlreadyLeft { agent: bob() }, "bob has already left."),
        (
            Refusal::StillThere { agent: bob() },
            "bob still has the caller. You can take them when bob has been gone for a few seconds.",
        ),
        (Refusal::TooLong { field: "note".to_owned(), max: 3 }, "The note is too long: at most 3 characters."),
    ];
    for (refusal, sentence) in refusals {
        assert_eq!(refusal.to_string(), sentence);
        assert_eq!(serde_json::to_value(&refusal).unwrap()["code"], refusal.code());
    }
}
