//! Mood.

use baton_domain::briefing::Section;

use crate::desk::{brief, statements};

#[test]
fn an_upset_caller_is_quoted() {
    let briefing =
        brief(&["C: My router broke.", "C: This is absolutely unacceptable!", "Thank you so much, that is great."]);
    assert_eq!(statements(&briefing.mood), [("Sounds upset. Carol: “This is absolutely unacceptable!”", &[2][..])]);
}

#[test]
fn a_problem_alone_is_no_mood() {
    assert_eq!(brief(&["C: My router is broken and I have a problem with the invoice."]).mood, Section::Unknown);
}

#[test]
fn a_turn_for_the_better_shows_as_one() {
    let briefing = brief(&[
        "C: This is terrible service.",
        "We refund everything.",
        "C: Oh, that's wonderful, thank you so much.",
    ]);
    assert_eq!(
        statements(&briefing.mood),
        [
            ("Sounds upset. Carol: “This is terrible service.”", &[1][..]),
            ("Sounds pleased. Carol: “Oh, that's wonderful, thank you so much.”", &[3][..]),
        ]
    );
}

#[test]
fn denied_feelings_are_none() {
    assert_eq!(brief(&["C: It's not urgent.", "C: I'm not angry."]).mood, Section::Unknown);
    assert_eq!(brief(&["C: That is not great."]).mood, Section::Unknown);
}

#[test]
fn after_a_while_the_absence_of_strong_words_is_said() {
    let briefing =
        brief(&["C: My order is 48213.", "C: It has two boxes.", "C: One is missing.", "C: The other is here."]);
    assert_eq!(statements(&briefing.mood), [("No strong words so far", &[1, 2, 3, 4][..])]);
}
