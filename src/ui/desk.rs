//! What stands around the areas of a desk.

pub mod bars;
pub mod frame;
pub mod layout;
pub mod screen;
pub mod shortcuts;
pub mod timers;
pub mod topbar;
