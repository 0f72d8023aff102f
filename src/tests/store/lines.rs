//! Lines, their links, and queues.

use baton::server::store::{StoreError, lines};
use baton_domain::line::Line;

use super::desk::{line, queue};
use super::on_each_database;

#[tokio::test]
async fn lines_are_listed_by_name() {
    on_each_database(async |_, db| {
        let closed = Line { open: false, join_code: None, capacity: 3, redact: false, ..line("a-line", "Zeppelins") };
        lines::insert_new(db, &closed).await.expect("a new line");
        assert_eq!(lines::all(db).await.expect("read"), [line("support", "Support"), closed]);
    })
    .await;
}

#[tokio::test]
async fn a_line_is_behind_its_link() {
    on_each_database(async |_, db| {
        lines::insert_new(db, &line("sales", "Sales")).await.expect("a new line");
        assert_eq!(lines::by_code(db, "code-of-sales").await.expect("read"), Some(line("sales", "Sales")));
        assert_eq!(lines::by_code(db, "CODE-OF-SALES").await.expect("read"), None);
        assert_eq!(lines::by_code(db, "").await.expect("read"), None);
    })
    .await;
}

#[tokio::test]
async fn a_line_that_is_there_stays_as_it_is() {
    on_each_database(async |_, db| {
        let other = Line { capacity: 1, join_code: None, ..line("support", "Another name") };
        lines::insert_new(db, &other).await.expect("no error");
        assert_eq!(lines::all(db).await.expect("read"), [line("support", "Support")]);
    })
    .await;
}

#[tokio::test]
async fn a_revoked_link_leads_nowhere_and_the_next_one_does() {
    on_each_database(async |_, db| {
        let id = line("support", "Support").id;
        assert!(lines::change(db, &id, false, None, 7).await.expect("stored"));
        assert_eq!(lines::by_code(db, "code-of-support").await.expect("read"), None);
        let revoked = Line { open: false, join_code: None, capacity: 7, ..line("support", "Support") };
        assert_eq!(lines::all(db).await.expect("read"), [revoked]);

        assert!(lines::change(db, &id, true, Some("next"), 20).await.expect("stored"));
        let renewed = Line { join_code: Some("next".to_owned()), ..line("support", "Support") };
        assert_eq!(lines::by_code(db, "next").await.expect("read"), Some(renewed));
    })
    .await;
}

#[tokio::test]
async fn a_line_says_whether_personal_data_is_taken_out() {
    on_each_database(async |_, db| {
        let support = line("support", "Support");
        for redact in [false, true] {
            lines::set_redaction(db, &support.id, redact).await.expect("stored");
            let expected = Line { redact, ..support.clone() };
            assert_eq!(lines::find(db, &support.id).await.expect("read"), Some(expected));
        }
    })
    .await;
}

#[tokio::test]
async fn a_line_that_is_not_there_does_not_change() {
    on_each_database(async |_, db| {
        let nowhere = line("nowhere", "").id;
        assert!(!lines::change(db, &nowhere, true, Some("code"), 1).await.expect("no error"));
        assert_eq!(lines::by_code(db, "code").await.expect("read"), None);
    })
    .await;
}

#[tokio::test]
async fn no_two_lines_share_a_link_and_many_may_have_none() {
    on_each_database(async |_, db| {
        for handle in ["first", "second"] {
            lines::insert_new(db, &Line { join_code: None, ..line(handle, handle) }).await.expect("a new line");
        }
        let taken = lines::change(db, &line("first", "").id, true, Some("code-of-support"), 20).await;
        assert!(matches!(taken, Err(StoreError::Sql(_))), "{taken:?}");
    })
    .await;
}

#[tokio::test]
async fn queues_are_listed_by_name_and_stay_as_they_are() {
    on_each_database(async |_, db| {
        let sales = queue("z-sales", "Administration");
        lines::insert_new_queue(db, &sales).await.expect("a new queue");
        lines::insert_new_queue(db, &queue("billing", "Another name")).await.expect("no error");
        assert_eq!(lines::queues(db).await.expect("read"), [sales, queue("billing", "Billing queue")]);
    })
    .await;
}

#[tokio::test]
async fn a_line_leads_to_a_queue() {
    on_each_database(async |_, db| {
        let lost = Line { queue: queue("nowhere", "").id, ..line("lost", "Lost") };
        let stored = lines::insert_new(db, &lost).await;
        assert!(matches!(stored, Err(StoreError::Sql(_))), "{stored:?}");
    })
    .await;
}
