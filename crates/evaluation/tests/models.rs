//! Models are measured by what they write themselves, and what they do not write is missing.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use baton_evaluation::{Briefer, Local, Model, score};
use baton_models::{Limits, ProviderConfig};
use baton_redaction::Kinds;

use crate::provider::{Provider, Reply, briefing_of};
use crate::scoring::{WRITTEN, conversation};

fn late() -> Reply {
    Reply::Text(briefing_of(&[("Carol's parcel 48213 is late", &[2])]))
}

fn failing() -> Reply {
    Reply::Status(500, Vec::new(), "out of order".to_owned())
}

/// A provider that is asked once, and what its briefing scores.
async fn scored(replies: impl IntoIterator<Item = Reply>) -> (Result<(), String>, baton_evaluation::Total) {
    let provider = Provider::new(replies).await;
    let config = ProviderConfig { limits: Limits { retries: 0, ..Limits::default() }, ..provider.config() };
    let measuring = tokio::task::spawn_blocking(move || {
        let model = Model::new(config, Kinds::ALL).expect("a runtime");
        let one = conversation();
        let briefing = model.brief(&one.transcript, &one.context);
        (briefing.as_ref().map(drop).map_err(ToString::to_string), score(&one, briefing.as_ref().ok()).total)
    });
    measuring.await.expect("no panic")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_scored_by_what_it_writes() {
    let (told, total) = scored([late()]).await;
    assert_eq!(told, Ok(()));
    assert_eq!((total.facts, total.found, total.citations, total.right_citations), (2, 1, 1, 1), "{total:?}");
    assert_eq!((total.failed, total.unsupported), (0, 0), "{total:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_fails_has_no_score_of_the_local_summariser() {
    let one = conversation();
    let local = Local.brief(&one.transcript, &one.context).expect("the local one never fails");
    assert!(score(&one, Some(&local)).total.found > 0, "there is something to find");
    for (reply, why) in [(failing(), "groq failed: server_error"), (Reply::Refusal, "groq failed: refusal")] {
        let (told, total) = scored([reply]).await;
        assert_eq!(told, Err(why.to_owned()));
        assert_eq!((total.failed, total.found, total.statements), (1, 0, 0), "{total:?}");
    }
}

/// A folder with one conversation, for as long as the tests' own folder is there.
fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("one-conversation");
    fs::create_dir_all(&folder).expect("a folder of our own");
    fs::write(folder.join("parcel.toml"), WRITTEN).expect("a file of our own");
    folder
}

async fn evaluated(variables: Vec<(&'static str, String)>) -> Output {
    let run = move || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_baton-eval"));
        command.args(["--no-times"]).arg(folder()).env_clear().envs(variables).output().expect("it runs")
    };
    tokio::task::spawn_blocking(run).await.expect("no panic")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_provider_that_is_set_stands_beside_the_local_summariser() {
    let (good, bad) = (Provider::new([late()]).await, Provider::new([]).await);
    let variables = vec![
        ("BATON_MODELS", "other,openai".to_owned()),
        ("BATON_MODEL_BASE_URL", good.url.clone()),
        ("BATON_MODEL_NAME", "small".to_owned()),
        ("OPENAI_API_KEY", "k".to_owned()),
        ("OPENAI_BASE_URL", bad.url.clone()),
    ];
    let output = evaluated(variables).await;
    let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{complained}");
    let tables: Vec<&str> = said.split("\n\n").filter(|part| part.contains(", one-conversation: ")).collect();
    let names: Vec<&str> = tables.iter().filter_map(|table| table.trim().split(", one-conversation").next()).collect();
    assert_eq!(names, ["local summariser", "other, small", "openai, gpt-4.1-mini"], "{said}");
    let all: Vec<&str> = said.lines().filter(|line| line.starts_with("| all ")).collect();
    assert!(all[1].contains("50 %") && all[1].contains("100 %"), "recall and precision of the model: {}", all[1]);
    assert!(all[2].contains(" 0 %"), "nothing of the failed one: {}", all[2]);
    assert!(said.contains("Briefings that did not come: 1."), "{said}");
    assert!(complained.contains("parcel: no briefing: openai failed: server_error"), "{complained}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_provider_only_the_local_summariser_is_measured() {
    let output = evaluated(Vec::new()).await;
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("No model is asked") && said.contains("local summariser, one-conversation"), "{said}");
}
