//! The work after a call.

use baton::server::store::wrap_ups::Saved;
use baton::server::store::{calls, wrap_ups};
use baton_domain::call::Call;
use baton_domain::time::Timestamp;
use baton_domain::wrap_up::{Disposition, Draft, WrapUp, Written};
use sqlx::AnyConnection;

use super::desk::{NOW, later, queued};
use super::on_each_database;
use crate::harness::id;

async fn ended_call(db: &mut AnyConnection, number: u128) -> Call {
    let call = queued(number, NOW);
    calls::insert(db, &call).await.expect("stored");
    call
}

fn wrap_up(call: &Call, agent: &str, at: Timestamp) -> WrapUp {
    let ends_at = Timestamp(at.0 + 120_000);
    let draft = draft(Disposition::Resolved, "");
    let (agent, caller_name) = (id(agent), "Carol".to_owned());
    WrapUp { call: call.id, caller_name, agent, started_at: at, ends_at, draft, revision: 0 }
}

fn draft(disposition: Disposition, notes: &str) -> Draft {
    Draft { disposition, notes: notes.to_owned() }
}

/// What a page sends that knows nothing newer than the revision `over`.
fn written(wrap_up: &WrapUp, over: u32, draft: &Draft) -> Written {
    Written { wrap_up: wrap_up.id(), over, draft: draft.clone() }
}

async fn start(db: &mut AnyConnection, wrap_up: &WrapUp) {
    wrap_ups::start(db, wrap_up).await.expect("stored");
}

/// Who left what about a call, and when they had finished.
async fn left(db: &mut AnyConnection, call: &Call) -> Vec<(String, Timestamp, Option<Disposition>, String)> {
    let finished = wrap_ups::finished(db, call.id).await.expect("read");
    finished.into_iter().map(|one| (one.agent.to_string(), one.ended_at, one.disposition, one.notes)).collect()
}

