use baton_domain::machine::{Command, TransferKind};

use super::{Rooms, hearings};
use crate::client::desk_fixtures::{Story, agent};

fn table(story: &Story) -> (Rooms, Vec<String>) {
    let me = agent("alice");
    let all = hearings(&story.call, story.know(&me));
    let rows = all
        .rows
        .iter()
        .map(|row| {
            let verb = if row.hears { "hears" } else { "does not hear" };
            format!("{} {verb} {}", row.listener.name, row.what.label())
        })
        .collect();
    (all.rooms, rows)
}

#[test]
fn a_plain_call() {
    let (rooms, rows) = table(&Story::talking());
    assert_eq!(rooms, Rooms::CallerAndAgent);
    assert_eq!(rows, ["Carol hears Alice", "Alice hears Carol"]);
}

#[test]
fn a_consult_is_private() {
    let (rooms, rows) = table(&Story::consulting());
    assert_eq!(rooms, Rooms::Consult);
    let expected = [
        "Carol hears music",
        "Carol does not hear Alice",
        "Carol does not hear Bob",
        "Alice hears Bob",
        "Alice does not hear Carol",
        "Bob hears Alice",
        "Bob does not hear Carol",
    ];
    assert_eq!(rows, expected);
}

#[test]
fn all_three() {
    let mut story = Story::consulting();
    story.command("alice", Command::Merge);
    let (rooms, rows) = table(&story);
    assert_eq!(rooms, Rooms::All);
    assert_eq!(rows.iter().filter(|row| row.contains(" hears ")).count(), 6);
}

#[test]
fn a_caller_who_waits_for_the_target_hears_music() {
    let (rooms, rows) = table(&Story::ringing(TransferKind::Cold));
    assert_eq!((rooms, rows), (Rooms::CallerAlone, vec!["Carol hears music".to_owned()]));
}

#[test]
fn whoever_has_vanished_is_not_drawn() {
    let mut story = Story::consulting();
    story.vanish("bob");
    let (_, rows) = table(&story);
    assert_eq!(rows, ["Carol hears music", "Carol does not hear Alice", "Alice does not hear Carol"]);
}

#[test]
fn an_ended_call_is_empty() {
    let mut story = Story::talking();
    story.hang_up();
    assert_eq!(table(&story), (Rooms::None, Vec::new()));
}
