//! The program itself: what it refuses to start with, before it touches anything, and that it ends when it is asked to.

#[cfg(unix)]
use std::io::{BufRead, BufReader};
use std::process::{Command, Output};
#[cfg(unix)]
use std::process::{ExitStatus, Stdio};
#[cfg(unix)]
use std::time::Duration;

use tempfile::TempDir;

/// What a shell is told when settings must be changed.
const BAD_SETTINGS: i32 = 2;
const NO_SIGN_IN: &str = "sign-in is not built yet: set BATON_DEMO=1 to try the desk with demo agents on this computer";
const OPEN_DEMO: &str =
    "BATON_DEMO listens beyond this computer: set BATON_DEMO_CODE, or let BATON_ADDR be on 127.0.0.1";
/// LiveKit's key is read after what is tested here, and is never set: whoever is let further ends there.
const FURTHER: &str = "LIVEKIT_API_KEY is not set: `make run` starts a LiveKit and sets it by itself";

/// Runs it with these settings in a folder of its own, which must stay empty.
fn run(settings: &[(&str, &str)]) -> Output {
    let folder = TempDir::new().expect("a temporary folder");
    let mut program = Command::new(env!("CARGO_BIN_EXE_baton"));
    // What is set to nothing counts as not set, whatever a `.env` above that folder says.
    let nothing = ["BATON_DEMO", "BATON_DEMO_CODE", "BATON_ADDR", "LIVEKIT_API_KEY"].map(|name| (name, ""));
    let output = program.current_dir(folder.path()).env_clear().envs(nothing).envs(settings.iter().copied()).output();
    assert_eq!(folder.path().read_dir().expect("it is there").count(), 0, "{settings:?}");
    output.expect("it runs")
}

#[test]
fn the_program_starts_neither_without_the_demo_nor_open_to_the_network() {
    let demo = ("BATON_DEMO", "1");
    let everywhere = ("BATON_ADDR", "0.0.0.0:0");
    for (settings, sentence) in [
        (&[][..], NO_SIGN_IN),
        (&[("BATON_DEMO", "0"), ("BATON_DEMO_CODE", "swordfish")], NO_SIGN_IN),
        (&[demo, everywhere], OPEN_DEMO),
        (&[demo, ("BATON_ADDR", "[::]:0")], OPEN_DEMO),
        (&[demo, ("BATON_ADDR", "192.0.2.1:3000")], OPEN_DEMO),
        (&[demo], FURTHER),
        (&[demo, ("BATON_ADDR", "127.0.0.2:0")], FURTHER),
        (&[demo, everywhere, ("BATON_DEMO_CODE", "swordfish")], FURTHER),
    ] {
        let output = run(settings);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            (output.status.code(), said.trim_end()),
            (Some(BAD_SETTINGS), &*format!("Baton cannot run: {sentence}"))
        );
    }
}

/// Whoever reads the log may go first, as a terminal that is closed does.
#[cfg(unix)]
#[test]
fn the_program_ends_when_asked_though_nobody_reads_its_log_any_more() {
    let folder = TempDir::new().expect("a temporary folder");
    let mut program = Command::new(env!("CARGO_BIN_EXE_baton"))
        .current_dir(folder.path())
        .env_clear()
        .envs([("BATON_DEMO", "1"), ("BATON_ADDR", "127.0.0.1:0"), ("DATABASE_URL", "sqlite://baton.db?mode=rwc")])
        // Nobody listens there, which it lives with.
        .envs([("LIVEKIT_URL", "ws://127.0.0.1:9"), ("LIVEKIT_API_KEY", "key"), ("LIVEKIT_API_SECRET", "secret")])
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let log = BufReader::new(program.stderr.take().expect("a pipe"));
    let said: Vec<String> =
        log.lines().map_while(Result::ok).take_while(|line| !line.contains("Listening on")).collect();
    let asked = Command::new("kill").args(["-TERM", &program.id().to_string()]).status();
    let ended = ended_in_time(program);
    assert!(asked.is_ok_and(|asked| asked.success()) && ended.success(), "{ended}: {said:#?}");
}

#[cfg(unix)]
fn ended_in_time(mut program: std::process::Child) -> ExitStatus {
    let (tell, told) = std::sync::mpsc::channel();
    let id = program.id();
    std::thread::spawn(move || tell.send(program.wait()));
    let ended = told.recv_timeout(Duration::from_secs(30)).unwrap_or_else(|_| {
        let _ = Command::new("kill").args(["-KILL", &id.to_string()]).status();
        told.recv().expect("it has ended now")
    });
    ended.expect("it was ours")
}
