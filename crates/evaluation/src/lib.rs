//! How good a briefing is.
//!
//! The conversations in `eval/conversations` say what must be in their briefings, on which lines it rests, and what must not be
//! stated. Any [`Briefer`] can be measured against them: the local summariser, or a model behind a provider.

mod briefer;
mod conversation;
mod long_call;
mod model;
mod report;
mod score;
mod text;

pub use briefer::{Briefer, Local};
pub use conversation::{Conversation, Expected, Forbidden, LoadError, load_all};
pub use long_call::long_call;
pub use model::{Model, ModelError};
pub use report::{details, table};
pub use score::{Score, Total, score};
