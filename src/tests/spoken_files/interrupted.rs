//! Files whose server ends in the middle, is asked to end, fails, or never returns.

use std::time::Duration;

use axum::body::Body;
use baton::server::permissions::Who;
use baton::server::random;
use baton::server::store::spoken_files;
use baton_domain::ids::SpokenFileId;
use baton_domain::spoken_file::{SpokenFile, SpokenFileFailure, SpokenFileState, SpokenLine};
use baton_domain::time::Span;
use sqlx::AssertSqlSafe;

use super::{Provider, Reply, desk, id_of, in_time, once, send_wav, spooled, until_nothing_is_spooled, upload};
use crate::harness::{API_KEY, TestDesk};

#[tokio::test]
async fn a_server_that_is_killed_goes_on_with_the_file() {
    let provider = Provider::new([Reply::Text("First."), Reply::Never]).await;
    let mut desk = desk(&[&provider]).await;
    desk.start_workers();
    let id = id_of(&send_wav(&desk, API_KEY).await);
    once(&desk, id, |file| file.heard.is_some()).await;
    in_time(provider.asked.notified()).await;
    let mut desk = desk.restarted().await;
    desk.start_workers();
    let done = once(&desk, id, |file| file.state == SpokenFileState::Done).await;
    let texts: Vec<&str> = done.lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(texts, ["And more.", "And more."], "it begins again, and nothing is there twice");
}

/// How often work on a file was begun that nobody has taken back.
async fn tries(desk: &TestDesk, id: SpokenFileId) -> u32 {
    let mut db = desk.app.store.read().await.expect("the database");
    let all = spoken_files::without_care(&mut db, desk.app.clock.now().plus(Span::seconds(1))).await.expect("read");
    all.iter().find(|stored| stored.file.id == id).expect("it is not over").tries
}

