//! The browser entry of the desk page.

fn main() {
    baton::app::hydrate_desk();
}
