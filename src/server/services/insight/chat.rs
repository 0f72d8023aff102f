//! What agents ask about their call. The question is stored at once, and the answer comes when it comes.

use baton_domain::briefing::Source;
use baton_domain::ids::CallId;
use baton_domain::insight::{ChatAnswer, ChatText, ChatTurn, InsightChange};
use baton_summariser::search;
use tracing::warn;

use super::{Insights, in_background};
use crate::server::error::{ServiceError, chain};
use crate::server::permissions::{Action, Who};
use crate::server::ports::analyst::{Answer, AnswerStep, AskedAbout};
use crate::server::services::idempotency::{Key, asker};
use crate::server::state::App;
use crate::server::store::{StoreError, insight};

/// So many questions before this one go to a model with it.
const REMEMBERED: usize = 8;
const SEARCHED: &str = "Found by searching the transcript, without a language model:";
const NOTHING_FOUND: &str =
    "Nothing in the transcript has these words. This was a search without a language model: try a word that was said.";

impl Insights<'_> {
    /// Asks about this agent's call. Gives the question as it is stored; the answer is told to all its agents.
    /// What this key has asked before is not asked again: it gives that question, as far as it is answered by now.
    pub async fn ask(
        &self,
        who: &Who,
        call: CallId,
        key: Option<String>,
        question: &str,
    ) -> Result<ChatTurn, ServiceError> {
        let me = self.part_of(who, call, Action::AnalyseCalls).await?;
        let key = key.map(|key| Key::new(key, call, &("ask", question))).transpose()?;
        let question = ChatText::new(question).map_err(|error| ServiceError::invalid(&error))?;
        let now = self.0.clock.now();
        let mut tx = self.0.store.begin().await?;
        let before = insight::turns(&mut tx, call).await?;
        if let Some(key) = &key
            && let Some(number) = key.answer(&mut tx, &asker(who)).await?
        {
            let asked_before = before.into_iter().find(|turn| turn.number.to_string() == number);
            return asked_before.ok_or(ServiceError::NotFound("question"));
        }
        if before.iter().any(|turn| turn.by == me && turn.is_open() && !turn.is_given_up(now)) {
            return Err(ServiceError::AnswerOpen);
        }
        let number = before.last().map_or(1, |last| last.number + 1);
        let turn = ChatTurn { number, by: me, at: now, question, answer: None };
        insight::put_turn(&mut tx, call, &turn).await?;
        if let Some(key) = &key {
            key.remember(&mut tx, &asker(who), &number.to_string(), now).await?;
        }
        tx.commit().await.map_err(StoreError::from)?;
        self.tell(call, InsightChange::Chatted { turn: Box::new(turn.clone()) });
        let asked = Asked { app: self.0.clone(), call, turn: turn.clone(), before };
        tokio::spawn(async move {
            if let Err(error) = asked.answer().await {
                let call = asked.call;
                warn!(call.id = %call, error = chain(&error), "A question about call {call} stays without an answer");
            }
        });
        Ok(turn)
    }

    /// What was asked about this agent's call, the oldest first.
    pub async fn turns(&self, who: &Who, call: CallId) -> Result<Vec<ChatTurn>, ServiceError> {
        self.part_of(who, call, Action::AnalyseCalls).await?;
        let mut db = self.0.store.read().await?;
        Ok(insight::turns(&mut db, call).await?)
    }
}

/// A question on its way to an answer.
struct Asked {
    app: App,
    call: CallId,
    turn: ChatTurn,
    /// What was asked before.
    before: Vec<ChatTurn>,
}

impl Asked {
    async fn answer(&self) -> Result<(), ServiceError> {
        let by_model = self.by_model().await.unwrap_or_else(|error| {
            let call = self.call;
            warn!(call.id = %call, error = chain(&error), "No model was asked about call {call}, the transcript is searched");
            None
        });
        let answer = match by_model {
            Some(answer) => answer,
            None => self.search().await?,
        };
        self.put(answer).await
    }

    /// A model's answer, told as it is written; `None` when there is none to be had.
    async fn by_model(&self) -> Result<Option<ChatAnswer>, ServiceError> {
        if !self.app.writer.is_there() {
            return Ok(None);
        }
        let call = self.app.calls().find(self.call).await?;
        let (transcript, context) = self.app.briefings().material(&call, None).await?;
        let talk = self.app.insights().talk(&call, transcript, context, false, Some(&self.turn.by)).await?;
        let asked = AskedAbout { earlier: earlier(&self.before), question: self.turn.question.clone().into() };
        let mut steps = self.app.writer.answer(talk, asked);
        while let Some(step) = steps.recv().await {
            match step {
                AnswerStep::Leaving(departure) => self.app.text_departs(self.call, None, departure).await?,
                AnswerStep::Draft(draft) => {
                    let answer = draft.map(|draft| by_model(draft, false));
                    self.show(ChatTurn { answer, ..self.turn.clone() });
                }
                AnswerStep::Answered(answer) => return Ok(Some(by_model(answer, true))),
            }
        }
        Ok(None)
    }

    /// The lines that have the question's words.
    async fn search(&self) -> Result<ChatAnswer, ServiceError> {
        let (transcript, context) = self.app.insights().material(self.call).await?;
        let question = self.turn.question.clone();
        let found = in_background(move || search(question.as_str(), &transcript, &context)).await;
        let text =
            if found.citations.is_empty() { NOTHING_FOUND.to_owned() } else { format!("{SEARCHED}\n{}", found.text) };
        Ok(ChatAnswer { source: Source::Local, text, citations: found.citations, is_complete: true })
    }

    async fn put(&self, answer: ChatAnswer) -> Result<(), ServiceError> {
        let turn = ChatTurn { answer: Some(answer), ..self.turn.clone() };
        let mut tx = self.app.store.begin().await?;
        insight::put_turn(&mut tx, self.call, &turn).await?;
        tx.commit().await.map_err(StoreError::from)?;
        self.show(turn);
        Ok(())
    }

    fn show(&self, turn: ChatTurn) {
        self.app.insights().tell(self.call, InsightChange::Chatted { turn: Box::new(turn) });
    }
}

fn by_model(answer: Answer, is_complete: bool) -> ChatAnswer {
    let Answer { model, text, citations } = answer;
    ChatAnswer { source: Source::Model { name: model }, text, citations, is_complete }
}

/// The last questions that were answered: what "and when?" refers to.
fn earlier(before: &[ChatTurn]) -> Vec<(String, String)> {
    let answered = before.iter().filter_map(|turn| {
        let answer = turn.answer.as_ref().filter(|answer| answer.is_complete)?;
        Some((turn.question.as_str().to_owned(), answer.text.clone()))
    });
    let answered: Vec<_> = answered.collect();
    let skipped = answered.len().saturating_sub(REMEMBERED);
    answered.into_iter().skip(skipped).collect()
}
