//! Danger comes first, whenever it is said and whatever the call was about.

use crate::desk::{brief, statements};

fn first_reason(lines: &[&str]) -> String {
    statements(&brief(lines).reason)[0].0.to_owned()
}

#[test]
fn danger_is_the_first_reason() {
    for (lines, danger) in [
        (&["C: I need a copy of my invoice.", "C: Wait, there's a smell of gas in the hallway."][..], "a smell of gas"),
        (&["C: It's about a claim for a suitcase.", "Yes?", "C: He has chest pain and his arm is numb."], "chest pain"),
        (&["C: Meine Rechnung ist falsch.", "C: Moment, hier riecht es nach Gas!"], "riecht es nach Gas"),
        (&["C: Mi factura está mal.", "C: Mi padre se ha caído y sangra mucho."], "sangra"),
        (&["C: Ma facture est fausse.", "C: Il y a de la fumée dans la cuisine !"], "fumée"),
    ] {
        assert!(first_reason(lines).contains(danger), "{}", first_reason(lines));
    }
}

#[test]
fn nobody_is_in_danger_when_a_server_is() {
    let briefing = brief(&["C: My invoice is wrong.", "C: The website is on maintenance and the app is dead."]);
    assert_eq!(statements(&briefing.reason)[0].1, [1]);
}

#[test]
fn in_danger_more_is_said_at_once() {
    let briefing = brief(&[
        "C: Hi, my invoice is wrong.",
        "C: There's a smell of gas.",
        "C: My neighbour can't walk.",
        "C: I feel dizzy.",
        "C: And a man collapsed.",
    ]);
    let lines: Vec<u32> = statements(&briefing.reason).iter().map(|(_, lines)| lines[0]).collect();
    assert_eq!(lines, [2, 3, 4, 5]);
}
