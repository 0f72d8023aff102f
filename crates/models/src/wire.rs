//! One request to one provider, and its answer as it comes.

mod access;
mod door;

use std::time::Duration;

use async_openai::Client;
use async_openai::error::OpenAIError;
use async_openai::types::chat::{
    ChatCompletionRequestAssistantMessage, ChatCompletionRequestMessage, ChatCompletionRequestSystemMessage,
    ChatCompletionRequestUserMessage, CreateChatCompletionRequest, ResponseFormat, ResponseFormatJsonSchema,
};
use futures_util::StreamExt;
use serde::Deserialize;

use crate::answer;
use crate::config::ProviderConfig;
use crate::failure::Failure;
use crate::insight;
use crate::wire::access::Access;

/// An answer is longer than this only when something is wrong.
const MAX_ANSWER_BYTES: usize = 256 * 1024;
/// Facts, not fancy.
const TEMPERATURE: f32 = 0.2;

/// One part of the conversation with a model.
#[derive(Clone, Debug)]
pub enum Message {
    System(String),
    User(String),
    Assistant(String),
}

/// What an answer is to look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The JSON of a briefing.
    Briefing,
    /// The JSON of an analysis.
    Insight,
    /// Plain text.
    Text,
}

/// How much of OpenAI's interface a provider understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// With a JSON schema and a temperature.
    Full,
    /// With neither: some models and servers reject them.
    Plain,
}

/// A provider's interface.
pub struct Wire {
    client: Client<Access>,
    model: String,
    answer_tokens: u32,
    stall: Duration,
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire").field("model", &self.model).finish_non_exhaustive()
    }
}

impl Wire {
    pub fn new(config: &ProviderConfig) -> Self {
        let http = baton_provider::http_client(config.limits.connect);
        Self {
            client: Client::build(http.clone(), Access::new(config)).with_http_service(door::service(http)),
            model: config.model.clone(),
            answer_tokens: config.limits.answer_tokens,
            stall: config.limits.stall,
        }
    }

    /// The whole answer; each piece of it goes to `on_text` as it comes.
    pub async fn ask(
        &self,
        messages: &[Message],
        form: (Shape, Dialect),
        on_text: &mut (dyn FnMut(&str) + Send),
    ) -> Result<String, Failure> {
        let request = self.request(messages, form);
        let chat = self.client.chat();
        let asked = chat.create_stream_byot::<_, Chunk>(request);
        let mut chunks = within(self.stall, asked).await?.map_err(|error| failure(&error))?;
        let mut answer = String::new();
        while let Some(chunk) = within(self.stall, chunks.next()).await? {
            let chunk = chunk.map_err(|error| failure(&error))?;
            if let Some(error) = chunk.error {
                return Err(error.failure());
            }
            // We ask for one.
            let Some(choice) = chunk.choices.into_iter().next() else { continue };
            if choice.delta.refusal.is_some_and(|refusal| !refusal.is_empty()) {
                return Err(Failure::Refusal);
            }
            if let Some(text) = choice.delta.content {
                answer.push_str(&text);
                if answer.len() > MAX_ANSWER_BYTES {
                    return Err(Failure::TooLong);
                }
                on_text(&text);
            }
            if let Some(reason) = choice.finish_reason {
                return finished(&reason, answer);
            }
        }
        Err(Failure::CutStream)
    }

    fn request(&self, messages: &[Message], (shape, dialect): (Shape, Dialect)) -> CreateChatCompletionRequest {
        let response_format = match (shape, dialect) {
            (Shape::Text, _) => None,
            (_, Dialect::Plain) => Some(ResponseFormat::JsonObject),
            (Shape::Briefing, Dialect::Full) => Some(in_form("briefing", answer::schema())),
            (Shape::Insight, Dialect::Full) => Some(in_form("insight", insight::schema())),
        };
        let temperature = (dialect == Dialect::Full).then_some(TEMPERATURE);
        CreateChatCompletionRequest {
            model: self.model.clone(),
            messages: messages.iter().map(Message::to_wire).collect(),
            max_completion_tokens: Some(self.answer_tokens),
            response_format,
            temperature,
            stream: Some(true),
            ..CreateChatCompletionRequest::default()
        }
    }
}

fn in_form(name: &str, schema: serde_json::Value) -> ResponseFormat {
    let json_schema = ResponseFormatJsonSchema { description: None, name: name.to_owned(), schema, strict: Some(true) };
    ResponseFormat::JsonSchema { json_schema }
}

impl Message {
    fn to_wire(&self) -> ChatCompletionRequestMessage {
        match self {
            Self::System(text) => ChatCompletionRequestSystemMessage::from(text.as_str()).into(),
            Self::User(text) => ChatCompletionRequestUserMessage::from(text.as_str()).into(),
            Self::Assistant(text) => ChatCompletionRequestAssistantMessage::from(text.as_str()).into(),
        }
    }
}

/// A chunk, with no more asked of it than is needed: compatible servers leave out and add what they like.
#[derive(Deserialize)]
struct Chunk {
    #[serde(default)]
    choices: Vec<Choice>,
    /// Sent instead when the model fails after it has begun.
    error: Option<ErrorBody>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    delta: Delta,
    finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
struct Delta {
    content: Option<String>,
    refusal: Option<String>,
}

#[derive(Default, Deserialize)]
struct ErrorBody {
    code: Option<serde_json::Value>,
}

impl ErrorBody {
    fn failure(&self) -> Failure {
        match self.code.as_ref().and_then(serde_json::Value::as_str) {
            // The model wrote something that is not the schema's, and the server noticed first.
            Some("json_validate_failed") => Failure::InvalidAnswer,
            _ => Failure::CutStream,
        }
    }
}

fn finished(reason: &str, answer: String) -> Result<String, Failure> {
    match reason {
        "length" => Err(Failure::TooLong),
        "content_filter" => Err(Failure::Refusal),
        _ => Ok(answer),
    }
}

async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Result<T, Failure> {
    tokio::time::timeout(limit, work).await.map_err(|_| Failure::TimedOut)
}

fn failure(error: &OpenAIError) -> Failure {
    match error {
        OpenAIError::Boxed(boxed) => boxed.downcast_ref::<Failure>().cloned().unwrap_or(Failure::Unreachable),
        OpenAIError::Reqwest(_) => Failure::Unreachable,
        OpenAIError::StreamError(_) => Failure::CutStream,
        _ => Failure::NotTheProtocol,
    }
}
