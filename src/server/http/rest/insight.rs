//! What a call comes to while it goes on, and questions about it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use baton_domain::briefing::{Section, Source, Statement};
use baton_domain::ids::CallId;
use baton_domain::insight::{CallInsight, ChatTurn, Insight, MoodCurve};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::briefings::{BriefingJson, StatementJson, WrittenIn};
use super::input::{Asker, Body, Id, IdempotencyKey, KeyHeader, Params};
use super::model::{Refusals, rfc3339};
use crate::server::http::problem::Problem;
use crate::server::permissions::Action;
use crate::server::state::App;

/// What a call comes to so far.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Insight)]
pub struct InsightJson {
    /// `local`, or the model that wrote it.
    #[schema(example = "local")]
    source: String,
    /// How many transcript lines were read.
    lines_read: u32,
    mood: MoodJson,
    /// What the caller wants.
    intent: Vec<StatementJson>,
    /// What whoever joins now must know.
    key_points: Vec<StatementJson>,
    /// What somebody has to do.
    action_items: Vec<ActionItemJson>,
    /// What might be said next.
    suggestions: Vec<SuggestionJson>,
}

/// How the caller feels over time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Mood)]
pub struct MoodJson {
    /// `very_upset`, `upset`, `calm` or `pleased`; null while nothing was said.
    #[schema(example = "calm")]
    now: Option<&'static str>,
    /// All of it in words.
    #[schema(example = "Calm at first; upset at line 5.")]
    in_words: String,
    points: Vec<MoodPointJson>,
}

/// The mood at one of the caller's lines.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MoodPoint)]
pub struct MoodPointJson {
    line: u32,
    /// From -100 to 100; 0 is calm.
    #[schema(minimum = -100, maximum = 100)]
    level: i8,
    /// Whether it is this line that moved it.
    moved: bool,
}

/// Something to do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ActionItem)]
pub struct ActionItemJson {
    text: String,
    /// The transcript lines that say so.
    lines: Vec<u32>,
    /// The agent who has ticked it off.
    #[schema(example = "alice")]
    done_by: Option<String>,
}

/// A sentence that might be said.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Suggestion)]
pub struct SuggestionJson {
    text: String,
    /// The transcript lines that it answers.
    lines: Vec<u32>,
    /// Why now, in a few words.
    #[schema(example = "Open question")]
    why: &'static str,
}

/// What might be said next.
#[derive(Debug, Serialize, ToSchema)]
pub struct Suggestions {
    suggestions: Vec<SuggestionJson>,
}

/// A question about a call.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewQuestion)]
pub struct NewQuestion {
    #[schema(max_length = 1000, example = "What was promised?")]
    question: String,
}

/// A question with its answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Question)]
pub struct TurnJson {
    /// Counts from 1 in each call.
    number: u32,
    question: String,
    #[schema(example = "alice")]
    asked_by: String,
    asked_at: String,
    /// Null while nothing has come.
    answer: Option<AnswerJson>,
}

/// An answer, or as much of it as there is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Answer)]
pub struct AnswerJson {
    /// `local` for a search of the transcript, or the model that answers.
    #[schema(example = "local")]
    source: String,
    text: String,
    /// The transcript lines it rests on.
    lines: Vec<u32>,
    is_complete: bool,
}

/// What was asked about a call, the oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Questions {
    questions: Vec<TurnJson>,
}

fn source(source: &Source) -> String {
    match source {
        Source::Local => "local".to_owned(),
        Source::Model { name } => name.clone(),
    }
}

fn statements(section: &Section) -> Vec<StatementJson> {
    section.statements().iter().map(|said: &Statement| StatementJson::new(said.text(), said.citations())).collect()
}

impl From<&MoodCurve> for MoodJson {
    fn from(curve: &MoodCurve) -> Self {
        let point = |point: &baton_domain::insight::MoodPoint| MoodPointJson {
            line: point.line,
            level: point.level.value(),
            moved: point.moved,
        };
        Self {
            now: curve.now().map(|level| level.word().name()),
            in_words: curve.in_words(),
            points: curve.points().iter().map(point).collect(),
        }
    }
}

fn suggestions(insight: &Insight) -> Vec<SuggestionJson> {
    let suggestion = |reply: &baton_domain::insight::SuggestedReply| SuggestionJson {
        text: reply.words.text().to_owned(),
        lines: reply.words.citations().to_vec(),
        why: reply.why.label(),
    };
    insight.replies.iter().map(suggestion).collect()
}

fn of_insight(insight: &Insight, kept: CallInsight) -> InsightJson {
    let kept = CallInsight { analysis: Some(insight.clone()), ..kept };
    let items = kept.action_items().into_iter().map(|row| ActionItemJson {
        text: row.item.text().to_owned(),
        lines: row.item.citations().to_vec(),
        done_by: row.done.map(|agent| agent.to_string()),
    });
    InsightJson {
        source: source(&insight.source),
        lines_read: insight.lines_read,
        mood: MoodJson::from(&insight.mood),
        intent: statements(&insight.intent),
        key_points: statements(&insight.key_points),
        action_items: items.collect(),
        suggestions: suggestions(insight),
    }
}

