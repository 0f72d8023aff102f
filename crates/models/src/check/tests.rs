use baton_domain::ids::SegmentId;
use baton_domain::time::Timestamp;
use baton_domain::transcript::{Segment, SegmentText, Speaker, Transcript};
use baton_redaction::Kinds;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::answer::parse;
use crate::chain::Task;

#[test]
fn addresses_are_told_from_other_words() {
    for word in
        ["https://example.com/pay", "www.example.com", "example.com.", "(shop.example.co/x)", "carol@example.com"]
    {
        assert!(address(word).is_some(), "{word}");
    }
    for word in ["p.m.", "3.50", "e.g.", "12.000,00", "Mr.Smith3", "and/or", "v2.0.1"] {
        assert!(address(word).is_none(), "{word}");
    }
}

#[test]
fn a_spoken_address_is_the_written_one() {
    let said = plain_letters("it is www dot example dash shop dot com slash pay");
    assert!(said.contains(&address("https://www.example-shop.com/pay").expect("an address")));
    assert!(!said.contains(&address("example.org").expect("an address")));
}

#[test]
fn placeholders_are_known_by_their_kind() {
    assert_eq!(placeholder("[card 1]"), Some(true));
    assert_eq!(placeholder("[Email 2]"), Some(false));
    assert_eq!(placeholder("[phone 1 part 2]"), Some(false));
    assert_eq!(placeholder("[said 1]"), Some(false));
    for other in ["[sic]", "[line 3]", "[card]", "[card one]"] {
        assert_eq!(placeholder(other), None, "{other}");
    }
}

/// Four final lines with a card and an address in them; the last was not sent.
fn material() -> Material {
    let said = [
        "My card is 4242 4242 4242 4242 and it was charged twice",
        "Write to carol@example.com please",
        "My order is 445566",
        "Thank you",
    ];
    let line = |(number, text): (u32, &&str)| Segment {
        id: SegmentId(Uuid::from_u128(u128::from(number))),
        number,
        speaker: Speaker::Caller,
        text: SegmentText::new(text).expect("a text"),
        started_at: Timestamp(i64::from(number)),
        ended_at: None,
        is_final: true,
    };
    let transcript = Transcript::new((1..).zip(&said).map(line).collect()).expect("a transcript");
    let task = Task {
        transcript,
        context: baton_summariser::Context::default(),
        language: None,
        note: String::new(),
        earlier: Vec::new(),
        redact: true,
        urgency: crate::provider::Urgency::Now,
        gate: crate::gate::Gate::open(),
    };
    Material::new(task, Kinds::ALL)
}

proptest! {
    /// Whatever a model writes: what is shown cites lines that were sent, has no card in it, and none of its own addresses.
    #[test]
    fn what_is_shown_rests_on_what_was_sent(
        statements in proptest::collection::vec(
            (
                proptest::collection::vec(
                    prop_oneof![
                        Just("[card 1]"), Just("[email 1]"), Just("[email 2]"), Just("[said 1]"), Just("445566"), Just("998877"),
                        Just("evil.example.net"), Just("carol@example.com"), Just("[") , Just("]"), Just("order"), Just("\"}"),
                    ],
                    0..6,
                ),
                proptest::collection::vec(0_i64..9, 0..5),
            ),
            0..8,
        ),
    ) {
        let (material, sent) = (material(), BTreeSet::from([1, 2, 3]));
        let count = statements.len();
        let reason: Vec<Value> = statements
            .into_iter()
            .map(|(words, citations)| serde_json::json!({ "text": words.join(" "), "citations": citations }))
            .collect();
        let answer = parse(&serde_json::json!({ "reason": reason }).to_string()).expect("an answer");
        match Checker::new(&material, &sent).briefing(&answer, "m") {
            Err(failure) => prop_assert!(matches!(failure, Failure::Empty | Failure::Unfounded)),
            Ok((briefing, dropped)) => {
                prop_assert_eq!(briefing.check_citations(&material.task.transcript), Ok(()));
                let shown = briefing.reason.statements();
                prop_assert_eq!(shown.len() + dropped.statements, count);
                for statement in shown {
                    prop_assert!(statement.citations().iter().all(|line| sent.contains(line)));
                    for never in ["4242", "evil", "[email 2]", "[said 1]"] {
                        prop_assert!(!statement.text().contains(never), "{}", statement.text());
                    }
                }
            }
        }
    }
}
