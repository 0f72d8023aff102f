//! The rules of `docs/ARCHITECTURE.md` that a compiler does not know.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

struct Source {
    path: String,
    text: String,
}

/// Every Rust file that we wrote.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "crates"] {
        collect(&root.join(folder), &mut files);
    }
    assert!(files.len() > 50, "the sources are elsewhere");
    let mut sources: Vec<Source> = files
        .into_iter()
        .map(|file| Source {
            path: file.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/"),
            text: fs::read_to_string(&file).expect("a readable file"),
        })
        .collect();
    sources.sort_by(|left, right| left.path.cmp(&right.path));
    sources
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The places outside of `allowed` where one of `words` stands in code. The tests themselves name them all.
fn found_outside(allowed: &[&str], words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources() {
        if source.path.starts_with("src/tests/") || allowed.iter().any(|place| source.path.starts_with(place)) {
            continue;
        }
        for (number, line) in source.text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if words.iter().any(|word| code.contains(word)) {
                found.push(format!("{}:{}: {}", source.path, number + 1, line.trim()));
            }
        }
    }
    found
}

/// Unit tests in a file of their own are of the file beside them.
fn is_test(path: &str) -> bool {
    path.ends_with("tests.rs") || path.contains("/tests/") || path.contains("/fuzz_targets/")
}

/// The file of a place that was found.
fn place_file(place: &str) -> &str {
    place.split(':').next().unwrap_or(place)
}

fn nowhere(found: &[String], rule: &str) {
    assert!(found.is_empty(), "{rule}:\n{}", found.join("\n"));
}

#[test]
fn only_the_store_speaks_sql() {
    let words = ["sqlx::query", "query_as(", "query_scalar("];
    nowhere(&found_outside(&["src/server/store"], &words), "SQL stands in src/server/store");
}

#[test]
fn only_the_configuration_reads_the_environment() {
    let words = ["env::var", "env::vars", "option_env!"];
    // An example is a program of its own, and so is the evaluation.
    let is_another = |place: &str| place.contains("/examples/") || place.starts_with("crates/evaluation/src/main.rs");
    let is_ours = |place: &String| !is_test(place_file(place)) && !is_another(place);
    let found = found_outside(&["src/server/config"], &words).into_iter().filter(is_ours);
    nowhere(&found.collect::<Vec<_>>(), "only src/server/config.rs reads the environment");
}

#[test]
fn only_the_clock_asks_for_the_time() {
    // The time of day is the clock's. A crate of its own may measure how long something takes; what the desk does, it does
    // by its clock.
    let of_day = found_outside(&["src/server/clock.rs"], &["SystemTime::now", "Timestamp::now", "Utc::now"]);
    let measured = found_outside(&["src/server/clock.rs", "crates/"], &["Instant::now"]);
    nowhere(&[of_day, measured].concat(), "only src/server/clock.rs asks for the time");
}

#[test]
fn only_random_makes_ids_and_secrets() {
    let words = ["Uuid::now_v7", "Uuid::new_v4", "OsRng", "rand::rng("];
    nowhere(&found_outside(&["src/server/random.rs"], &words), "only src/server/random.rs makes ids and secrets");
}

#[test]
fn only_livekit_web_binds_javascript() {
    let words = ["extern \"C\"", "wasm_bindgen(module"];
    nowhere(&found_outside(&["crates/livekit-web"], &words), "only crates/livekit-web binds JavaScript");
}

#[test]
fn only_adapters_speak_to_livekit() {
    // Webhooks are verified where they come in.
    let allowed = ["src/server/adapters", "src/server/http/webhooks.rs", "crates/livekit-participant"];
    let words = ["livekit_api", "livekit_protocol"];
    nowhere(&found_outside(&allowed, &words), "only src/server/adapters speaks LiveKit's protocol");
}

#[test]
fn the_rules_know_nothing_of_the_world() {
    let words = ["tokio", "axum", "sqlx", "leptos", "web_sys", "std::fs", "std::net", "println!"];
    let found: Vec<String> =
        found_outside(&["src/"], &words).into_iter().filter(|place| place.starts_with("crates/domain/src")).collect();
    nowhere(&found, "crates/domain does no I/O");
}

