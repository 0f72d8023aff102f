//! What holds for every text.

use baton_redaction::{Kind, Kinds, Redactor, find, restore};
use proptest::prelude::*;

/// 13 to 19 digits, the last one Luhn's.
fn card() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(0_u8..10, 12..19).prop_filter_map("not all zeros", |mut digits| {
        let sum: u32 = digits.iter().rev().enumerate().map(|(place, &digit)| doubled(place, digit)).sum();
        digits.push(u8::try_from((10 - sum % 10) % 10).expect("one digit"));
        digits.iter().any(|&digit| digit > 0).then_some(digits)
    })
}

fn doubled(place: usize, digit: u8) -> u32 {
    match (place % 2, u32::from(digit) * 2) {
        (0, value) if value > 9 => value - 9,
        (0, value) => value,
        (_, value) => value / 2,
    }
}

/// Anything that people put between digits.
fn spacing() -> impl Strategy<Value = String> {
    prop::string::string_regex("[ \t\u{a0}\u{2009}\u{200b}\u{2060}\u{feff}._,;:/|*()\u{2010}-\u{2015}\u{2212}-]{0,4}")
        .expect("a valid pattern")
}

fn any_spacing() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(prop_oneof![3 => Just(String::new()), 2 => spacing(), 1 => Just("\n".to_owned())], 19)
}

fn written(digits: &[u8], gaps: &[String], zero: char) -> String {
    let sign = |digit: u8| char::from_u32(u32::from(zero) + u32::from(digit)).expect("a digit");
    digits.iter().zip(gaps).flat_map(|(&digit, gap)| std::iter::once(sign(digit)).chain(gap.chars())).collect()
}

fn spoken(digits: &[u8], names: [&str; 10]) -> String {
    digits.iter().map(|&digit| names[usize::from(digit)]).collect::<Vec<_>>().join(" ")
}

/// Texts in which chance finds the way into the rules.
fn text() -> impl Strategy<Value = String> {
    let pieces = [
        "4242 4242 4242 4242",
        "4242",
        "DE89 3704 0044 0532 0130 00",
        "DE89",
        "carol@example.com",
        "carol at example dot com",
        "0171 2345678",
        "+49",
        "555-0134",
        "536-22-8114",
        "[card 1]",
        "[said 1]",
        "[",
        "]",
        "PIN is",
        "password is",
        "call me on",
        "order number",
        "four",
        "two",
        "forty",
        "double",
        "plus",
        "uh",
        "12345678Z",
        "hunter2",
        "1234",
        "7",
        "00",
        "01.02.2024",
        " ",
        ", ",
        "-",
        ".",
        "\n",
        "x",
        "ß",
        "🙂",
        "٤٢",
        "part 2",
        "@",
        "$9.99",
    ];
    let mixed = prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..30);
    let mixed = (mixed, prop::sample::select(vec!["", " "])).prop_map(|(pieces, between)| pieces.join(between));
    prop_oneof![mixed, any::<String>(), "[0-9 +().@a-zA-Z\\[\\]-]{0,120}"]
}

/// The digits in `text` that stand in no placeholder.
fn visible(text: &str) -> String {
    let outside = text.split('[').map(|part| part.split_once(']').map_or(part, |(_, rest)| rest));
    outside.collect::<String>()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_card_number_survives_in_any_spacing(
        digits in card(), gaps in any_spacing(), zero in prop::sample::select(vec!['0', '０', '٠', '०', '𝟎']),
        before in "([a-z]{0,5} )?([0-9]{0,6}[ .,-]{1,2})?", after in "([ .,-]{1,2}[0-9]{0,6})?( [a-z]{0,5})?",
    ) {
        let card = written(&digits, &gaps, zero);
        let redacted = Redactor::new(Kinds::ALL).redact(&format!("{before}{card}{after}"));
        let left = visible(redacted.as_str());
        prop_assert!(left.chars().filter(|c| c.is_numeric()).count() <= 12, "{card:?}: {redacted:?}");
        prop_assert!(!redacted.as_str().contains(card.trim()), "{card:?}: {redacted:?}");
        prop_assert!(redacted.taken_out().any(|(kind, _)| kind == Kind::Card), "{card:?}: {redacted:?}");
    }

    #[test]
    fn no_spoken_card_number_survives(digits in card(), language in 0_usize..4, between in prop::sample::select(vec![" ", ", ", "-", " uh "])) {
        let names = [
            ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
            ["null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"],
            ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"],
            ["zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"],
        ];
        let said = spoken(&digits, names[language]).replace(' ', between);
        let redacted = Redactor::new(Kinds::ALL).redact(&said);
        prop_assert_eq!(redacted.as_str(), "[card 1]");
    }

    #[test]
    fn everything_comes_back(text in text()) {
        let mut redactor = Redactor::new(Kinds::ALL);
        prop_assert_eq!(redactor.redact(&text).restored(), text);
    }

    #[test]
    fn an_echo_gives_nothing_away(text in text()) {
        let mut redactor = Redactor::new(Kinds::ALL);
        let line = redactor.redact(&text);
        // Of two spellings of one number an echo has the first, which may read as something else behind another word.
        let echo = restore(line.as_str(), redactor.placeholders());
        let again = redactor.redact(&echo);
        prop_assert_eq!(find(again.as_str(), Kinds::ALL), vec![], "{:?}", again);
    }

    #[test]
    fn what_was_redacted_has_nothing_left_to_find(text in text()) {
        let redacted = Redactor::new(Kinds::ALL).redact(&text);
        prop_assert_eq!(find(redacted.as_str(), Kinds::ALL), vec![], "{:?}", redacted);
    }

    #[test]
    fn the_same_text_is_redacted_the_same_way_again(text in text()) {
        let mut redactor = Redactor::new(Kinds::ALL);
        let first = redactor.redact(&text);
        prop_assert_eq!(redactor.redact(&text), first);
    }

    #[test]
    fn findings_are_in_order_apart_and_on_characters(text in text()) {
        let findings = find(&text, Kinds::ALL);
        for pair in findings.windows(2) {
            prop_assert!(pair[0].range.end <= pair[1].range.start);
        }
        for finding in findings {
            prop_assert!(text.get(finding.range).is_some_and(|piece| !piece.is_empty()));
        }
    }

    #[test]
    fn lines_come_back_one_by_one(lines in prop::collection::vec((0_u8..3, text()), 0..12)) {
        let lines: Vec<(u8, &str)> = lines.iter().map(|(speaker, text)| (*speaker, text.as_str())).collect();
        let redacted = Redactor::new(Kinds::ALL).redact_lines(&lines);
        prop_assert_eq!(redacted.len(), lines.len());
        for (redacted, (_, said)) in redacted.iter().zip(lines) {
            prop_assert_eq!(redacted.restored(), said);
        }
    }
}