async fn until_untried(desk: &TestDesk, id: SpokenFileId) {
    in_time(async {
        while tries(desk, id).await > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn however_often_a_server_is_asked_to_end_it_goes_on_with_the_file() {
    let provider = Provider::new(std::iter::repeat_n(Reply::Never, 4)).await;
    let mut desk = desk(&[&provider]).await;
    let id = id_of(&send_wav(&desk, API_KEY).await);
    for _ in 0..4 {
        desk.start_workers();
        in_time(provider.asked.notified()).await;
        assert_eq!(tries(&desk, id).await, 1, "this may end it");
        desk.stop();
        until_untried(&desk, id).await;
        desk = desk.restarted().await;
    }
    desk.start_workers();
    once(&desk, id, |file| file.state == SpokenFileState::Done).await;
}

#[tokio::test]
async fn a_file_that_ended_the_server_three_times_is_not_tried_again() {
    let provider = Provider::new([]).await;
    let mut desk = desk(&[&provider]).await;
    let id = id_of(&send_wav(&desk, API_KEY).await);
    for _ in 0..3 {
        let mut db = desk.app.store.read().await.expect("the database");
        spoken_files::try_again(&mut db, id).await.expect("counted");
    }
    desk.start_workers();
    once(&desk, id, |file| file.failure == Some(SpokenFileFailure::Interrupted)).await;
    until_nothing_is_spooled(&desk).await;
}

/// From now on it cannot be written down that a file comes into this state.
async fn fill_disk(desk: &TestDesk, state: SpokenFileState) {
    let full = format!(
        "create trigger full_disk before update of document on spoken_files when new.state = '{}' \
         begin select raise(abort, 'full'); end",
        state.name()
    );
    sqlx::query(AssertSqlSafe(full)).execute(desk.app.store.pool()).await.expect("a database of our own");
}

/// From now on each try that begins is remembered, also one that is taken back.
async fn remember_tries(desk: &TestDesk) {
    let trigger = "create trigger begun after update of tries on spoken_files when new.tries > old.tries \
                   begin insert into begun values (new.id); end";
    for statement in ["create table begun (id text)", trigger] {
        sqlx::query(statement).execute(desk.app.store.pool()).await.expect("a database of our own");
    }
}

async fn was_tried(desk: &TestDesk) -> bool {
    let begun = sqlx::query("select id from begun").fetch_optional(desk.app.store.pool()).await;
    begun.expect("a database of our own").is_some()
}

#[tokio::test]
async fn a_failure_of_our_own_is_no_fault_of_the_file() {
    let provider = Provider::new([]).await;
    let mut desk = desk(&[&provider]).await;
    let id = id_of(&send_wav(&desk, API_KEY).await);
    // Not even that its sound leaves can be written down; that it is tried can.
    fill_disk(&desk, SpokenFileState::Transcribing).await;
    remember_tries(&desk).await;
    desk.start_workers();
    in_time(async {
        while !was_tried(&desk).await || tries(&desk, id).await > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    assert_eq!(tries(&desk, id).await, 0);
    sqlx::query("drop trigger full_disk").execute(desk.app.store.pool()).await.expect("a database of our own");
    let done = once(&desk, id, |file| file.state == SpokenFileState::Done).await;
    assert_eq!(done.sent_to.len(), 1, "nothing left before it was written down");
}

#[tokio::test]
async fn what_cannot_be_stored_is_not_bought_without_end() {
    let provider = Provider::new([]).await;
    let mut desk = desk(&[&provider]).await;
    let id = id_of(&send_wav(&desk, API_KEY).await);
    fill_disk(&desk, SpokenFileState::Summarising).await;
    for tried in 1..=3 {
        desk.start_workers();
        in_time(async {
            // In this order: whoever is at work when the try is counted, is so before.
            while tries(&desk, id).await < tried || desk.app.uploads.is_at_work(id) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
        // Whoever begins anew has not to wait for the next try.
        desk = desk.restarted().await;
    }
    desk.start_workers();
    let failed = once(&desk, id, |file| file.failure == Some(SpokenFileFailure::Interrupted)).await;
    assert_eq!(failed.sent_to.len(), 3);
}

#[tokio::test]
async fn what_needs_no_sound_any_more_is_finished_by_another_server() {
    let provider = Provider::new([]).await;
    let one = desk(&[&provider]).await;
    let mut two = one.beside().await;
    let id = id_of(&send_wav(&one, API_KEY).await);
    let text = "My router is broken.".to_owned();
    let line = SpokenLine { number: 1, speaker: None, text, from: Span::seconds(0), to: None };
    let heard = one.app.spoken_files().find(&Who::ApiKey, id).await.expect("it is there");
    let heard = SpokenFile { state: SpokenFileState::Summarising, lines: vec![line], ..heard };
    let mut tx = one.app.store.begin().await.expect("a transaction");
    assert!(spoken_files::put(&mut tx, &heard).await.expect("stored"));
    tx.commit().await.expect("stored");
    two.start_workers();
    for _ in 0..3 {
        for desk in [&one, &two] {
            desk.pass(Span::seconds(60 * 60)).await;
        }
        let waiting = one.app.spoken_files().waiting().await.expect("read");
        assert_eq!(waiting.len(), 1, "its server is there");
    }
    two.pass(Span::seconds(3 * 60 * 60)).await;
    let done = once(&two, id, |file| file.state == SpokenFileState::Done).await;
    assert_eq!(done.lines, heard.lines);
    assert!(done.summary.is_some() && done.sent_to.is_empty(), "{done:?}");
    one.pass(Span::seconds(60 * 60)).await;
    assert_eq!(spooled(&one).await, 0, "it returns after all, and keeps nothing that nobody waits for");
}

#[tokio::test]
async fn a_folder_that_cannot_be_read_keeps_nothing_from_being_given_up_or_forgotten() {
    let provider = Provider::new([]).await;
    let one = desk(&[&provider]).await;
    let two = one.beside().await;
    std::fs::write(two.app.config.recordings.spool.join("uploads"), "no folder").expect("nothing is there yet");
    let key = [("idempotency-key", "one")];
    let ids = [
        id_of(&one.send(upload(API_KEY, "audio/wav", "", &key, Body::from(super::two()))).await),
        id_of(&send_wav(&one, API_KEY).await),
    ];
    assert!(two.app.leases().take("a lease").await.expect("asked").is_some());
    two.pass(Span::seconds(8 * 24 * 60 * 60)).await;
    for id in ids {
        let given_up = two.app.spoken_files().find(&Who::ApiKey, id).await.expect("it is there");
        assert_eq!(given_up.failure, Some(SpokenFileFailure::Interrupted));
    }
    for rows in ["select 1 from requests", "select 1 from leases"] {
        let left = sqlx::query(rows).fetch_all(two.app.store.pool()).await.expect("read");
        assert_eq!(left.len(), 0, "{rows}");
    }
    let next = two.app.agenda.next().expect("there is always something");
    assert!(next.since(two.app.clock.now()) > Span::seconds(1), "it is not tried again and again");
}

#[tokio::test]
async fn when_its_server_never_returns_another_says_so() {
    let provider = Provider::new([]).await;
    let one = desk(&[&provider]).await;
    let two = one.beside().await;
    let id = id_of(&send_wav(&one, API_KEY).await);
    let state = async || two.app.spoken_files().find(&Who::ApiKey, id).await.expect("it is there").state;
    for _ in 0..3 {
        for desk in [&one, &two] {
            desk.pass(Span::seconds(11 * 60 * 60)).await;
        }
        assert_eq!(state().await, SpokenFileState::Transcribing, "its server is there");
    }
    two.pass(Span::seconds(12 * 60 * 60)).await;
    assert_eq!(state().await, SpokenFileState::Transcribing);
    two.pass(Span::seconds(60 * 60)).await;
    let failed = two.app.spoken_files().find(&Who::ApiKey, id).await.expect("it is there");
    assert_eq!(failed.failure, Some(SpokenFileFailure::Interrupted));
    assert_eq!(spooled(&one).await, 1);
    one.pass(Span::seconds(60 * 60)).await;
    assert_eq!(spooled(&one).await, 0, "it returns after all, and keeps nothing that nobody waits for");
}

#[tokio::test]
async fn a_file_that_was_being_received_when_the_server_was_killed_failed() {
    let provider = Provider::new([]).await;
    let desk = desk(&[&provider]).await;
    let file = SpokenFile::begun(SpokenFileId(random::id()), "talk.wav", "audio/wav", desk.app.clock.now());
    let mut tx = desk.app.store.begin().await.expect("a transaction");
    spoken_files::insert(&mut tx, &file, "api", &desk.app.instance).await.expect("stored");
    tx.commit().await.expect("stored");
    drop(desk.app.uploads.create(file.id).await.expect("a file"));
    let mut desk = desk.restarted().await;
    desk.start_workers();
    once(&desk, file.id, |file| file.failure == Some(SpokenFileFailure::Interrupted)).await;
    until_nothing_is_spooled(&desk).await;
}
