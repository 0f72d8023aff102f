//! Reason, tried, promised, to decide, might resolve.

use baton_domain::briefing::{Language, Section};

use crate::desk::{brief, context, segment, statements, transcript};

#[test]
fn nothing_said_gives_an_honest_briefing() {
    let briefing = brief(&[]);
    assert!(briefing.is_blank());
    assert_eq!((briefing.lines_read, briefing.language), (0, None));
    assert_eq!(briefing.opening_line.text(), "Hello Carol, I'm Bob. Alice passed your call to me. How can I help you?");
    assert_eq!(briefing.opening_line.citations(), [0_u32; 0]);
}

#[test]
fn a_greeting_is_no_reason() {
    assert_eq!(brief(&["Good morning, this is Alice.", "C: Hello?", "C: Hi there."]).reason, Section::Unknown);
}

#[test]
fn the_reason_is_what_the_caller_needs_and_not_what_the_agent_says() {
    let briefing = brief(&[
        "Good morning, we have a problem with our phones today, so please be patient.",
        "C: Hi. Lovely weather in Bremen today.",
        "C: I'm calling because my parcel hasn't arrived.",
    ]);
    assert_eq!(statements(&briefing.reason), [("Carol: “I'm calling because my parcel hasn't arrived.”", &[3][..])]);
}

#[test]
fn without_a_turn_of_phrase_the_reason_is_what_was_said_first() {
    let briefing = brief(&["Hello", "C: It is about the garden gate you delivered", "C: Green paint, two metres"]);
    assert_eq!(briefing.reason.statements()[0].citations(), [2]);
}

#[test]
fn speech_without_punctuation_is_read_too() {
    let briefing = brief(&[
        "how can i help you",
        "C: i need to cancel my contract because i am moving",
        "C: can i do that online",
        "i'm not sure i have to ask billing",
    ]);
    assert_eq!(statements(&briefing.reason)[0].1, [2]);
    assert_eq!(
        statements(&briefing.to_decide),
        [("Carol: “can i do that online” Alice: “i'm not sure i have to ask billing”", &[3, 4][..])]
    );
}

#[test]
fn what_was_tried_is_a_report_and_no_question_plan_or_condition() {
    let briefing = brief(&[
        "C: I tried another cable.",
        "Have you restarted it?",
        "C: No, not yet.",
        "If you restarted it, the light would turn green.",
        "C: I haven't changed the password.",
        "C: I will restart it tonight.",
    ]);
    assert_eq!(statements(&briefing.tried), [("Carol: “I tried another cable.”", &[1][..])]);
}

#[test]
fn a_question_that_is_answered_with_yes_was_tried() {
    let briefing = brief(&["Have you already restarted the router?", "C: Yes, twice."]);
    assert_eq!(
        statements(&briefing.tried),
        [("Alice: “Have you already restarted the router?” Carol: “Yes, twice.”", &[1, 2][..])]
    );
}

#[test]
fn promises_are_kept_and_the_next_few_seconds_are_not() {
    let briefing = brief(&[
        "I'll just check that for you.",
        "I'll transfer you to Bob.",
        "We'll send you a new router tomorrow.",
        "I can't promise anything.",
        "Will you be at home?",
        "C: I’ll pay the rest on Friday.",
    ]);
    assert_eq!(
        statements(&briefing.promised),
        [
            ("Alice: “We'll send you a new router tomorrow.”", &[3][..]),
            ("Carol: “I’ll pay the rest on Friday.”", &[6][..]),
        ]
    );
}

#[test]
fn an_answered_question_is_not_open_and_an_unanswered_one_is() {
    let briefing = brief(&[
        "C: When does the technician come?",
        "On Thursday at ten.",
        "C: And who pays for it?",
        "What is your customer number?",
        "C: 482137. Do I get a discount?",
    ]);
    assert_eq!(
        statements(&briefing.to_decide),
        [("Carol: “And who pays for it?”", &[3][..]), ("Carol: “Do I get a discount?”", &[5][..])]
    );
}

