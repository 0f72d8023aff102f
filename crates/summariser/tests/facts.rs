//! Numbers, amounts, names, dates, contacts.

use baton_domain::briefing::Section;

use crate::desk::{brief, statements};

fn facts(lines: &[&str]) -> Vec<(String, Vec<u32>)> {
    let briefing = brief(lines);
    statements(&briefing.facts).into_iter().map(|(text, lines)| (text.to_owned(), lines.to_vec())).collect()
}

fn texts(line: &str) -> Vec<String> {
    facts(&[line]).into_iter().map(|(text, _)| text).collect()
}

#[test]
fn numbers_carry_their_label() {
    assert_eq!(texts("C: It's order number 48213."), ["Order number 48213"]);
    assert_eq!(texts("C: My invoice is INV-20391, please."), ["Invoice number INV-20391"]);
    assert_eq!(texts("C: reference: 77 310 204"), ["Reference number 77 310 204"]);
    assert_eq!(texts("C: There is 90210443 on the box."), ["Number 90210443"]);
}

#[test]
fn a_quantity_or_an_amount_is_no_order_number() {
    assert_eq!(texts("C: Please order 20 more."), Vec::<String>::new());
    assert_eq!(texts("C: The bill 120 euros is too high."), ["Amount 120 euros"]);
}

#[test]
fn a_bare_answer_takes_the_label_of_the_question() {
    let answered = facts(&["What is your customer number?", "C: Sure, it's 482137."]);
    assert_eq!(answered, [("Customer number 482137".to_owned(), vec![1, 2])]);
}

#[test]
fn amounts_are_taken_as_said() {
    for amount in ["€59.90", "$1,200", "59 euros 90", "12.50 dollars", "300€"] {
        assert_eq!(texts(&format!("C: You took {amount} from me.")), [format!("Amount {amount}")]);
    }
}

#[test]
fn contacts_are_kept_whole() {
    assert_eq!(
        texts("C: Call +49 171 2345678 or write to carol@example.com."),
        ["Phone number +49 171 2345678", "E-mail address carol@example.com"]
    );
}

#[test]
fn dates_are_taken_with_the_words_before_them() {
    for date in [
        "since Monday",
        "before next Friday",
        "on 3 May 2026",
        "March 4th",
        "2026-03-05",
        "05.03.2026",
        "10:30",
        "3 pm",
        "yesterday",
    ] {
        let found = texts(&format!("C: It came {date}."));
        let date = date.trim_start_matches("on 3").trim_start();
        assert!(found.len() == 1 && found[0].ends_with(date), "{date}: {found:?}");
    }
}

#[test]
fn names_are_those_that_somebody_gives_and_that_are_not_on_screen() {
    assert_eq!(texts("C: Hi, my name is Carol Jensen."), ["Name Carol Jensen"]);
    assert_eq!(texts("C: I spoke to Peter van der Berg."), ["Name Peter van der Berg"]);
    assert_eq!(texts("C: I'm Dana from Smith and Sons."), ["Name Dana"]);
    assert_eq!(texts("This is Alice speaking, I am German."), Vec::<String>::new());
}

#[test]
fn a_fact_said_again_is_one_fact_with_both_lines() {
    assert_eq!(facts(&["C: order 48213", "That was order 48213?"]), [("Order number 48213".to_owned(), vec![1, 2])]);
}

#[test]
fn no_facts_are_unknown() {
    assert_eq!(brief(&["C: It does not work."]).facts, Section::Unknown);
}

#[test]
fn numbers_in_groups_and_in_words_are_whole() {
    for (asked, said, told) in [
        ("And your membership number?", "C: PF 30 21 88.", "Membership number PF 30 21 88"),
        ("What's the order number?", "C: 88 21 407.", "Order number 88 21 407"),
        ("can you give me the booking number", "C: Yes it's um eight eight three oh one four", "Booking number 883014"),
        ("Haben Sie Ihre Vertragsnummer zur Hand?", "C: V-2019-33071.", "Vertragsnummer V-2019-33071"),
    ] {
        assert_eq!(facts(&[asked, said]), [(told.to_owned(), vec![1, 2])]);
    }
}

#[test]
fn a_number_that_is_said_again_keeps_its_label() {
    let again = facts(&[
        "What is the tracking number?",
        "C: four four nine two two one seven",
        "four four nine, two two one seven?",
    ]);
    assert_eq!(again, [("Tracking number 4492217".to_owned(), vec![1, 2, 3])]);
}

#[test]
fn addresses_are_places() {
    for address in ["12 Maple Court", "Lindenweg 14", "Calle Mayor 27", "8 rue Victor Hugo"] {
        assert_eq!(texts(&format!("C: It is {address}.")), [format!("Address {address}")]);
    }
}

#[test]
fn circumstances_are_told_in_the_callers_words() {
    let told = facts(&["C: My heating broke.", "It can take a week.", "C: I have a six-week-old baby here."]);
    assert_eq!(told, [("Carol: “I have a six-week-old baby here.”".to_owned(), vec![3])]);
}

#[test]
fn of_many_facts_every_kind_has_some() {
    let many: Vec<String> =
        (0..8).map(|n| format!("C: order 4821{n}, €1{n}.50, on {} May, 3{n} Park Road", n + 1)).collect();
    let lines: Vec<&str> = many.iter().map(String::as_str).collect();
    let told = facts(&lines);
    assert_eq!(told.len(), 12);
    for kind in ["Order", "Amount", "Address", "Time"] {
        assert_eq!(told.iter().filter(|(text, _)| text.starts_with(kind)).count(), 3, "{kind}: {told:?}");
    }
}
