//! Scores for people.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::score::{Score, Total, share};

const COLUMNS: [&str; 10] = [
    "category",
    "conversations",
    "facts",
    "fact recall",
    "in their place",
    "citation precision",
    "statements",
    "relevant",
    "unsupported",
    "must not be stated",
];

/// A Markdown table by category, with all of them at the end.
pub fn table<'s>(scores: impl IntoIterator<Item = (&'s str, &'s Score)>) -> String {
    let mut categories: BTreeMap<&str, Total> = BTreeMap::new();
    let mut all = Total::default();
    for (category, score) in scores {
        *categories.entry(category).or_default() += score.total;
        all += score.total;
    }
    let head = COLUMNS.map(str::to_owned);
    let rows = categories.iter().map(|(category, total)| row(category, total));
    let rows: Vec<[String; COLUMNS.len()]> =
        [head, COLUMNS.map(|_| String::new())].into_iter().chain(rows).chain([row("all", &all)]).collect();
    let mut text = aligned(&rows);
    let Total { languages, right_languages, failed, .. } = all;
    writeln!(text, "\nLanguage told: {right_languages} of {languages}. Briefings that did not come: {failed}.")
        .expect("writing to a string cannot fail");
    text
}

fn row(name: &str, total: &Total) -> [String; COLUMNS.len()] {
    [
        name.to_owned(),
        total.conversations.to_string(),
        total.facts.to_string(),
        percent(total.found, total.facts),
        percent(total.in_place, total.facts),
        percent(total.right_citations, total.citations),
        total.statements.to_string(),
        percent(total.relevant, total.statements),
        total.unsupported.to_string(),
        total.forbidden.to_string(),
    ]
}

fn percent(part: usize, all: usize) -> String {
    if all == 0 { "–".to_owned() } else { format!("{:.0} %", share(part, all) * 100.0) }
}

fn aligned(rows: &[[String; COLUMNS.len()]]) -> String {
    let mut widths = [0; COLUMNS.len()];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    for row in rows {
        for (at, (cell, width)) in row.iter().zip(widths).enumerate() {
            let written = match (at, cell.is_empty()) {
                (0, true) => write!(text, "| {} ", "-".repeat(width)),
                (_, true) => write!(text, "| {}: ", "-".repeat(width - 1)),
                (0, false) => write!(text, "| {cell:width$} "),
                (_, false) => write!(text, "| {cell:>width$} "),
            };
            written.expect("writing to a string cannot fail");
        }
        text.push_str("|\n");
    }
    text
}

/// What was missed and what was wrong in one conversation; empty when nothing was.
pub fn details(name: &str, score: &Score) -> String {
    let lists = [
        ("missed", &score.missed),
        ("in another place", &score.misplaced),
        ("unsupported", &score.unsupported),
        ("must not be stated", &score.forbidden),
        ("cites a line that does not say so", &score.wrong_citations),
    ];
    let mut text = String::new();
    for (what, list) in lists {
        for item in list {
            writeln!(text, "{name}: {what}: {item}").expect("writing to a string cannot fail");
        }
    }
    text
}