#[test]
fn a_way_out_is_a_suggestion_and_not_a_failure_or_a_plea() {
    let briefing = brief(&[
        "How can I help you?",
        "C: I hope you can help me.",
        "A restart won't fix that.",
        "I'd suggest a new filter.",
        "That should solve it.",
    ]);
    assert_eq!(
        statements(&briefing.might_resolve),
        [("Alice: “I'd suggest a new filter.”", &[4][..]), ("Alice: “That should solve it.”", &[5][..])]
    );
}

#[test]
fn interim_lines_are_not_read() {
    let mut half = segment(1, "C: I need to cancel my contract");
    half.is_final = false;
    let mut lines = transcript(&[]);
    lines.record(half).expect("a new line");
    assert!(baton_summariser::brief(&lines, &context()).is_blank());
}

#[test]
fn card_numbers_and_ibans_are_never_quoted() {
    let briefing = brief(&[
        "C: I need a refund to my card 4111 1111 1111 1111 please.",
        "C: Or to DE89 3704 0044 0532 0130 00, that is my account number.",
    ]);
    let text = briefing.plain_text();
    assert!(text.contains("[card number]"), "{text}");
    assert!(!text.contains("4111") && !text.contains("3704"), "{text}");
}

#[test]
fn a_long_monologue_is_quoted_in_part() {
    let long = format!("C: I need help with {}", "the router and the invoice and ".repeat(50));
    let briefing = brief(&[&long]);
    let quote = statements(&briefing.reason)[0].0.to_owned();
    assert!(quote.chars().count() < 240 && quote.ends_with("…”"), "{quote}");
}

#[test]
fn the_same_words_twice_are_stated_once() {
    let briefing = brief(&["I'll send it tomorrow.", "C: Really?", "I'll send it tomorrow."]);
    assert_eq!(statements(&briefing.promised), [("Alice: “I'll send it tomorrow.”", &[3][..])]);
}

#[test]
fn a_language_without_phrases_keeps_facts_and_key_sentences_and_claims_nothing_else() {
    let briefing = brief(&[
        "Buongiorno, sono Alice, come posso aiutarla?",
        "C: Buongiorno, la caldaia non funziona da ieri e siamo senza acqua calda in tutta la casa.",
        "C: Ho già spento e riacceso la caldaia tre volte, ma non cambia nulla.",
        "C: La fattura 2026-1187 di 59,90 € non la pago, scrivete a carol@example.com.",
        "Le mando un tecnico domani mattina, guarderà la caldaia.",
    ]);
    assert_eq!(briefing.language.as_ref().map(Language::tag), Some("it"));
    assert!(statements(&briefing.reason).iter().any(|(_, lines)| *lines == [2]));
    for unknown in [&briefing.tried, &briefing.promised, &briefing.mood, &briefing.to_decide, &briefing.might_resolve] {
        assert_eq!(*unknown, Section::Unknown);
    }
    assert_eq!(
        statements(&briefing.facts),
        [("Number 2026-1187", &[4][..]), ("Amount 59,90 €", &[4][..]), ("E-mail address carol@example.com", &[4][..])]
    );
    assert_eq!(briefing.opening_line.text(), "Buongiorno Carol, sono Bob. Alice mi ha già informato.");
}

#[test]
fn what_an_agent_leaves_to_somebody_else_is_open_and_stated_once() {
    let briefing = brief(&[
        "C: Can I get a refund?",
        "I can't decide that myself.",
        "Refunds over 250 euros have to be approved by the manager.",
    ]);
    assert_eq!(
        statements(&briefing.to_decide),
        [
            ("Carol: “Can I get a refund?” Alice: “I can't decide that myself.”", &[1, 2][..]),
            ("Alice: “Refunds over 250 euros have to be approved by the manager.”", &[3][..]),
        ]
    );
}

#[test]
fn words_to_somebody_else_in_the_room_are_no_promise_and_no_question() {
    let briefing =
        brief(&["C: I lost my card.", "C: We'll go to the park in a minute, darling.", "C: Can you wait, sweetie?"]);
    assert_eq!((briefing.promised, briefing.to_decide), (Section::Unknown, Section::Unknown));
}
