//! The same language models as analysts of calls.

use std::sync::Arc;

use baton_models::{Answered, Chain, ChatProgress, ChatTask, Gate, Task, Urgency};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use super::models::{Models, gate, log};
use crate::server::ports::analyst::{AnalysisStep, Analyst, Answer, AnswerStep, AskedAbout, Talk};

impl Analyst for Models {
    fn analyse(&self, talk: Talk) -> UnboundedReceiver<AnalysisStep> {
        let (steps, told) = mpsc::unbounded_channel();
        tokio::spawn(analyse(self.chain(), talk, steps));
        told
    }

    fn answer(&self, talk: Talk, asked: AskedAbout) -> UnboundedReceiver<AnswerStep> {
        let (steps, told) = mpsc::unbounded_channel();
        tokio::spawn(answer(self.chain(), talk, asked, steps));
        told
    }
}

/// What the providers are to write from.
pub fn to_task(talk: Talk, gate: Gate) -> Task {
    let Talk { transcript, context, language, note, earlier, redact, is_spare } = talk;
    let urgency = if is_spare { Urgency::Spare } else { Urgency::Now };
    Task { transcript, context, language, note, earlier, redact, urgency, gate }
}

async fn analyse(providers: Arc<Chain>, talk: Talk, steps: UnboundedSender<AnalysisStep>) {
    let tell = |step| drop(steps.send(step));
    let gate = gate(steps.clone(), AnalysisStep::Leaving);
    let found = providers.analyse(to_task(talk, gate), &mut |_| ()).await;
    log(&found.attempts, "An analysis");
    if let Some(insight) = found.insight {
        tell(AnalysisStep::Analysed(Box::new(insight)));
    }
}

async fn answer(providers: Arc<Chain>, talk: Talk, asked: AskedAbout, steps: UnboundedSender<AnswerStep>) {
    let tell = |step| drop(steps.send(step));
    let AskedAbout { earlier, question } = asked;
    let gate = gate(steps.clone(), AnswerStep::Leaving);
    let mut on_progress = |progress| match progress {
        ChatProgress::Sent(_) => {}
        ChatProgress::Draft(draft) => tell(AnswerStep::Draft(Some(to_answer(draft)))),
        ChatProgress::StartedOver => tell(AnswerStep::Draft(None)),
    };
    let outcome = providers.chat(ChatTask { task: to_task(talk, gate), earlier, question }, &mut on_progress).await;
    log(&outcome.attempts, "An answer");
    if let Some(answered) = outcome.answer {
        tell(AnswerStep::Answered(to_answer(answered)));
    }
}

fn to_answer(answered: Answered) -> Answer {
    let Answered { model, text, citations } = answered;
    Answer { model, text, citations }
}
