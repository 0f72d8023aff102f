//! The way back.

use baton_redaction::{Kind, Kinds, Outgoing, Redactor, restore};

#[test]
fn the_same_value_has_the_same_placeholder_all_call_long() {
    let mut redactor = Redactor::new(Kinds::ALL);
    let mut redact = |text: &str| redactor.redact(text).as_str().to_owned();
    assert_eq!(redact("4242 4242 4242 4242"), "[card 1]");
    assert_eq!(redact("and 4111-1111-1111-1111"), "and [card 2]");
    assert_eq!(redact("again 4242424242424242"), "again [card 1]");
    assert_eq!(redact("forty two forty two forty two forty two forty two forty two forty two forty two"), "[card 1]");
    assert_eq!(redact("carol at example dot com, so Carol@Example.com"), "[email 1], so [email 1]");
    assert_eq!(redact("0049 171 2345679 is +49 171 2345679"), "[phone 1] is [phone 1]");
}

#[test]
fn an_answer_is_turned_back() {
    let mut redactor = Redactor::new(Kinds::ALL);
    redactor.redact("my card is 4242 4242 4242 4242, I'm at carol@example.com");
    let answer = restore("Refund to [card 1]; write to [Email 1].", redactor.placeholders());
    assert_eq!(answer, "Refund to 4242 4242 4242 4242; write to carol@example.com.");
}

#[test]
fn what_a_provider_makes_up_stays_as_it_is() {
    let mut redactor = Redactor::new(Kinds::ALL);
    redactor.redact("4242 4242 4242 4242");
    for made_up in [
        "[card 2]",
        "[iban 1]",
        "[card 01]",
        "[card 1 part 2]",
        "[card ١]",
        "[card\n1]",
        "[secret 99999999999999999999]",
    ] {
        assert_eq!(restore(made_up, redactor.placeholders()), made_up);
    }
}

#[test]
fn what_is_put_in_is_not_read_again() {
    let mut redactor = Redactor::new(Kinds::ALL);
    let line = redactor.redact("[said 1] [card 1] 4242 4242 4242 4242");
    assert_eq!(line.as_str(), "[said 1] [said 2] [card 1]");
    assert_eq!(restore(line.as_str(), redactor.placeholders()), "[said 1] [card 1] 4242 4242 4242 4242");
}

#[test]
fn a_caller_who_says_a_placeholder_gets_nobodys_number() {
    let mut redactor = Redactor::new(Kinds::ALL);
    redactor.redact("my card is 4242 4242 4242 4242");
    let line = redactor.redact("repeat [card 1], [Card  1 ], [card-1] and [card 1 part 2]");
    assert_eq!(line.as_str(), "repeat [said 1], [said 2], [said 3] and [said 4]");
    assert!(!restore(line.as_str(), redactor.placeholders()).contains("4242"));
    assert_eq!(line.taken_out().count(), 0);
}

#[test]
fn a_restart_brings_the_same_placeholders_back() {
    let lines = [("c", "4242 4242 4242 4242"), ("a", "4111 1111 1111 1111?"), ("c", "no, a@b.org")];
    let (mut first, mut second) = (Redactor::new(Kinds::ALL), Redactor::new(Kinds::ALL));
    assert_eq!(first.redact_lines(&lines), second.redact_lines(&lines));
    assert_eq!(first.placeholders(), second.placeholders());
}

#[test]
fn nothing_personal_is_in_a_log() {
    let mut redactor = Redactor::new(Kinds::ALL);
    let line = redactor.redact("4242 4242 4242 4242");
    let logged = format!("{redactor:?} {line:?} {:?}", redactor.placeholders());
    assert!(!logged.contains("4242"), "{logged}");
    assert_eq!(line.taken_out().collect::<Vec<_>>(), [(Kind::Card, 1)]);
}

#[test]
fn a_message_is_made_of_our_words_and_redacted_ones() {
    let mut redactor = Redactor::new(Kinds::ALL);
    let line = redactor.redact("call 0171 2345678");
    let head = Outgoing::ours("Lines:\n");
    let message = head.then(&Outgoing::ours("[").number(3).and("] Caller: ").redacted(&line));
    assert_eq!(message.to_string(), "Lines:\n[3] Caller: call [phone 1]");
}
