//! What a page does last: it tells the server which connections end with it.

use super::core::Core;

impl Core {
    /// The page is being closed, or put away with its rooms left.
    pub fn say_goodbye(&self) {
        let Some(place) = self.place() else { return };
        let rooms = self.rooms.borrow();
        let connections: Vec<_> = rooms.iter().filter_map(|room| room.joined()?.own_sid()).collect();
        if !connections.is_empty() {
            (self.hooks.left)(place.call, connections);
        }
    }
}
