//! `make eval`: every briefer against every written conversation, and how long an hour of talk takes the local one.
//!
//! `baton-eval [--details] [--local] [--no-times] [folder …]`, with the settings of the server: every provider of `BATON_MODELS` that is
//! set is asked for a briefing of each conversation. `--local` asks none.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use baton_evaluation::{Briefer, Conversation, Local, Model, Score, details, load_all, long_call, score, table};
use baton_provider::settings::parsed;
use baton_redaction::Kinds;

/// What the rules were made with, and what they were never adapted to.
const FOLDERS: [&str; 2] = [
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../eval/conversations"),
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../eval/held-out"),
];
/// Talk as dense as it gets: a line every three seconds, for an hour.
const LINES_OF_AN_HOUR: u32 = 1_200;
/// Longer than any call.
const LINES_OF_THE_LONGEST: u32 = 10_000;
/// Whoever takes over waits for nothing.
const BAR: Duration = Duration::from_millis(50);
const RUNS: usize = 101;

fn main() -> ExitCode {
    let (options, folders): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let folders: Vec<PathBuf> = if folders.is_empty() {
        FOLDERS.map(PathBuf::from).to_vec()
    } else {
        folders.iter().map(PathBuf::from).collect()
    };
    baton_summariser::warm_up();
    let is_asked = |wanted: &str| options.iter().any(|option| option == wanted);
    let with_details = is_asked("--details");
    let mut briefers: Vec<Box<dyn Briefer>> = vec![Box::new(Local)];
    if !is_asked("--local") {
        match models() {
            Ok(models) => briefers.extend(models),
            Err(error) => {
                eprintln!("{error}{}", error_cause(error.as_ref()));
                return ExitCode::FAILURE;
            }
        }
    }
    if briefers.len() == 1 {
        println!("No model is asked: none of BATON_MODELS is set.");
    }
    let mut all = Vec::new();
    for folder in &folders {
        match load_all(folder) {
            Ok(conversations) => {
                for briefer in &briefers {
                    measure(briefer.as_ref(), &folder_name(folder), &conversations, with_details);
                }
                all.extend(conversations);
            }
            Err(error) => {
                eprintln!("{error}{}", error_cause(&error));
                return ExitCode::FAILURE;
            }
        }
    }
    if is_asked("--no-times") || time(&Local, &all) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Every provider that the settings name, each for itself: how good the second is does not show behind the first.
fn models() -> Result<Vec<Box<dyn Briefer>>, Box<dyn std::error::Error>> {
    let text = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let kinds = "all, none, or a list of card, iban, ssn, secret, email and phone";
    let redacted: Kinds = parsed(&text, "BATON_REDACT", kinds, str::parse)?.unwrap_or_default();
    let mut models: Vec<Box<dyn Briefer>> = Vec::new();
    for provider in baton_models::settings::providers(&text)? {
        models.push(Box::new(Model::new(provider, redacted)?));
    }
    Ok(models)
}

fn folder_name(folder: &Path) -> String {
    folder.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

fn error_cause(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(String::new, |source| format!(": {source}"))
}

fn measure(briefer: &dyn Briefer, set: &str, conversations: &[Conversation], with_details: bool) {
    let lines: usize = conversations.iter().map(|one| one.transcript.len()).sum();
    println!("\n{}, {set}: {} conversations, {lines} lines\n", briefer.name(), conversations.len());
    let scores: Vec<(&Conversation, Score)> = conversations.iter().map(|one| (one, scored(briefer, one))).collect();
    println!("{}", table(scores.iter().map(|(one, score)| (one.category.as_str(), score))));
    if with_details {
        for (one, score) in &scores {
            print!("{}", details(&one.name, score));
        }
        println!();
    }
}

fn scored(briefer: &dyn Briefer, conversation: &Conversation) -> Score {
    let briefing = briefer.brief(&conversation.transcript, &conversation.context);
    if let Err(error) = &briefing {
        eprintln!("{}: no briefing: {error}{}", conversation.name, error_cause(error.as_ref()));
    }
    score(conversation, briefing.as_ref().ok())
}

/// Whether an hour's transcript stays below the bar.
fn time(briefer: &dyn Briefer, conversations: &[Conversation]) -> bool {
    let context = &conversations.first().map(|one| one.context.clone()).unwrap_or_default();
    // A call has one language: the long one is made of those in English, which has most to look for.
    let english: Vec<Conversation> =
        conversations.iter().filter(|one| one.language.as_deref() == Some("en")).cloned().collect();
    let mut hour = Duration::ZERO;
    for lines in [LINES_OF_AN_HOUR, LINES_OF_THE_LONGEST] {
        let transcript = long_call(&english, lines);
        let mut times: Vec<Duration> = (0..RUNS)
            .map(|_| {
                let start = Instant::now();
                let briefing = briefer.brief(&transcript, context);
                let took = start.elapsed();
                drop(briefing);
                took
            })
            .collect();
        times.sort();
        let [median, p95, worst] = [RUNS / 2, RUNS * 95 / 100, RUNS - 1].map(|at| times[at]);
        println!("{lines} lines, {RUNS} times: median {median:.1?}, 95 of 100 within {p95:.1?}, worst {worst:.1?}");
        if lines == LINES_OF_AN_HOUR {
            hour = worst;
        }
    }
    let in_time = hour <= BAR;
    println!("An hour's transcript always within {BAR:.0?}: {}", if in_time { "yes" } else { "NO" });
    in_time
}
