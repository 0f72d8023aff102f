//! The program itself: what it refuses to start with, before it touches anything.

use std::process::{Command, Output};

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
