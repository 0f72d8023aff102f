//! Calls and callers' keys.

use baton::server::store::calls::{Before, Earlier};
use baton::server::store::{StoreError, calls, lines};
use baton_domain::call::Call;
use baton_domain::machine::Command;

use super::desk::{
    NOW, agent_does, caller_hangs_up, consulting, later, line, offered, queued, ringing, talking, transfer_id,
};
use super::on_each_database;

#[tokio::test]
async fn a_call_is_found_as_it_was_stored() {
    on_each_database(async |_, db| {
        let mut call = ringing(1, transfer_id(1));
        call.caller.name = "Zoë 'Quotes' \"Ünï\" 😀".to_owned();
        calls::insert(db, &call).await.expect("stored");
        assert_eq!(calls::find(db, call.id).await.expect("read"), Some(call));
        assert_eq!(calls::find(db, queued(2, NOW).id).await.expect("read"), None);
    })
    .await;
}

#[tokio::test]
async fn a_call_is_new_only_once() {
    on_each_database(async |_, db| {
        let call = queued(1, NOW);
        calls::insert(db, &call).await.expect("stored");
        let again = calls::insert(db, &call).await;
        assert!(matches!(again, Err(StoreError::Sql(_))), "{again:?}");
    })
    .await;
}

#[tokio::test]
async fn a_change_is_stored_over_the_version_it_was_made_from() {
    on_each_database(async |_, db| {
        let before = talking(1, "alice");
        calls::insert(db, &before).await.expect("stored");
        let after = agent_does(&before, "alice", Command::Hold);
        calls::update(db, &after, before.version).await.expect("nobody else changed it");
        assert_eq!(calls::find(db, before.id).await.expect("read"), Some(after));
    })
    .await;
}

#[tokio::test]
async fn a_change_from_an_old_version_is_refused() {
    on_each_database(async |_, db| {
        let before = talking(1, "alice");
        calls::insert(db, &before).await.expect("stored");
        let held = agent_does(&before, "alice", Command::Hold);
        calls::update(db, &held, before.version).await.expect("nobody else changed it");
        let late = calls::update(db, &caller_hangs_up(&before), before.version).await;
        assert!(matches!(late, Err(StoreError::VersionConflict)), "{late:?}");
        assert_eq!(calls::find(db, before.id).await.expect("read"), Some(held));
        let unknown = calls::update(db, &queued(2, NOW), 1).await;
        assert!(matches!(unknown, Err(StoreError::VersionConflict)), "{unknown:?}");
    })
    .await;
}

#[tokio::test]
async fn a_call_is_unsettled_until_its_last_agent_has_left() {
    on_each_database(async |_, db| {
        let consulting = consulting(1, transfer_id(1));
        let tail = caller_hangs_up(&consulting);
        let ended = caller_hangs_up(&talking(2, "alice"));
        let (waiting, first) = (queued(3, later(1)), queued(4, later(-1)));
        for call in [&consulting, &ended, &waiting, &first] {
            calls::insert(db, call).await.expect("stored");
        }
        calls::update(db, &tail, consulting.version).await.expect("nobody else changed it");
        let unsettled = calls::unsettled(db).await.expect("read");
        assert_eq!(unsettled, [first.clone(), tail.clone(), waiting.clone()], "oldest first");

        let over = agent_does(&tail, "bob", Command::LeaveConsult);
        calls::update(db, &over, tail.version).await.expect("nobody else changed it");
        assert_eq!(calls::unsettled(db).await.expect("read"), [first, waiting]);
    })
    .await;
}

#[tokio::test]
async fn the_newest_calls_come_page_by_page() {
    on_each_database(async |_, db| {
        let all: Vec<_> =
            (0..3).map(|number| queued(1 + number, later(i64::try_from(number).expect("small")))).collect();
        for call in &all {
            calls::insert(db, call).await.expect("stored");
        }
        let page = calls::newest(db, later(100).into(), 2, false).await.expect("read");
        assert_eq!(page, [all[2].clone(), all[1].clone()]);
        let next = calls::newest(db, page[1].created_at.into(), 2, false).await.expect("read");
        assert_eq!(next, [all[0].clone()]);
    })
    .await;
}

