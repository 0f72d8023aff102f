//! Files that are transcribed.

use baton::server::instance::InstanceId;
use baton::server::store::spoken_files;
use baton_domain::ids::SpokenFileId;
use baton_domain::spoken_file::{SpokenFile, SpokenFileState};
use sqlx::AnyConnection;
use uuid::Uuid;

use super::desk::{NOW, later};
use super::on_each_database;

fn instance() -> InstanceId {
    InstanceId::known("here".to_owned())
}

fn file(number: u128) -> SpokenFile {
    let begun = SpokenFile::begun(SpokenFileId(Uuid::from_u128(number)), "talk.wav", "audio/wav", NOW);
    let created_at = later(i64::try_from(number).expect("a small number"));
    SpokenFile { created_at, ..begun }
}

async fn insert(db: &mut AnyConnection, number: u128, owner: &str) -> SpokenFile {
    let file = file(number);
    spoken_files::insert(db, &file, owner, &instance()).await.expect("stored");
    file
}

#[tokio::test]
async fn a_file_is_found_by_its_owner_alone() {
    on_each_database(async |_, db| {
        let (mine, theirs) = (insert(db, 1, "agent:alice").await, insert(db, 2, "api").await);
        let newer = insert(db, 3, "agent:alice").await;
        let found = spoken_files::find(db, mine.id, "agent:alice").await.expect("read");
        assert_eq!(found.as_ref(), Some(&mine));
        assert_eq!(spoken_files::find(db, theirs.id, "agent:alice").await.expect("read"), None);
        let all = spoken_files::of_owner(db, "agent:alice", 10).await.expect("read");
        assert_eq!(all, [newer.clone(), mine.clone()]);
        assert_eq!(spoken_files::of_owner(db, "agent:alice", 1).await.expect("read"), [newer]);
        assert!(!spoken_files::delete(db, theirs.id, "agent:alice").await.expect("deleted"));
        assert!(spoken_files::delete(db, mine.id, "agent:alice").await.expect("deleted"));
        assert!(!spoken_files::put(db, &mine).await.expect("stored"), "it is gone");
    })
    .await;
}

#[tokio::test]
async fn what_is_to_be_done_is_found_by_its_state_where_it_is() {
    on_each_database(async |_, db| {
        let (first, second) = (insert(db, 1, "api").await, insert(db, 2, "api").await);
        assert_eq!(spoken_files::open_of_owner(db, "api").await.expect("read"), 2);
        let waits = SpokenFile { state: SpokenFileState::Transcribing, ..first };
        let done = SpokenFile { state: SpokenFileState::Done, ..second };
        assert!(spoken_files::put(db, &waits).await.expect("stored"));
        assert!(spoken_files::put(db, &done).await.expect("stored"));
        spoken_files::try_again(db, waits.id).await.expect("stored");
        for _ in 0..2 {
            spoken_files::try_again(db, done.id).await.expect("stored");
            spoken_files::take_back_try(db, waits.id).await.expect("stored");
        }
        spoken_files::try_again(db, waits.id).await.expect("stored");
        let found = spoken_files::in_state(db, SpokenFileState::Transcribing, &instance()).await.expect("read");
        assert_eq!(found.iter().map(|stored| (&stored.file, stored.tries)).collect::<Vec<_>>(), [(&waits, 1)]);
        assert_eq!(found[0].owner, "api");
        let elsewhere = InstanceId::known("elsewhere".to_owned());
        let theirs = spoken_files::in_state(db, SpokenFileState::Transcribing, &elsewhere).await.expect("read");
        assert_eq!(theirs, []);
        assert_eq!(spoken_files::open_of_owner(db, "api").await.expect("read"), 1);
    })
    .await;
}

#[tokio::test]
async fn old_files_are_forgotten() {
    on_each_database(async |_, db| {
        let (_, newer) = (insert(db, 1, "api").await, insert(db, 10, "api").await);
        assert_eq!(spoken_files::delete_older(db, later(5)).await.expect("deleted"), 1);
        assert_eq!(spoken_files::of_owner(db, "api", 10).await.expect("read"), [newer]);
    })
    .await;
}

#[tokio::test]
async fn files_whose_server_is_gone_are_found_and_what_is_over_stays_so() {
    on_each_database(async |_, db| {
        let (first, done) = (insert(db, 1, "api").await, insert(db, 2, "api").await);
        let elsewhere = InstanceId::known("elsewhere".to_owned());
        let other = file(3);
        spoken_files::insert(db, &other, "api", &elsewhere).await.expect("stored");
        let done = SpokenFile { state: SpokenFileState::Done, ..done };
        assert!(spoken_files::put(db, &done).await.expect("stored"));
        let back = SpokenFile { state: SpokenFileState::Summarising, ..done };
        assert!(!spoken_files::put(db, &back).await.expect("read"), "it is over");
        let without_care = async |db: &mut _, before| -> Vec<SpokenFile> {
            let found = spoken_files::without_care(db, before).await.expect("read");
            found.into_iter().map(|stored| stored.file).collect()
        };
        assert_eq!(without_care(db, later(1)).await, []);
        assert_eq!(without_care(db, later(100)).await, [first.clone(), other]);
        spoken_files::care(db, &elsewhere, later(100)).await.expect("stored");
        assert_eq!(without_care(db, later(100)).await, [first]);
    })
    .await;
}

#[tokio::test]
async fn what_has_its_lines_is_taken_over_once_when_its_server_is_gone() {
    on_each_database(async |_, db| {
        let (heard, unheard) = (insert(db, 1, "api").await, insert(db, 2, "api").await);
        let heard = SpokenFile { state: SpokenFileState::Summarising, ..heard };
        assert!(spoken_files::put(db, &heard).await.expect("stored"));
        let take_over = async |db: &mut _, who: &str, before, now| {
            let who = InstanceId::known(who.to_owned());
            spoken_files::take_over_summarising(db, &who, before, now).await.expect("stored")
        };
        assert_eq!(take_over(db, "second", later(1), later(50)).await, 0, "its server is there");
        assert_eq!(take_over(db, "second", later(50), later(100)).await, 1);
        assert_eq!(take_over(db, "third", later(50), later(100)).await, 0, "it has a server");
        let second = InstanceId::known("second".to_owned());
        let taken = spoken_files::in_state(db, SpokenFileState::Summarising, &second).await.expect("read");
        assert_eq!(taken.into_iter().map(|stored| stored.file).collect::<Vec<_>>(), [heard]);
        let left = spoken_files::in_state(db, unheard.state, &instance()).await.expect("read");
        assert_eq!(left.len(), 1, "its sound is elsewhere");
    })
    .await;
}
