//! The browser entry of the caller page.

fn main() {
    baton::app::hydrate_caller();
}
