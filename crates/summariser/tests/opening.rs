//! The first sentence.

use baton_domain::briefing::MAX_STATEMENT_CHARS;

use crate::desk::{brief, context, transcript};

fn opening(line: &str) -> String {
    brief(&[line]).opening_line.text().to_owned()
}

#[test]
fn the_story_is_told_from_the_callers_side() {
    for (said, told) in [
        ("My router was broken when I came home.", "your router was broken when you came home"),
        ("Hi, I'm waiting for my parcel.", "you're waiting for your parcel"),
        ("Well, I was charged twice for my order.", "you were charged twice for your order"),
        ("We've lost our keys, and they won't help us.", "you've lost your keys, and they won't help you"),
        ("Yes, the invoice is wrong!", "the invoice is wrong"),
    ] {
        let expected = format!("Hello Carol, I'm Bob. Alice told me that {told}. You don't have to explain it again.");
        assert_eq!(opening(&format!("C: {said}")), expected);
    }
}

#[test]
fn what_cannot_be_turned_round_is_not() {
    for said in [
        "You sent me the wrong parcel again.",
        "Can you cancel my contract today?",
        "Refund missing since Monday for order 48213.",
    ] {
        assert_eq!(
            opening(&format!("C: {said}")),
            "Hello Carol, I'm Bob. Alice told me what you talked about. You don't have to explain it again."
        );
    }
}

#[test]
fn a_queue_has_no_name_yet_and_a_caller_may_have_none() {
    let mut context = context();
    context.target = None;
    context.caller_name = None;
    let briefing = baton_summariser::brief(&transcript(&["C: My parcel is missing."]), &context);
    assert_eq!(
        briefing.opening_line.text(),
        "Hello. Alice told me that your parcel is missing. You don't have to explain it again."
    );
    assert_eq!(briefing.reason.statements()[0].text(), "Caller: “My parcel is missing.”");
}

#[test]
fn endless_names_do_not_make_it_endless() {
    let mut context = context();
    context.caller_name = Some("Carol ".repeat(500));
    context.target = Some("B".repeat(5_000));
    context.transferring_agent = "\n\t ".to_owned();
    let briefing = baton_summariser::brief(&transcript(&["C: My parcel is missing."]), &context);
    assert!(briefing.opening_line.text().chars().count() <= MAX_STATEMENT_CHARS);
    assert!(briefing.opening_line.text().contains("My colleague told me that your parcel is missing"));
}
