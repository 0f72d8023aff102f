//! The recorder among the examples, as the program that it is.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use livekit_participant::Player;
use livekit_participant::ogg::Clip;
use tokio::process::Command;
use tokio::time::timeout;

use super::server::{LIMIT, Server};

const SPEECH: &[u8] = include_bytes!("../sounds/speech.opus");

/// Built beside the tests by a `cargo test` that names no test; one that does takes what was built before.
fn example(name: &str) -> PathBuf {
    let tests = std::env::current_exe().expect("this program has a path");
    let built = tests.parent().and_then(|deps| deps.parent()).expect("it is in a folder of a folder");
    let program = built.join("examples").join(name);
    assert!(program.exists(), "there is no {}: `cargo build --example {name}`", program.display());
    program
}

#[tokio::test(flavor = "multi_thread")]
async fn it_writes_a_file_that_plays_what_was_said() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let mut recorder = Command::new(example("recorder"))
        .arg(folder.path())
        .env("LIVEKIT_URL", server.url())
        .env("LIVEKIT_TOKEN", server.token("room", "recorder"))
        .kill_on_drop(true)
        .spawn()
        .expect("it starts");

    let (speaker, _events) = server.publisher("speaker").await;
    let track = speaker.track(0).expect("one track");
    assert!(track.wait_until_heard(LIMIT).await, "the recorder does not subscribe");
    let said = Clip::read(SPEECH).expect("a file of ours");
    Player::new(track.clone()).play(said.once().map(|piece| piece.packet)).await.expect("it goes on to the end");
    // What is on its way still arrives.
    tokio::time::sleep(Duration::from_millis(200)).await;

    let number = recorder.id().expect("it runs").to_string();
    let asked = Command::new("kill").args(["-INT", &number]).status().await.expect("there is such a program");
    assert!(asked.success());
    let ended = timeout(LIMIT, recorder.wait()).await.expect("it ends when it is interrupted").expect("it ran");
    assert!(ended.success(), "{ended}");

    let files: Vec<PathBuf> =
        fs::read_dir(&folder).expect("a folder").map(|file| file.expect("a file").path()).collect();
    let [file] = &files[..] else { panic!("not one file: {files:?}") };
    let name = file.file_stem().and_then(|name| name.to_str()).expect("a name");
    assert!(name.starts_with("speaker-TR_") && file.extension().is_some_and(|it| it == "opus"), "{name}");
    assert_eq!(headers_by_another(file), ["OpusHead", "OpusTags"]);
    let written = Clip::read(File::open(file).expect("a file")).expect("it is Ogg Opus");
    let said: Vec<_> = said.once().map(|piece| piece.packet).collect();
    let written: Vec<_> = written.once().map(|piece| piece.packet).collect();
    let begins = written.iter().position(|packet| *packet == said[0]).expect("it begins with what was said first");
    let heard = written.get(begins..begins + said.len()).expect("it lasts as long");
    assert!(heard == said, "not every packet is there as it was sent");
}

/// The first words of the headers, as another implementation reads them, to the end of the file.
fn headers_by_another(file: &Path) -> Vec<String> {
    let mut reader = ogg::PacketReader::new(File::open(file).expect("a file"));
    let mut headers = Vec::new();
    let mut is_ended = false;
    while let Some(packet) = reader.read_packet().expect("sound pages") {
        assert!(!is_ended, "something comes after the end");
        if headers.len() < 2 {
            headers.push(String::from_utf8_lossy(&packet.data[..8]).into_owned());
        }
        is_ended = packet.last_in_stream();
    }
    assert!(is_ended, "the stream has no end");
    headers
}
