//! A large file: received in pieces as it comes, and kept whole.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use futures_util::stream;

use super::{Provider, configs, id_of, spooled, upload};
use crate::harness::{API_KEY, TestDesk};

/// What the limit is where nothing else is said, as `config/recordings.rs` has it.
const LIMIT: u64 = 200 * 1024 * 1024;
const PIECE: usize = 256 * 1024;
const PIECES: u64 = 240;

#[tokio::test]
async fn a_file_of_sixty_megabytes_is_taken_and_spooled_whole() {
    let provider = Provider::new([]).await;
    let desk = TestDesk::configured(|config| {
        config.transcription.providers = configs(&[&provider]);
        config.recordings.upload_limit = LIMIT;
    })
    .await;
    // Each piece says which it is.
    let pieces = (0..PIECES).map(|number| {
        let mut piece = vec![0; PIECE];
        piece[..8].copy_from_slice(&number.to_be_bytes());
        Ok::<_, Infallible>(Bytes::from(piece))
    });
    let received = desk.send(upload(API_KEY, "audio/wav", "", &[], Body::from_stream(stream::iter(pieces)))).await;
    let id = id_of(&received);
    assert_eq!(spooled(&desk).await, 1);
    let kept = std::fs::read(desk.app.uploads.path(id)).expect("a file");
    assert_eq!(kept.len() as u64, PIECES * PIECE as u64);
    let numbers = kept.chunks(PIECE).map(|piece| u64::from_be_bytes(piece[..8].try_into().expect("eight bytes")));
    assert!(numbers.eq(0..PIECES), "in order, each once");
    let known = desk.app.spoken_files().find(&baton::server::permissions::Who::ApiKey, id).await.expect("it is there");
    assert_eq!(known.bytes, PIECES * PIECE as u64);
}