#[test]
fn the_server_does_not_know_the_pages() {
    let words = ["crate::ui", "crate::client"];
    let found: Vec<String> = found_outside(&["src/ui", "src/client"], &words)
        .into_iter()
        .filter(|place| place.starts_with("src/server") || place.starts_with("src/api"))
        .collect();
    nowhere(&found, "neither server nor api depends on ui or client");
}

#[test]
fn services_know_nothing_of_http() {
    let words = ["axum", "crate::server::http", "leptos"];
    let found: Vec<String> = found_outside(&[], &words)
        .into_iter()
        .filter(|place| {
            ["services", "store", "workers", "ports", "adapters"]
                .iter()
                .any(|part| place.starts_with(&format!("src/server/{part}")))
        })
        .collect();
    nowhere(&found, "HTTP stands in src/server/http");
}

#[test]
fn features_stand_on_mod_lines() {
    let allowed =
        ["src/lib.rs", "src/api", "src/app.rs", "src/client", "src/main.rs", "src/ui.rs", "src/bin", "crates/"];
    let words = ["cfg(feature", "cfg(not(feature", "cfg!(feature"];
    nowhere(&found_outside(&allowed, &words), "features are chosen on mod lines");
}

#[test]
fn no_file_is_longer_than_400_lines() {
    let long: Vec<String> = sources()
        .into_iter()
        .filter_map(|source| {
            let lines = source.text.lines().count();
            (lines > 400).then(|| format!("{}: {lines}", source.path))
        })
        .collect();
    nowhere(&long, "a file over 400 lines is split along the domain");
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent: Vec<String> = sources()
        .into_iter()
        .filter(|source| !source.text.starts_with("//!") && !is_test(&source.path))
        .map(|source| source.path)
        .collect();
    nowhere(&silent, "a file begins with //!");
}

/// Where compiling begins.
fn is_root(path: &str) -> bool {
    let is_ours = path.starts_with("src/") || path.contains("/src/");
    let begins = ["src/lib.rs", "src/main.rs", "src/tests/main.rs"].iter().any(|root| path.ends_with(root));
    is_ours && (begins || path.contains("src/bin/"))
}

/// The files that a file names with `mod`, whatever they are built for: by its name, or by the path above it.
fn named_by(source: &Source) -> Vec<String> {
    let (folder, _) = source.path.rsplit_once('/').expect("in a folder");
    let beside = if is_root(&source.path) { folder } else { source.path.trim_end_matches(".rs") };
    let mut named = Vec::new();
    let mut by_path = None;
    for line in source.text.lines().map(str::trim) {
        if let Some(path) = line.strip_prefix("#[path = \"").and_then(|rest| rest.strip_suffix("\"]")) {
            by_path = Some(format!("{folder}/{path}"));
        } else if let Some(name) = line.strip_suffix(';').and_then(module_of) {
            named.push(by_path.take().unwrap_or_else(|| format!("{beside}/{name}.rs")));
        }
    }
    named
}

/// `name` of `mod name` and `pub(super) mod name`.
fn module_of(declaration: &str) -> Option<&str> {
    let (before, name) = declaration.rsplit_once("mod ")?;
    let before = before.trim();
    (before.is_empty() || before == "pub" || (before.starts_with("pub(") && before.ends_with(')'))).then_some(name)
}

#[test]
fn every_file_is_part_of_something() {
    let is_compiled = |source: &Source| source.path.starts_with("src/") || source.path.contains("/src/");
    let sources: Vec<Source> = sources().into_iter().filter(is_compiled).collect();
    let mut reached: BTreeSet<String> =
        sources.iter().filter(|source| is_root(&source.path)).map(|source| source.path.clone()).collect();
    let mut to_read: Vec<String> = reached.iter().cloned().collect();
    while let Some(path) = to_read.pop() {
        let Some(source) = sources.iter().find(|source| source.path == path) else { continue };
        to_read.extend(named_by(source).into_iter().filter(|named| reached.insert(named.clone())));
    }
    let lost: Vec<String> =
        sources.into_iter().map(|source| source.path).filter(|path| !reached.contains(path)).collect();
    nowhere(&lost, "no `mod` names this file, so nobody compiles it");
}

#[test]
fn modules_are_named_after_their_file() {
    let found: Vec<String> =
        sources().into_iter().map(|source| source.path).filter(|path| path.ends_with("/mod.rs")).collect();
    nowhere(&found, "name.rs beside name/, never mod.rs");
}
