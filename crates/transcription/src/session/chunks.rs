//! A provider that takes one utterance after the other.

use baton_provider::ErrorStatus;
use tokio::time::Instant;

use super::stream::Stream;
use super::{Asking, Ended};
use crate::audio::wav;
use crate::failure::Failure;
use crate::lines::Heard;
use crate::providers::Provider;
use crate::wire::openai::OpenAi;

/// One file may be strange; when this many in a row are refused, it is not the files.
const REFUSED: u32 = 3;

/// Sends utterances until it fails or everything is said.
pub async fn run(stream: &mut Stream, provider: &Provider, openai: &OpenAi, asking: &mut Asking<'_>) -> Ended {
    stream.connected(provider);
    let mut refused = 0;
    loop {
        if stream.is_over() {
            return Ended::Over;
        }
        let Some(first) = stream.utterances.front_mut() else {
            stream.step().await;
            continue;
        };
        if let Err(wait) = provider.budget.take(0, Instant::now()) {
            stream.wait(wait).await;
            continue;
        }
        first.asked = Some(Instant::now());
        let (from, to) = (first.from, first.to);
        let file = wav(&stream.journal.slice(from, to));
        let request = openai.transcribe(&provider.config, file);
        tokio::pin!(request);
        let answer = loop {
            tokio::select! {
                answer = &mut request => break answer,
                () = stream.step() => if stream.is_abandoned() { return Ended::Over },
            }
        };
        match answer {
            Ok(text) => {
                asking.proved();
                refused = 0;
                stream.heard(&Heard { from, to, text, words: Vec::new(), is_final: true });
            }
            Err(failure @ Failure::Status(ErrorStatus::Rejected { status: 400 | 413 | 415 | 422 })) => {
                refused += 1;
                if refused >= REFUSED {
                    return Ended::Failed(failure);
                }
                stream.lose_first(failure);
            }
            Err(failure) => return Ended::Failed(failure),
        }
    }
}
