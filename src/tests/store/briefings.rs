//! Briefings and silences, one each per transfer.

use baton::server::store::{StoreError, briefings, calls, transfers};
use baton_domain::briefing::{
    Briefing, BriefingEdit, BriefingText, Language, OpeningLine, PreparedBriefing, Section, Source,
};
use baton_domain::call::Call;
use baton_domain::desk_event::{SilenceReport, TransferBriefing};
use baton_domain::time::Span;
use sqlx::AnyConnection;

use super::desk::{NOW, later, ringing, transfer_id};
use super::on_each_database;
use crate::harness::id;

fn briefing(opening: &str) -> PreparedBriefing {
    let generated = Briefing {
        source: Source::Local,
        language: Some(Language::english()),
        written_in: None,
        lines_read: 3,
        reason: Section::default(),
        tried: Section::default(),
        promised: Section::default(),
        mood: Section::default(),
        facts: Section::default(),
        to_decide: Section::default(),
        might_resolve: Section::default(),
        opening_line: OpeningLine::new(opening, []).expect("a sentence"),
    };
    PreparedBriefing { generated, edit: None }
}

/// A call that is being transferred for the second time.
async fn second_attempt(db: &mut AnyConnection) -> Call {
    let call = ringing(1, transfer_id(1));
    calls::insert(db, &call).await.expect("stored");
    transfers::put_of(db, &call).await.expect("stored");
    transfers::put_of(db, &ringing(1, transfer_id(2))).await.expect("stored");
    call
}

#[tokio::test]
async fn a_briefing_is_replaced_by_its_next_version() {
    on_each_database(async |_, db| {
        let call = second_attempt(db).await.id;
        let (first, second) = (briefing("Hello Carol"), briefing("Carol again"));
        briefings::put(db, call, transfer_id(2), &first, NOW).await.expect("stored");
        briefings::put(db, call, transfer_id(1), &second, later(1)).await.expect("stored");

        let edit = BriefingEdit { text: BriefingText::new("Be kind").expect("text"), by: id("alice"), at: later(2) };
        let edited = PreparedBriefing { edit: Some(edit), ..first };
        briefings::put(db, call, transfer_id(2), &edited, later(2)).await.expect("stored");
        let expected = [
            TransferBriefing { transfer: transfer_id(2), briefing: edited },
            TransferBriefing { transfer: transfer_id(1), briefing: second },
        ];
        assert_eq!(briefings::of_call(db, call).await.expect("read"), expected, "oldest first, edited or not");
    })
    .await;
}

#[tokio::test]
async fn a_briefing_is_of_one_call() {
    on_each_database(async |_, db| {
        let call = second_attempt(db).await.id;
        briefings::put(db, call, transfer_id(1), &briefing("Hello"), NOW).await.expect("stored");
        let other = ringing(2, transfer_id(3));
        assert_eq!(briefings::of_call(db, other.id).await.expect("read"), []);
        let unknown = briefings::put(db, call, transfer_id(9), &briefing("Hello"), NOW).await;
        assert!(matches!(unknown, Err(StoreError::Sql(_))), "there is no such transfer: {unknown:?}");
    })
    .await;
}

#[tokio::test]
async fn the_worst_silence_counts() {
    on_each_database(async |_, db| {
        let call = second_attempt(db).await.id;
        for (reported, worst) in [(120, 120), (80, 120), (340, 340), (340, 340), (0, 340)] {
            let report = SilenceReport { transfer: transfer_id(1), longest: Span(reported) };
            briefings::put_silence(db, call, &report).await.expect("stored");
            let kept = briefings::silence(db, transfer_id(1)).await.expect("read");
            assert_eq!(kept, Some(SilenceReport { longest: Span(worst), ..report }));
        }
        assert_eq!(briefings::silence(db, transfer_id(2)).await.expect("read"), None, "nothing was measured there");
    })
    .await;
}
