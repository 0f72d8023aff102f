//! The browser entry of the home page.

fn main() {
    baton::app::hydrate_home();
}