impl From<ChatTurn> for TurnJson {
    fn from(turn: ChatTurn) -> Self {
        let answer = turn.answer.map(|answer| AnswerJson {
            source: source(&answer.source),
            text: answer.text,
            lines: answer.citations,
            is_complete: answer.is_complete,
        });
        Self {
            number: turn.number,
            question: turn.question.into(),
            asked_by: turn.by.to_string(),
            asked_at: rfc3339(turn.at),
            answer,
        }
    }
}

/// Analyse a call as it is now: mood, intent, key points, action items and suggestions. Its agents see the same.
///
/// An agent may ask for their own calls.
#[utoipa::path(post, path = "/calls/{id}/analyse", operation_id = "analyse_call", tag = "Insight", params(("id" = String, Path)),
    responses((status = 200, body = InsightJson), Refusals))]
pub async fn analyse(State(app): State<App>, asker: Asker, Id(call): Id<CallId>) -> Result<Json<InsightJson>, Problem> {
    let who = asker.may(Action::AnalyseCalls)?;
    let insight = app.insights().analyse(who, call).await?;
    let kept = app.insights().of_call(who, call).await?;
    Ok(Json(of_insight(&insight, kept)))
}

/// Summarise a call as it is now: the briefing without a transfer. Nothing is stored.
#[utoipa::path(post, path = "/calls/{id}/summarise", operation_id = "summarise_own_call", tag = "Insight", params(("id" = String, Path), WrittenIn),
    responses((status = 200, body = BriefingJson), Refusals))]
pub async fn summarise(
    State(app): State<App>,
    asker: Asker,
    Id(call): Id<CallId>,
    Params(WrittenIn { language }): Params<WrittenIn>,
) -> Result<Json<BriefingJson>, Problem> {
    let who = asker.may(Action::AnalyseCalls)?;
    Ok(Json(BriefingJson::from(&app.insights().summarise(who, call, language).await?)))
}

/// How the caller feels over time.
#[utoipa::path(post, path = "/calls/{id}/sentiment", operation_id = "sentiment_of_call", tag = "Insight", params(("id" = String, Path)),
    responses((status = 200, body = MoodJson), Refusals))]
pub async fn sentiment(State(app): State<App>, asker: Asker, Id(call): Id<CallId>) -> Result<Json<MoodJson>, Problem> {
    let who = asker.may(Action::AnalyseCalls)?;
    Ok(Json(MoodJson::from(&app.insights().analyse(who, call).await?.mood)))
}

/// What the agent might say next.
#[utoipa::path(post, path = "/calls/{id}/suggestions", operation_id = "suggest_replies", tag = "Insight", params(("id" = String, Path)),
    responses((status = 200, body = Suggestions), Refusals))]
pub async fn suggest(State(app): State<App>, asker: Asker, Id(call): Id<CallId>) -> Result<Json<Suggestions>, Problem> {
    let who = asker.may(Action::AnalyseCalls)?;
    let insight = app.insights().analyse(who, call).await?;
    Ok(Json(Suggestions { suggestions: suggestions(&insight) }))
}

/// What was asked about a call, with the answers. Only its agents may see it, with their own token.
#[utoipa::path(get, path = "/calls/{id}/chat", operation_id = "list_questions", tag = "Insight", params(("id" = String, Path)),
    responses((status = 200, body = Questions), Refusals))]
pub async fn questions(State(app): State<App>, asker: Asker, Id(call): Id<CallId>) -> Result<Json<Questions>, Problem> {
    let who = asker.may(Action::AnalyseCalls)?;
    let turns = app.insights().turns(who, call).await?;
    Ok(Json(Questions { questions: turns.into_iter().map(TurnJson::from).collect() }))
}

/// Ask about a call, as one of its agents. 202: the answer follows in the list and at the desks, as it is written.
///
/// 409 `answer_open` while the last question of the same agent has no answer yet.
#[utoipa::path(post, path = "/calls/{id}/chat", operation_id = "ask_about_call", tag = "Insight", params(("id" = String, Path), KeyHeader),
    request_body = NewQuestion, responses((status = 202, body = TurnJson), Refusals))]
pub async fn ask(
    State(app): State<App>,
    asker: Asker,
    Id(call): Id<CallId>,
    IdempotencyKey(key): IdempotencyKey,
    Body(new): Body<NewQuestion>,
) -> Result<(StatusCode, Json<TurnJson>), Problem> {
    let who = asker.may(Action::AnalyseCalls)?;
    let turn = app.insights().ask(who, call, key, &new.question).await?;
    Ok((StatusCode::ACCEPTED, Json(TurnJson::from(turn))))
}
