//! What was said.

use baton::server::instance::InstanceId;
use baton::server::store::segments::{FromBrowser, OpenLine};
use baton::server::store::{calls, segments, transfers};
use baton_domain::ids::SegmentId;
use baton_domain::seat::RoomName;
use baton_domain::transcript::{Segment, SegmentText, Speaker};
use uuid::Uuid;

use super::desk::{NOW, consulting, later, queued, transfer_id};
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
            segments::put(db, RoomName::Call(call.id), &interim(1, text)).await.expect("stored");
            assert_eq!(segments::lines_of(db, RoomName::Call(call.id)).await.expect("read"), [interim(1, text)]);
        }
        let last =
            Segment { ended_at: Some(later(2)), is_final: true, ..interim(1, "My invoice is wrong — 30 €.") };
        segments::put(db, RoomName::Call(call.id), &last).await.expect("stored");
        assert_eq!(segments::lines_of(db, RoomName::Call(call.id)).await.expect("read"), [last]);
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
            segments::put(db, RoomName::Call(call.id), &segment).await.expect("stored");
        }
        segments::put(db, RoomName::Call(other.id), &interim(1, "Elsewhere")).await.expect("stored");
        let expected = [interim(1, "Hi"), by_alice, interim(10, "Thanks")];
        assert_eq!(segments::lines_of(db, RoomName::Call(call.id)).await.expect("read"), expected);
        assert_eq!(segments::lines_of(db, RoomName::Call(other.id)).await.expect("read"), [interim(1, "Elsewhere")]);
    })
    .await;
}

#[tokio::test]
async fn open_lines_are_found_wherever_they_stand() {
    on_each_database(async |_, db| {
        let (call, quiet) = (consulting(1, transfer_id(1)), queued(2, NOW));
        for call in [&call, &quiet] {
            calls::insert(db, call).await.expect("stored");
        }
        transfers::put_of(db, &call).await.expect("stored");
        let (said, private) = (RoomName::Call(call.id), RoomName::Consult(transfer_id(1)));
        let ended = |number, text| Segment { is_final: true, ..interim(number, text) };
        segments::put(db, RoomName::Call(quiet.id), &ended(1, r#""is_final":false"#)).await.expect("stored");
        for room in [said, private] {
            for segment in [interim(1, "One"), ended(2, "Two"), interim(3, "Three")] {
                segments::put(db, room, &segment).await.expect("stored");
            }
            segments::put(db, room, &ended(3, "Three")).await.expect("stored");
            let open = OpenLine { line: interim(1, "One"), browser: None };
            assert_eq!(segments::open_in(db, room).await.expect("read"), [open]);
        }
        let open = async |db: &mut _| segments::rooms_with_open_lines(db).await.expect("read");
        assert_eq!(open(db).await, [(call.id, said), (call.id, private)]);
        segments::remove(db, said, 1).await.expect("removed");
        assert_eq!(segments::newest(db, said, 1).await.expect("read"), [ended(3, "Three")]);
        segments::put(db, private, &ended(1, "One")).await.expect("stored");
        assert_eq!(open(db).await, []);
    })
    .await;
}

#[tokio::test]
async fn of_a_line_from_a_browser_it_is_known_where_it_came_in_until_it_ends() {
    on_each_database(async |_, db| {
        let call = consulting(1, transfer_id(1));
        calls::insert(db, &call).await.expect("stored");
        transfers::put_of(db, &call).await.expect("stored");
        let (said, private) = (RoomName::Call(call.id), RoomName::Consult(transfer_id(1)));
        let came = |at| FromBrowser { instance: InstanceId::known("one".to_owned()), at };
        for room in [said, private] {
            segments::put(db, room, &interim(1, "By a listener")).await.expect("stored");
            for at in [later(1), later(2)] {
                segments::put_heard(db, room, &interim(2, "Two"), Some(&came(at))).await.expect("stored");
            }
            let open = segments::open_in(db, room).await.expect("read");
            assert_eq!(open[1], OpenLine { line: interim(2, "Two"), browser: Some(came(later(2))) });
        }
        let open = segments::open_from_browsers(db).await.expect("read");
        assert_eq!(open, [(call.id, said, came(later(2))), (call.id, private, came(later(2)))]);
        for room in [said, private] {
            let ended = Segment { is_final: true, ..interim(2, "Two") };
            segments::put(db, room, &ended).await.expect("stored");
        }
        assert_eq!(segments::open_from_browsers(db).await.expect("read"), []);
    })
    .await;
}
