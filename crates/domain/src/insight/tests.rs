use super::*;
use crate::briefing::MAX_STATEMENTS;

fn agent(id: &str) -> AgentId {
    id.parse().expect("a handle")
}

fn said(text: &str, lines: &[u32]) -> Statement {
    Statement::new(text, lines.iter().copied()).expect("a statement")
}

fn section(statements: &[(&str, &[u32])]) -> Section {
    statements.iter().map(|(text, lines)| said(text, lines)).collect()
}

fn curve(points: &[(u32, i64)]) -> MoodCurve {
    let points =
        points.iter().map(|(line, level)| MoodPoint { line: *line, level: MoodLevel::new(*level), moved: false });
    MoodCurve::from(points.collect::<Vec<_>>())
}

fn insight(actions: &[(&str, &[u32])]) -> Insight {
    Insight {
        source: Source::Local,
        lines_read: 4,
        mood: curve(&[(1, 0), (3, -50)]),
        intent: Section::Unknown,
        key_points: Section::Unknown,
        actions: section(actions),
        replies: Vec::new(),
    }
}

fn tick(text: &str, lines: &[u32]) -> Tick {
    Tick { item: said(text, lines), by: agent("alice"), at: Timestamp(1) }
}

#[test]
fn what_is_ticked_off_stays_so_in_other_words_and_when_it_is_mentioned_no_more() {
    let kept = CallInsight {
        analysis: Some(insight(&[("Call Carol back by noon", &[4]), ("Send the form", &[6])])),
        ticks: vec![tick("Call her back", &[4]), tick("Open a ticket", &[2])],
        chat: Vec::new(),
    };
    let shown: Vec<_> =
        kept.action_items().iter().map(|row| (row.item.text().to_owned(), row.done.is_some())).collect();
    let row = |text: &str, done| (text.to_owned(), done);
    assert_eq!(shown, [row("Send the form", false), row("Call her back", true), row("Open a ticket", true)]);
}

#[test]
fn two_quotations_of_one_line_are_two_items() {
    let (call, send) = ("Alice: “I will call you.”", "Alice: “I will send it.”");
    let kept = CallInsight {
        analysis: Some(insight(&[(call, &[4]), (send, &[4])])),
        ticks: vec![tick(call, &[4])],
        ..CallInsight::default()
    };
    let open: Vec<_> = kept.action_items().into_iter().filter(|row| row.done.is_none()).collect();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].item.text(), send);
}

#[test]
fn what_a_model_says_twice_is_to_be_done_once() {
    let kept = CallInsight {
        analysis: Some(insight(&[("Send the form", &[4]), ("Call Carol back", &[5]), ("Send the form", &[6])])),
        ..CallInsight::default()
    };
    let rows = kept.action_items();
    let shown: Vec<_> = rows.iter().map(|row| row.item.text()).collect();
    assert_eq!(shown, ["Send the form", "Call Carol back"]);
}

#[test]
fn a_turn_replaces_itself_as_its_answer_grows() {
    let mut kept = CallInsight::default();
    let turn = |answer: Option<&str>| ChatTurn {
        number: 1,
        by: agent("alice"),
        at: Timestamp(1),
        question: ChatText::new("What is promised?").expect("a question"),
        answer: answer.map(|text| ChatAnswer {
            source: Source::Local,
            text: text.to_owned(),
            citations: Vec::new(),
            is_complete: false,
        }),
    };
    for answer in [None, Some("A"), Some("A call")] {
        kept.apply(InsightChange::Chatted { turn: Box::new(turn(answer)) });
    }
    assert_eq!(kept.chat, [turn(Some("A call"))]);
}

#[test]
fn questions_are_neither_empty_nor_endless() {
    assert_eq!(ChatText::new(" \u{7}\n"), Err(ChatTextError::Empty));
    let chars = MAX_CHAT_CHARS + 1;
    assert_eq!(ChatText::new(&"ä".repeat(chars)), Err(ChatTextError::TooLong { chars }));
    assert_eq!(ChatText::new(" a\nb\t").map(String::from), Ok("a\nb".to_owned()));
}

#[test]
fn the_curve_is_told_in_words() {
    assert_eq!(curve(&[]).in_words(), "Nothing was said that tells the mood.");
    let words = curve(&[(1, 0), (3, -50), (5, -55), (9, -10), (11, 400)]).in_words();
    assert_eq!(words, "Calm at first; upset at line 3; calm at line 9; pleased at line 11.");
}

#[test]
fn a_long_curve_keeps_what_moved_it_and_its_end() {
    let points = (1..=1_001).map(|line| MoodPoint { line, level: MoodLevel::new(-30), moved: line == 8 });
    let curve = MoodCurve::from(points.collect::<Vec<_>>());
    assert!(curve.points().len() < 300, "{}", curve.points().len());
    assert_eq!(curve.moves().map(|point| point.line).collect::<Vec<_>>(), [8]);
    assert_eq!(curve.points().last().map(|point| point.line), Some(1_001));
}

#[test]
fn a_models_analysis_stays_while_the_local_rules_add_what_was_said_since() {
    let by_model = Insight {
        source: Source::Model { name: "m".to_owned() },
        intent: section(&[("Wants a refund", &[1])]),
        ..insight(&[("Call Carol back", &[4])])
    };
    let local = Insight {
        lines_read: 8,
        mood: curve(&[(1, 0), (3, -10), (7, 40)]),
        intent: section(&[("Carol: “…”", &[1])]),
        ..insight(&[("Alice: “I will call you”", &[4]), ("Alice: “I will send it”", &[8])])
    };
    let shown = by_model.carried_on(&local, 4);
    let texts: Vec<_> = shown.actions.statements().iter().map(Statement::text).collect();
    assert_eq!(texts, ["Call Carol back", "Alice: “I will send it”"]);
    assert_eq!(shown.mood, curve(&[(1, 0), (3, -50), (7, 40)]));
    assert_eq!((&shown.source, &shown.intent), (&by_model.source, &by_model.intent));
    assert_eq!(shown.carried_on(&local, 4), shown, "carried on again, nothing is said twice");
}

#[test]
fn a_later_briefing_keeps_what_the_earlier_one_knew_of_lines_it_is_silent_about() {
    let numbered =
        |from: u32| -> Section { (from..from + 8).map(|line| said(&format!("Line {line}"), &[line])).collect() };
    let merged = with_forgotten_of(&numbered(20), &numbered(1));
    assert_eq!(merged.statements().len(), MAX_STATEMENTS);
    assert_eq!(merged.statements()[0].text(), "Line 5", "the oldest go");
    assert_eq!(merged.statements()[MAX_STATEMENTS - 1].text(), "Line 27", "what is new stays");
    let now = section(&[("Two routers were tried", &[3])]);
    let before = section(&[("A router was tried", &[3, 4])]);
    assert_eq!(with_forgotten_of(&now, &before), now);
}

fn with_forgotten_of(now: &Section, before: &Section) -> Section {
    carry_on::with_forgotten(now, before)
}
