//! What was said.

use baton::server::store::{calls, segments};
use baton_domain::ids::SegmentId;
use baton_domain::transcript::{Segment, SegmentText, Speaker};
use uuid::Uuid;

use super::desk::{NOW, later, queued};
use super::on_each_database;
use crate::harness::id;

fn interim(number: u32, text: &str) -> Segment {
    Segment {
        id: SegmentId(Uuid::from_u128(u128::from(number))),
        number,
        speaker: Speaker::Caller,
        text: SegmentText::new(text).expect("a line"),
        started_at: NOW,
        ended_at: None,
        is_final: false,
    }
}

#[tokio::test]
async fn an_interim_line_becomes_final_under_its_number() {
    on_each_database(async |_, db| {
        let call = queued(1, NOW);
        calls::insert(db, &call).await.expect("stored");
        for text in ["my", "my invoice"] {
            segments::put(db, call.id, &interim(1, text)).await.expect("stored");
            assert_eq!(segments::of_call(db, call.id).await.expect("read"), [interim(1, text)]);
        }
        let last =
            Segment { ended_at: Some(later(2)), is_final: true, ..interim(1, "My invoice is wrong — 30 €.") };
        segments::put(db, call.id, &last).await.expect("stored");
        assert_eq!(segments::of_call(db, call.id).await.expect("read"), [last]);
    })
    .await;
}

#[tokio::test]
async fn a_transcript_is_in_order_and_of_one_call() {
    on_each_database(async |_, db| {
        let (call, other) = (queued(1, NOW), queued(2, NOW));
        for call in [&call, &other] {
            calls::insert(db, call).await.expect("stored");
        }
        let by_alice = Segment { speaker: Speaker::Agent(id("alice")), ..interim(2, "Hello") };
        for segment in [interim(10, "Thanks"), by_alice.clone(), interim(1, "Hi")] {
            segments::put(db, call.id, &segment).await.expect("stored");
        }
        segments::put(db, other.id, &interim(1, "Elsewhere")).await.expect("stored");
        let expected = [interim(1, "Hi"), by_alice, interim(10, "Thanks")];
        assert_eq!(segments::of_call(db, call.id).await.expect("read"), expected);
        assert_eq!(segments::of_call(db, other.id).await.expect("read"), [interim(1, "Elsewhere")]);
    })
    .await;
}
