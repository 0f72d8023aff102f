//! A caller's page.

pub mod captions;
pub mod consent;
pub mod devices;
pub mod frame;
pub mod join;
pub mod on_call;
pub mod problem;
pub mod words;