#[tokio::test]
async fn wrap_ups_are_open_until_they_are_finished() {
    on_each_database(async |_, db| {
        let call = ended_call(db, 1).await;
        let (bob, alice) = (wrap_up(&call, "bob", later(5)), wrap_up(&call, "alice", NOW));
        for wrap_up in [&bob, &alice, &bob] {
            start(db, wrap_up).await;
        }
        assert_eq!(wrap_ups::open(db).await.expect("read"), [alice, bob.clone()], "oldest first, none twice");
        wrap_ups::end_all(db, &id("alice"), later(9)).await.expect("stored");
        assert_eq!(wrap_ups::open(db).await.expect("read"), [bob]);
        for (agent, had) in [("alice", true), ("bob", true), ("carla", false)] {
            assert_eq!(wrap_ups::has_any(db, call.id, &id(agent)).await.expect("read"), had, "{agent}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_wrap_up_keeps_its_outcome_and_notes() {
    on_each_database(async |_, db| {
        let (first, second) = (ended_call(db, 1).await, ended_call(db, 2).await);
        let open = wrap_up(&first, "alice", NOW);
        start(db, &open).await;
        start(db, &wrap_up(&second, "alice", later(1))).await;
        let given = draft(Disposition::HandedOver, "Bob has her");
        let outcome = written(&open, 0, &given);
        let saved = wrap_ups::finish(db, &id("alice"), &outcome, NOW, later(2)).await.expect("stored");
        assert_eq!(saved, Some(Saved { revision: 0, was_late: false }));
        let kept = [("alice".to_owned(), later(2), Some(given.disposition), given.notes.clone())];
        assert_eq!(left(db, &first).await, kept);
        assert_eq!(left(db, &second).await, [], "the other goes on");
        assert_eq!(wrap_ups::open(db).await.expect("read"), [wrap_up(&second, "alice", later(1))]);

        let late = written(&open, 0, &draft(Disposition::Dropped, ""));
        let again = wrap_ups::finish(db, &id("alice"), &late, NOW, later(3)).await.expect("no error");
        let typed = wrap_ups::save_draft(db, &id("alice"), &late, NOW).await.expect("no error");
        assert_eq!((again, typed), (None, None));
        assert_eq!(left(db, &first).await, kept, "what was given first stays");
    })
    .await;
}

#[tokio::test]
async fn a_wrap_up_that_ends_by_itself_ends_all_of_the_agent() {
    on_each_database(async |_, db| {
        let (first, second) = (ended_call(db, 1).await, ended_call(db, 2).await);
        start(db, &wrap_up(&first, "alice", NOW)).await;
        start(db, &wrap_up(&second, "alice", later(1))).await;
        wrap_ups::end_all(db, &id("alice"), later(2)).await.expect("stored");
        assert_eq!(wrap_ups::open(db).await.expect("read"), []);
        let likely = [("alice".to_owned(), later(2), Some(Disposition::Resolved), String::new())];
        assert_eq!((left(db, &first).await, left(db, &second).await), (likely.to_vec(), likely.to_vec()));
    })
    .await;
}

#[tokio::test]
async fn a_wrap_up_that_ends_by_itself_keeps_what_was_typed() {
    on_each_database(async |_, db| {
        let call = ended_call(db, 1).await;
        let alice = wrap_up(&call, "alice", NOW);
        start(db, &alice).await;
        let typed = draft(Disposition::FollowUp, "Call back on Mon");
        let save = async |db: &mut AnyConnection, agent: &str, draft: &Draft, since| {
            wrap_ups::save_draft(db, &id(agent), &written(&alice, 1, draft), since).await.expect("no error")
        };
        assert_eq!(save(db, "alice", &typed, NOW).await, Some(Saved { revision: 1, was_late: false }));
        assert_eq!(save(db, "bob", &typed, NOW).await, None, "not his");
        let open = WrapUp { draft: typed.clone(), revision: 1, ..alice.clone() };
        assert_eq!(wrap_ups::open(db).await.expect("read"), [open]);
        wrap_ups::end_all(db, &id("alice"), later(2)).await.expect("stored");
        let kept = |draft: &Draft| ("alice".to_owned(), later(2), Some(draft.disposition), draft.notes.clone());
        assert_eq!(left(db, &call).await, [kept(&typed)]);

        let late = draft(Disposition::FollowUp, "Call back on Monday");
        assert_eq!(save(db, "alice", &late, later(2)).await, None, "it ended too long ago");
        assert_eq!(save(db, "alice", &late, later(1)).await, Some(Saved { revision: 2, was_late: true }));
        assert_eq!(left(db, &call).await, [kept(&late)], "it ended when it did");

        let given = draft(Disposition::Resolved, "They have called");
        let outcome = written(&alice, 2, &given);
        let finished = wrap_ups::finish(db, &id("alice"), &outcome, later(1), later(3)).await.expect("stored");
        assert_eq!(finished, Some(Saved { revision: 2, was_late: true }));
        assert_eq!(save(db, "alice", &late, later(1)).await, None, "she has finished it");
        assert_eq!(left(db, &call).await, [kept(&given)]);
    })
    .await;
}

#[tokio::test]
async fn nobody_finishes_the_wrap_up_of_another() {
    on_each_database(async |_, db| {
        let call = ended_call(db, 1).await;
        let alice = wrap_up(&call, "alice", NOW);
        start(db, &alice).await;
        let given = written(&alice, 0, &draft(Disposition::Resolved, ""));
        let by_bob = wrap_ups::finish(db, &id("bob"), &given, NOW, later(1)).await.expect("no error");
        assert_eq!(by_bob, None);
        wrap_ups::end_all(db, &id("bob"), later(1)).await.expect("no error");
        assert_eq!(wrap_ups::open(db).await.expect("read"), [alice]);
    })
    .await;
}

/// Another server may have rung for an earlier one.
#[tokio::test]
async fn only_a_wrap_up_whose_time_is_over_expires() {
    on_each_database(async |_, db| {
        let call = ended_call(db, 1).await;
        let open = wrap_up(&call, "alice", NOW);
        start(db, &open).await;
        wrap_ups::expire(db, &id("alice"), later(119)).await.expect("no error");
        assert_eq!(wrap_ups::open(db).await.expect("read"), [open]);
        wrap_ups::expire(db, &id("alice"), later(120)).await.expect("stored");
        assert_eq!(wrap_ups::open(db).await.expect("read"), []);
    })
    .await;
}

/// Of an agent who has had the same call twice.
#[tokio::test]
async fn what_is_typed_belongs_to_the_wrap_up_in_which_it_was_typed() {
    on_each_database(async |_, db| {
        let call = ended_call(db, 1).await;
        let [first, second] = [NOW, later(2)].map(|at| wrap_up(&call, "alice", at));
        start(db, &first).await;
        wrap_ups::end_all(db, &id("alice"), later(1)).await.expect("stored");
        start(db, &second).await;
        let [before, again] = ["Before", "Again"].map(|notes| draft(Disposition::FollowUp, notes));
        for (wrap_up, typed, was_late) in [(&second, &again, false), (&first, &before, true)] {
            let typed = written(wrap_up, 0, typed);
            let saved = wrap_ups::save_draft(db, &id("alice"), &typed, NOW).await.expect("stored");
            assert_eq!(saved, Some(Saved { revision: 1, was_late }));
        }
        assert_eq!(left(db, &call).await, [("alice".to_owned(), later(1), Some(before.disposition), before.notes)]);
        let open = wrap_ups::open(db).await.expect("read");
        assert_eq!(open.into_iter().map(|open| open.draft).collect::<Vec<_>>(), [again]);
    })
    .await;
}

/// A page that was away does not know what another has saved meanwhile.
#[tokio::test]
async fn a_wrap_up_takes_nothing_older_than_it_has() {
    on_each_database(async |_, db| {
        let call = ended_call(db, 1).await;
        let alice = wrap_up(&call, "alice", NOW);
        start(db, &alice).await;
        let [whole, old] = ["All of it", "x"].map(|notes| draft(Disposition::FollowUp, notes));
        let save = async |db: &mut AnyConnection, over, draft| {
            let saved = wrap_ups::save_draft(db, &id("alice"), &written(&alice, over, draft), NOW).await;
            saved.expect("no error").map(|saved| saved.revision)
        };
        assert_eq!(save(db, 0, &old).await, Some(1));
        assert_eq!(save(db, 1, &whole).await, Some(2));
        assert_eq!(save(db, 1, &old).await, None, "also while it is open");
        wrap_ups::end_all(db, &id("alice"), later(1)).await.expect("stored");
        assert_eq!(save(db, 1, &old).await, None);
        let late = wrap_ups::finish(db, &id("alice"), &written(&alice, 1, &old), NOW, later(2)).await;
        assert_eq!(late.expect("no error"), None);
        assert_eq!(left(db, &call).await[0].3, whole.notes);
        assert_eq!(save(db, 1, &whole).await, Some(2), "a page that got no answer asks again");
        assert_eq!(save(db, 2, &old).await, Some(3));
    })
    .await;
}
