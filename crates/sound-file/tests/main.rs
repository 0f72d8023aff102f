//! Files as programs and browsers write them, read back. `files/make.sh` made them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use baton_sound_file::{Kind, RATE, ReadError, SoundFile, Utterance};
use tempfile::TempDir;

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files").join(name)
}

fn read(path: &Path) -> Result<(Vec<Utterance>, Duration), ReadError> {
    let mut file = SoundFile::open(path, None)?;
    let mut utterances = Vec::new();
    while let Some(utterance) = file.next_utterance()? {
        utterances.push(utterance);
    }
    Ok((utterances, file.read()))
}

/// Two sentences of some two seconds, of which the second begins after 3.6.
fn are_two_sentences(name: &str, utterances: &[Utterance]) {
    let starts: Vec<f64> = utterances.iter().map(|utterance| utterance.from.as_secs_f64()).collect();
    assert_eq!(starts.len(), 2, "{name}: {starts:?}");
    assert!((0.1..0.8).contains(&starts[0]) && (3.1..3.9).contains(&starts[1]), "{name}: {starts:?}");
    for utterance in utterances {
        let length = utterance.to.saturating_sub(utterance.from).as_secs_f64();
        assert!((1.0..3.2).contains(&length), "{name}: {length}");
        let samples = f64::from(u32::try_from(utterance.samples.len()).expect("a short one"));
        assert!((samples / f64::from(RATE) - length).abs() < 0.05, "{name}: {samples} samples in {length} s");
        let loudest = utterance.samples.iter().map(|sample| sample.unsigned_abs()).max();
        assert!(loudest > Some(3_000), "{name}: {loudest:?}");
    }
}

#[test]
fn every_kind_of_file_gives_the_same_two_sentences() {
    for name in ["two.wav", "two.mp3", "two.m4a", "two.aac", "two.ogg", "two.webm", "two.flac", "vorbis.ogg"] {
        let (utterances, read) = read(&path(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        are_two_sentences(name, &utterances);
        assert!((6.4..7.1).contains(&read.as_secs_f64()), "{name}: {read:?}");
    }
}

#[test]
fn files_that_say_how_long_they_are_are_believed_and_others_do_without() {
    let duration = |name| SoundFile::open(&path(name), None).expect("readable").duration();
    assert_eq!(duration("two.wav").map(|duration| duration.as_secs()), Some(6));
    assert_eq!(duration("two.webm"), None);
}

#[test]
fn a_file_that_was_cut_short_gives_what_is_there() {
    let folder = TempDir::new().expect("a folder");
    for name in ["two.webm", "two.ogg", "two.wav", "two.mp3"] {
        let whole = fs::read(path(name)).expect("a file");
        let cut = folder.path().join(name);
        fs::write(&cut, &whole[..whole.len() / 2]).expect("a file");
        let (utterances, _) = read(&cut).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(utterances.len(), 1, "{name}");
    }
}

#[test]
fn what_is_no_sound_is_said_to_be_none() {
    let folder = TempDir::new().expect("a folder");
    let mut damaged = fs::read(path("two.webm")).expect("a file");
    damaged.truncate(300);
    // A header that claims billions of samples a second must not get room for them.
    let mut greedy = fs::read(path("two.wav")).expect("a file");
    greedy[24..28].copy_from_slice(&4_000_000_007_u32.to_le_bytes());
    let text = b"This is no sound at all.".to_vec();
    for (name, content) in [("text.wav", text), ("empty", Vec::new()), ("head", damaged), ("greedy.wav", greedy)] {
        let file = folder.path().join(name);
        fs::write(&file, content).expect("a file");
        assert!(matches!(read(&file), Err(ReadError::Unreadable)), "{name}");
    }
    assert!(matches!(read(&folder.path().join("gone")), Err(ReadError::Io(_))));
}

#[test]
fn a_wrong_kind_does_no_harm() {
    let mut file = SoundFile::open(&path("two.ogg"), Kind::of_media_type("audio/wav")).expect("readable");
    assert!(file.next_utterance().expect("sound").is_some());
}

#[test]
fn bytes_that_were_changed_anywhere_never_panic() {
    let folder = TempDir::new().expect("a folder");
    for name in ["two.webm", "two.ogg", "two.m4a", "two.mp3", "two.wav"] {
        let whole = fs::read(path(name)).expect("a file");
        for at in (0..whole.len()).step_by(whole.len() / 8) {
            let mut changed = whole.clone();
            for byte in changed.iter_mut().skip(at).take(3) {
                *byte ^= 0x5a;
            }
            let file = folder.path().join("changed");
            fs::write(&file, changed).expect("a file");
            // Whatever comes of it, it is an answer.
            let _ = read(&file);
        }
    }
}
