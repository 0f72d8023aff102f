//! Parts of a view that change, in a box. A closure as it stands is a type of its own, and each brings its own copy of all
//! the code that shows, takes over and changes it: more than two KB apiece in every page that has them.

use leptos::prelude::*;

/// A function that a view follows.
pub type Changing<T> = Box<dyn FnMut() -> T + Send>;

/// Words that change.
pub fn text<T: Into<String>>(words: impl Fn() -> T + Send + 'static) -> Changing<String> {
    Box::new(move || words().into())
}

/// An attribute that changes, or comes and goes.
pub fn mark(value: impl Fn() -> Option<&'static str> + Send + 'static) -> Changing<Option<&'static str>> {
    Box::new(value)
}

/// A part that changes as a whole.
pub fn part(view: impl Fn() -> AnyView + Send + 'static) -> Changing<AnyView> {
    Box::new(view)
}
