use super::*;
use crate::client::desk_fixtures::{NOW, Story, agent};

fn row(name: &str, available: bool) -> TargetRow {
    TargetRow {
        target: target(name),
        name: name.to_owned(),
        about: String::new(),
        state: ("available", "Available"),
        hint: String::new(),
        available,
        has_desk: true,
    }
}

fn target(name: &str) -> TransferTarget {
    TransferTarget::Agent(agent(&name.to_lowercase()))
}

#[test]
fn whoever_is_on_a_phone_is_not_said_to_read() {
    let rows = [row("Bob", true), TargetRow { has_desk: false, ..row("Dana", true) }];
    let said = |chosen: usize, kind| prospect(&rows, Some(&rows[chosen].target), kind);
    let (warm, cold) = (TransferKind::Warm, TransferKind::Cold);
    assert_eq!(said(0, cold), "Bob reads note, briefing and transcript before accepting.");
    assert_eq!(said(1, warm), "Dana is on a phone and reads nothing: tell them in the consult.");
    assert_eq!(said(1, cold), "Dana is on a phone and reads nothing: choose a warm transfer to tell them.");
}

#[test]
fn nobody_is_said_to_read_who_cannot_take_over() {
    let said = |rows: &[TargetRow]| prospect(rows, Some(&target("Bob")), TransferKind::Warm);
    let nobody = "Nobody can take over now. This list follows by itself.";
    assert_eq!(said(&[row("Bob", false), row("Carla", false)]), nobody);
    assert_eq!(prospect(&[row("Bob", false)], None, TransferKind::Cold), nobody);
    assert_eq!(said(&[row("Bob", false), row("Carla", true)]), "Bob cannot take over now. Choose somebody else.");
}

#[test]
fn the_best_who_becomes_free_is_chosen_where_nobody_was() {
    let nobody = [row("Bob", false), row("Carla", false)];
    let carla = [row("Bob", false), row("Carla", true)];
    let everybody = [row("Bob", true), row("Carla", true)];
    assert_eq!(chosen_now(None, None, &nobody), None);
    assert_eq!(chosen_now(None, None, &carla), Some(target("Carla")));
    assert_eq!(chosen_now(None, None, &everybody), Some(target("Bob")));
}

#[test]
fn a_choice_on_screen_is_not_changed_for_anybody() {
    let (bob, carla) = (target("Bob"), target("Carla"));
    let everybody = [row("Bob", true), row("Carla", true)];
    assert_eq!(chosen_now(None, Some(&carla), &everybody), Some(carla.clone()), "for somebody better");
    let only_carla = [row("Bob", false), row("Carla", true)];
    assert_eq!(chosen_now(None, Some(&bob), &only_carla), Some(bob.clone()), "because they are gone");
    assert_eq!(chosen_now(Some(carla.clone()), Some(&bob), &everybody), Some(carla), "but by hand");
}

#[test]
fn a_queue_says_how_many_could_be_rung_at_this_moment() {
    let queue = Queue { id: "billing".parse().expect("a handle"), name: "Billing queue".to_owned() };
    let mut view = DeskView { queues: vec![queue.clone()], ..Story::talking().view("alice") };
    for known in &mut view.agents {
        known.agent.skills = vec![queue.id.clone()];
    }
    let billing = |view: &DeskView| rows(&[], view, NOW).pop().map(|row| (row.about, row.available));
    assert_eq!(billing(&view), Some(("1 free".to_owned(), true)), "oneself is not one of them");
    let bob = |change: fn(&mut AgentView)| {
        let mut view = view.clone();
        view.agents.iter_mut().filter(|known| known.agent.id == agent("bob")).for_each(change);
        billing(&view)
    };
    let nobody = Some(("0 free".to_owned(), false));
    assert_eq!(bob(|bob| bob.presence = Presence::Busy), nobody);
    assert_eq!(bob(|bob| bob.agent.device = Device::Phone), nobody);
}
