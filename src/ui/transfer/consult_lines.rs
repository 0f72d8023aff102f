//! What the two agents have said to each other in private, as far as it was transcribed. Nobody else sees it.

use baton_domain::transcript::{Segment, Speaker};
use leptos::prelude::*;

use crate::client::desk_store::DeskStore;
use crate::client::reduce::DeskData;

/// The lines of the transfer that is open at this desk.
fn lines(data: &DeskData) -> Vec<Segment> {
    let transfer = data.live().and_then(|live| live.call.transfer_id());
    let consult = data.view.consults.iter().find(|consult| Some(consult.transfer) == transfer);
    consult.map(|consult| consult.lines.clone()).unwrap_or_default()
}

/// The list of them; nothing while there are none.
#[component]
pub fn ConsultLines() -> impl IntoView {
    let store = DeskStore::expect();
    let said = store.select(lines);
    let said = Memo::new(move |_| said.get().unwrap_or_default());
    let name = move |speaker: &Speaker| match speaker {
        Speaker::Agent(agent) => store.name(agent),
        Speaker::Caller => String::new(),
    };
    view! {
        <Show when=move || !said.read().is_empty()>
            <div class="scroll" role="log" aria-label="Between you two" tabindex="0">
                <ol class="lines">
                    <For each=move || said.get() key=|line| (line.number, line.is_final, line.text.clone()) let(line)>
                        <li data-speaker="agent" data-interim=(!line.is_final).then_some("")>
                            <strong>{name(&line.speaker)}</strong>
                            <p>{line.text.to_string()}</p>
                        </li>
                    </For>
                </ol>
            </div>
        </Show>
    }
}
