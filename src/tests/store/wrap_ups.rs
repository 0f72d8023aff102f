//! The work after a call.

use baton::server::store::{calls, wrap_ups};
use baton_domain::call::Call;
use baton_domain::time::Timestamp;
use baton_domain::wrap_up::{Disposition, Draft, WrapUp};
use sqlx::{AnyConnection, Row};

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
    WrapUp { call: call.id, caller_name: "Carol".to_owned(), agent: id(agent), started_at: at, ends_at, draft: None }
}

async fn start(db: &mut AnyConnection, wrap_up: &WrapUp) {
    wrap_ups::start(db, wrap_up).await.expect("stored");
}

/// No query of the desk reads this yet; reports will.
async fn outcome(db: &mut AnyConnection, call: &Call) -> (Option<i64>, Option<String>, Option<String>) {
    let row = sqlx::query("select finished_at, disposition, notes from wrap_ups where call_id = $1")
        .bind(call.id.to_string())
        .fetch_one(db)
        .await
        .expect("one wrap-up");
    (row.get(0), row.get(1), row.get(2))
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
        assert!(wrap_ups::finish(db, &id("alice"), None, later(9)).await.expect("stored"));
        assert_eq!(wrap_ups::open(db).await.expect("read"), [bob]);
        assert!(!wrap_ups::finish(db, &id("alice"), None, later(9)).await.expect("no error"), "none was open");
    })
    .await;
}

#[tokio::test]
async fn a_wrap_up_keeps_its_outcome_and_notes() {
    on_each_database(async |_, db| {
        let (first, second) = (ended_call(db, 1).await, ended_call(db, 2).await);
        start(db, &wrap_up(&first, "alice", NOW)).await;
        start(db, &wrap_up(&second, "alice", later(1))).await;
        let given = Some((first.id, Disposition::HandedOver, "Bob has her"));
        assert!(wrap_ups::finish(db, &id("alice"), given, later(2)).await.expect("stored"));
        let kept = (Some(later(2).0), Some("handed_over".to_owned()), Some("Bob has her".to_owned()));
        assert_eq!(outcome(db, &first).await, kept);
        assert_eq!(wrap_ups::open(db).await.expect("read"), [wrap_up(&second, "alice", later(1))], "the other goes on");

        let late = Some((first.id, Disposition::Dropped, ""));
        assert!(!wrap_ups::finish(db, &id("alice"), late, later(3)).await.expect("no error"));
        assert_eq!(outcome(db, &first).await, kept, "what was said first stays");
    })
    .await;
}

#[tokio::test]
async fn a_wrap_up_that_ends_by_itself_ends_all_of_the_agent() {
    on_each_database(async |_, db| {
        let (first, second) = (ended_call(db, 1).await, ended_call(db, 2).await);
        start(db, &wrap_up(&first, "alice", NOW)).await;
        start(db, &wrap_up(&second, "alice", later(1))).await;
        assert!(wrap_ups::finish(db, &id("alice"), None, later(2)).await.expect("stored"));
        assert_eq!(wrap_ups::open(db).await.expect("read"), []);
        assert_eq!(outcome(db, &first).await, (Some(later(2).0), None, None));
    })
    .await;
}

#[tokio::test]
async fn a_wrap_up_that_ends_by_itself_keeps_what_was_typed() {
    on_each_database(async |_, db| {
        let call = ended_call(db, 1).await;
        let alice = wrap_up(&call, "alice", NOW);
        start(db, &alice).await;
        let draft = Draft { disposition: Disposition::FollowUp, notes: "Call back on Mon".to_owned() };
        assert!(wrap_ups::save_draft(db, &id("alice"), call.id, &draft).await.expect("stored"));
        assert!(!wrap_ups::save_draft(db, &id("bob"), call.id, &draft).await.expect("no error"), "not his");
        assert_eq!(wrap_ups::open(db).await.expect("read"), [WrapUp { draft: Some(draft.clone()), ..alice }]);
        assert!(wrap_ups::finish(db, &id("alice"), None, later(2)).await.expect("stored"));
        let kept = (Some(later(2).0), Some("follow_up".to_owned()), Some("Call back on Mon".to_owned()));
        assert_eq!(outcome(db, &call).await, kept);

        let late = Draft { notes: "Call back on Monday".to_owned(), ..draft };
        assert!(!wrap_ups::save_draft(db, &id("alice"), call.id, &late).await.expect("no error"), "it is over");
        assert_eq!(outcome(db, &call).await, kept);
    })
    .await;
}

#[tokio::test]
async fn nobody_finishes_the_wrap_up_of_another() {
    on_each_database(async |_, db| {
        let call = ended_call(db, 1).await;
        let alice = wrap_up(&call, "alice", NOW);
        start(db, &alice).await;
        let given = Some((call.id, Disposition::Resolved, ""));
        assert!(!wrap_ups::finish(db, &id("bob"), given, later(1)).await.expect("no error"));
        assert!(!wrap_ups::finish(db, &id("bob"), None, later(1)).await.expect("no error"));
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
