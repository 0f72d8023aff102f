//! The three ways in, each in a tab of its own.

use baton_domain::agent::Agent;
use leptos::prelude::*;

use crate::ui::format::initial;
use crate::ui::kit::icon::Icon;

/// What the two first desks are for.
const PARTS: [(&str, &str); 2] =
    [("agent", "Answers first, then hands over."), ("target", "Takes over, and knows the story.")];

/// Two desks and the join link.
#[component]
pub fn Doors(
    /// Whose desks can be opened.
    agents: Vec<Agent>,
    /// The join link's path.
    join_path: Option<String>,
) -> impl IntoView {
    let desks = agents.into_iter().zip(PARTS).map(|(agent, (part, text))| {
        let href = ["/desk/", agent.id.as_str()].concat();
        let words = ["Open the desk as ", &agent.name].concat();
        view! { <Door href part letter=initial(&agent.name) words text /> }
    });
    let call = match join_path {
        Some(href) => {
            let text = "The join link any phone or laptop can open.";
            view! { <Door href part="caller" letter="C".to_owned() words="Call as a customer".to_owned() text /> }
                .into_any()
        }
        None => view! { <li><p>"No line is open just now, so nobody can call."</p></li> }.into_any(),
    };
    view! { <ol class="doors">{desks.collect_view()} {call}</ol> }
}

#[component]
fn Door(href: String, part: &'static str, letter: String, words: String, text: &'static str) -> impl IntoView {
    let face = ["avatar big ", part].concat();
    view! {
        <li>
            <a href=href target="_blank" rel="external">
                <span class=face aria-hidden="true">{letter}</span>
                {words}
                <Icon name="tab" />
            </a>
            <p>{text}</p>
        </li>
    }
}