#[tokio::test]
async fn calls_of_the_same_moment_come_one_after_the_other() {
    on_each_database(async |_, db| {
        let (ended, tail) = (caller_hangs_up(&queued(1, NOW)), caller_hangs_up(&consulting(2, transfer_id(1))));
        let (first, second) = (queued(3, NOW), queued(4, NOW));
        for call in [&ended, &tail, &first, &second] {
            calls::insert(db, call).await.expect("stored");
        }
        let behind = |call: &Call| Before { created_at: call.created_at, id: Some(call.id) };
        for (before, open, expected) in [
            (later(1).into(), false, vec![&second, &first]),
            (behind(&first), false, vec![&tail, &ended]),
            (NOW.into(), false, vec![]),
            (later(1).into(), true, vec![&second, &first]),
            (behind(&second), true, vec![&first]),
            (behind(&first), true, vec![]),
        ] {
            let page = calls::newest(db, before, 2, open).await.expect("read");
            assert_eq!(page.iter().collect::<Vec<_>>(), expected, "{before:?} {open}");
        }
    })
    .await;
}

#[tokio::test]
async fn callers_without_an_agent_wait_on_their_line() {
    on_each_database(async |_, db| {
        let sales = line("sales", "Sales");
        lines::insert_new(db, &sales).await.expect("a new line");
        let mut elsewhere = queued(5, NOW);
        elsewhere.line = sales.id.clone();
        let ended = caller_hangs_up(&queued(4, NOW));
        for call in [queued(1, NOW), offered(2, "alice"), talking(3, "bob"), ended, elsewhere] {
            calls::insert(db, &call).await.expect("stored");
        }
        let support = line("support", "Support").id;
        assert_eq!(calls::waiting_on_line(db, &support).await.expect("read"), 2);
        assert_eq!(calls::waiting_on_line(db, &sales.id).await.expect("read"), 1);
    })
    .await;
}

#[tokio::test]
async fn a_call_is_rejoined_by_one_call_only() {
    on_each_database(async |_, db| {
        let left = caller_hangs_up(&queued(1, NOW));
        calls::insert(db, &left).await.expect("stored");
        assert_eq!(calls::rejoined(db, left.id).await.expect("read"), None);
        let [back, again] = [2, 3].map(|number| Call { rejoined_from: Some(left.id), ..queued(number, NOW) });
        calls::insert(db, &back).await.expect("stored");
        assert_eq!(calls::rejoined(db, left.id).await.expect("read"), Some(back.id));
        let twice = calls::insert(db, &again).await;
        assert!(matches!(twice, Err(StoreError::Sql(_))), "{twice:?}");
    })
    .await;
}

#[tokio::test]
async fn whoever_came_back_is_followed_to_the_first_call() {
    on_each_database(async |_, db| {
        let first = caller_hangs_up(&queued(1, NOW));
        let second = Call { rejoined_from: Some(first.id), ..caller_hangs_up(&queued(2, later(5))) };
        let third = Call { rejoined_from: Some(second.id), ..queued(3, later(9)) };
        for call in [&first, &second, &third] {
            calls::insert(db, call).await.expect("stored");
        }
        let [one, two] = [&first, &second].map(|call| Earlier { id: call.id, created_at: call.created_at });
        for (call, expected) in [(&first, vec![]), (&second, vec![one]), (&third, vec![one, two])] {
            assert_eq!(calls::before(db, call).await.expect("read"), expected);
        }
    })
    .await;
}

#[tokio::test]
async fn a_call_of_no_line_is_not_stored() {
    on_each_database(async |_, db| {
        let mut lost = queued(1, NOW);
        lost.line = "nowhere".parse().expect("a handle");
        let stored = calls::insert(db, &lost).await;
        assert!(matches!(stored, Err(StoreError::Sql(_))), "{stored:?}");
    })
    .await;
}

#[tokio::test]
async fn a_callers_key_opens_their_call_alone() {
    on_each_database(async |_, db| {
        let (carol, dan) = (queued(1, NOW), queued(2, NOW));
        for (call, key) in [(&carol, "print-of-carol"), (&dan, "print-of-dan")] {
            calls::insert(db, call).await.expect("stored");
            calls::insert_caller_key(db, key, call.id, NOW).await.expect("a new key");
        }
        for (key, call) in
            [("print-of-carol", Some(carol.id)), ("print-of-dan", Some(dan.id)), ("print-of-nobody", None)]
        {
            assert_eq!(calls::call_of_caller_key(db, key).await.expect("read"), call, "{key}");
        }
        let taken = calls::insert_caller_key(db, "print-of-carol", dan.id, NOW).await;
        assert!(matches!(taken, Err(StoreError::Sql(_))), "{taken:?}");
    })
    .await;
}
