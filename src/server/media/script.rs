//! What a simulated caller says and when: the caller's side of the sample conversation, with pauses as long as the agent's
//! lines take.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::server::sample::{SampleLine, SampleSpeaker};

/// How long the caller stays after the last word, in case the agent has more to say: long enough for a whole hand-off.
const STAYS_ON: Duration = Duration::from_mins(4);

/// One step of the script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The agent speaks.
    Listen(Duration),
    /// The caller does.
    Say {
        /// What.
        text: String,
        /// The sound.
        file: String,
    },
}

/// The caller's side of a conversation. Whoever has done the last step hangs up.
pub fn steps(conversation: &[SampleLine]) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut listens = Duration::ZERO;
    for line in conversation {
        match line.speaker {
            SampleSpeaker::Agent => listens += Duration::from_millis(line.duration_ms),
            SampleSpeaker::Caller => {
                steps.push(Step::Listen(std::mem::take(&mut listens)));
                steps.push(Step::Say { text: line.text.clone(), file: line.file.clone() });
            }
        }
    }
    steps.push(Step::Listen(listens + STAYS_ON));
    steps
}

/// The step to go on with when the transcript has these lines of the caller: the one after the last line that was begun.
/// A server that was killed so goes on where it was, and nobody hears a line twice.
pub fn resume_at(steps: &[Step], said: &BTreeSet<String>) -> usize {
    let is_said = |step: &Step| matches!(step, Step::Say { text, .. } if said.contains(text));
    steps.iter().rposition(is_said).map_or(0, |last| last + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::sample;

    fn line(speaker: SampleSpeaker, text: &str, duration_ms: u64) -> SampleLine {
        SampleLine { speaker, text: text.to_owned(), file: format!("{text}.ogg"), duration_ms }
    }

    fn say(text: &str) -> Step {
        Step::Say { text: text.to_owned(), file: format!("{text}.ogg") }
    }

    fn listen(ms: u64) -> Step {
        Step::Listen(Duration::from_millis(ms))
    }

    #[test]
    fn pauses_are_as_long_as_the_agent_speaks() {
        use SampleSpeaker::{Agent, Caller};
        let conversation = [
            line(Agent, "hello", 1000),
            line(Caller, "help", 300),
            line(Agent, "of course", 700),
            line(Agent, "with what", 800),
            line(Caller, "everything", 400),
            line(Agent, "oh", 200),
        ];
        let expected = [listen(1000), say("help"), listen(1500), say("everything"), listen(200 + 240_000)];
        assert_eq!(steps(&conversation), expected);
    }

    #[test]
    fn it_goes_on_after_the_last_line_that_was_begun() {
        let steps = [listen(1), say("one"), listen(2), say("two"), listen(3)];
        let after = |said: &[&str]| resume_at(&steps, &said.iter().map(|text| (*text).to_owned()).collect());
        assert_eq!(after(&[]), 0);
        assert_eq!(after(&["something else"]), 0);
        assert_eq!(after(&["one"]), 2);
        assert_eq!(after(&["one", "two"]), 4);
        assert_eq!(after(&["two"]), 4);
    }

    #[test]
    fn every_line_of_the_sample_can_be_said() {
        for step in steps(&sample::lines()) {
            if let Step::Say { text, file } = step {
                assert!(sample::caller_clip(&file).is_some(), "{text}");
            }
        }
    }
}
