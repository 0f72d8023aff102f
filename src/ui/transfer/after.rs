//! The card after a transfer, for both agents: what the caller heard, measured in the caller's page, and what happened.

use baton_domain::call::CallerLeg;
use baton_domain::desk_event::{DeskCall, TimelineEntry};
use baton_domain::ids::{AgentId, TransferId};
use baton_domain::time::{Span, Timestamp};
use leptos::prelude::*;

use crate::client::desk_endings::{Ending, ending, is_in_consult};
use crate::client::desk_part::agent_name;
use crate::client::desk_store::DeskStore;
use crate::client::desk_timeline::{Line, Sounded, Stretch, lines, stretches};
use crate::client::desk_words::{Knowledge, Status, transfer_status};
use crate::client::reduce::DeskData;
use crate::ui::call::status::StatusLine;
use crate::ui::format;
use crate::ui::kit::icon::Icon;

/// A silence that nobody notices.
const UNNOTICED: Span = Span(20);
/// A page tells what it measured when the transfer is over. What it has not told after this, it will not tell.
const TOLD_WITHIN: Span = Span::seconds(10);

/// What the card shows.
#[derive(Clone, Debug, PartialEq)]
struct Card {
    transfer: TransferId,
    heading: &'static str,
    status: Status,
    caller: String,
    agent: String,
    target: String,
    silence: Option<Span>,
    ears: Ears,
    heard: Vec<Stretch>,
    started_at: Timestamp,
    ended_at: Option<Timestamp>,
    lines: Vec<Line>,
}

/// What the caller hears with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ears {
    /// A page, which measures.
    Page,
    /// The server plays them.
    Simulated,
    /// A telephone, or whatever else has no page.
    Phone,
}

impl Ears {
    fn of(caller: &CallerLeg) -> Self {
        match caller {
            CallerLeg { is_simulated: true, .. } => Self::Simulated,
            CallerLeg { needs_music: true, .. } => Self::Phone,
            _ => Self::Page,
        }
    }
}

/// What is known of the caller's longest silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Measured {
    /// So long.
    Longest(Span),
    /// The transfer goes on, or the caller's page is about to tell.
    NotYet,
    /// Nobody listens with a simulated caller's ears.
    Simulated,
    /// Nor with a phone's.
    Phone,
    /// The page has not told: the browser held its sound back, or it was closed.
    Never,
}

impl Measured {
    fn of(card: &Card, now: Timestamp) -> Self {
        match (card.silence, card.ears, card.ended_at) {
            (Some(longest), ..) => Self::Longest(longest),
            (None, Ears::Simulated, _) => Self::Simulated,
            (None, Ears::Phone, _) => Self::Phone,
            (None, Ears::Page, Some(ended_at)) if now >= ended_at.plus(TOLD_WITHIN) => Self::Never,
            (None, Ears::Page, _) => Self::NotYet,
        }
    }
}

/// The transfer to look back on: the one this agent has handed over, or has taken over.
fn card(data: &DeskData) -> Option<Card> {
    let me = &data.view.me;
    if data.ringing().is_some() || data.live().is_some_and(|live| is_in_consult(&live.call, me)) {
        return None;
    }
    let shown = data.live().or(data.finished.as_ref())?;
    let ending = ending(&shown.call, me)?;
    make(data, shown, &ending)
}

fn make(data: &DeskData, shown: &DeskCall, ending: &Ending) -> Option<Card> {
    let view = &data.view;
    let know = Knowledge { me: &view.me, agents: &view.agents, rules: &view.rules };
    let name = |id: &AgentId| agent_name(&view.agents, id);
    let of_it: Vec<TimelineEntry> =
        shown.timeline.iter().filter(|entry| entry.happening.transfer == Some(ending.transfer)).cloned().collect();
    let until = ending.ended_at.or(of_it.last().map(|entry| entry.at))?;
    let silence = shown.silence.as_ref().filter(|report| report.transfer == ending.transfer);
    let heading = match (ending.completed, ending.target == view.me) {
        (true, true) => "Taken over",
        (true, false) => "Handed over",
        (false, _) => "Transfer",
    };
    Some(Card {
        transfer: ending.transfer,
        heading,
        status: transfer_status(&shown.call, know)?,
        caller: shown.call.caller.name.clone(),
        agent: name(&ending.transferring),
        target: name(&ending.target),
        silence: silence.map(|report| report.longest),
        ears: Ears::of(&shown.call.caller),
        heard: stretches(&shown.timeline, ending.transfer, until),
        started_at: ending.started_at,
        ended_at: ending.ended_at,
        lines: lines(&of_it, &shown.call.caller.name, know),
    })
}

/// The card after a transfer.
#[component]
pub fn AfterCard() -> impl IntoView {
    let store = DeskStore::expect();
    let card = store.select(card);
    let card = Memo::new(move |_| card.get().flatten().filter(|card| !store.is_put_away(card.transfer)));
    let is_shown = Memo::new(move |_| card.read().is_some());
    let status = Memo::new(move |_| card.get().map_or_else(Status::idle, |card| card.status));
    let put_away = move |_| {
        if let Some(card) = card.get_untracked() {
            store.put_transfer_away(card.transfer);
        }
    };
    view! {
        <Show when=move || is_shown.get()>
            <section class="panel after" aria-labelledby="after-h" data-state=move || status.read().state>
                <header>
                    <h2 id="after-h">{move || card.with(|card| card.as_ref().map(|card| card.heading))}</h2>
                    <StatusLine label="Transfer status" status />
                    <button
                        type="button"
                        class="quiet square small push"
                        aria-label="Dismiss"
                        on:click=put_away
                    >
                        <Icon name="close" />
                    </button>
                </header>
                {move || card.get().map(|card| view! { <Body card /> })}
            </section>
        </Show>
    }
}

#[component]
fn Body(card: Card) -> impl IntoView {
    let legend = [
        ("accent", card.agent.clone()),
        ("hold", "Music".to_owned()),
        ("live", "All three".to_owned()),
        ("consult", card.target.clone()),
    ]
    .map(|(tone, words)| view! { <span class="pill" data-tone=tone>{words}</span> })
    .collect_view();
    let started = card.started_at;
    let timeline = card
        .lines
        .iter()
        .map(|line| {
            view! {
                <li data-tone=line.tone>
                    <time>{format::duration(line.at.since(started))}</time>
                    <span>{line.text.clone()}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="body">
            <Silence card=card.clone() />
            <HeardBar card=card.clone() />
            <p class="legend">{legend}</p>
            <ol class="timeline">{timeline}</ol>
        </div>
    }
}

/// The longest silence, or why there is none to show.
#[component]
fn Silence(card: Card) -> impl IntoView {
    let clock = DeskStore::expect().clock;
    let caller = card.caller.clone();
    let measured = Memo::new(move |_| Measured::of(&card, clock.now()));
    move || {
        let not_measured = |why: &str| format!("{caller}'s longest silence was not measured: {why}.");
        let words = match measured.get() {
            Measured::Longest(longest) => return view! { <Longest caller=caller.clone() longest /> }.into_any(),
            Measured::NotYet => format!("{caller}'s page is measuring the longest silence …"),
            Measured::Simulated => not_measured("the server plays this caller"),
            Measured::Phone => {
                format!("{caller} is on a phone or in another program: what is heard there is not measured.")
            }
            Measured::Never => not_measured("the caller's page told nothing, or could not play all of the sound"),
        };
        view! {
            <p class="figure">
                <span class="muted">{words}</span>
            </p>
        }
        .into_any()
    }
}

/// Pauses between two sentences are none: the page counts while nobody is on the line, from one voice to the music and
/// back, and says so.
#[component]
fn Longest(caller: String, longest: Span) -> impl IntoView {
    let state = if longest <= UNNOTICED { "ok" } else { "warning" };
    view! {
        <p class="figure" data-state=state>
            <span>{format!("{caller}'s longest silence: ")}</span>
            <data value=longest.0.to_string()>{format!("{} ms", longest.0)}</data>
            <span class="muted small">{format!(" (measured in {caller}'s tab while nobody was on the line)")}</span>
        </p>
    }
}

/// How wide the bar is, in units of its own.
const BAR: i64 = 1000;
/// How much of it is left for whoever has the caller since.
const SINCE: i64 = 120;

/// What the caller heard, from left to right.
#[component]
fn HeardBar(card: Card) -> impl IntoView {
    let whole: i64 = card.heard.iter().map(|stretch| stretch.lasted.0).sum::<i64>().max(1);
    let goes_on = card.heard.last().is_some_and(|last| last.what == Sounded::Target);
    let room = if goes_on { BAR - SINCE } else { BAR };
    let mut before = 0;
    let parts = card
        .heard
        .iter()
        .map(|stretch| {
            let x = before * room / whole;
            before += stretch.lasted.0;
            let end = if stretch.what == Sounded::Target { BAR } else { before * room / whole };
            view! { <rect data-kind=stretch.what.name() x=x y="0" width=(end - x).max(0) height="10" /> }
        })
        .collect_view();
    let said = card.heard.iter().map(|stretch| match stretch.what {
        Sounded::Agent => format!("{} for {}", card.agent, format::duration(stretch.lasted)),
        Sounded::Music => format!("music for {}", format::duration(stretch.lasted)),
        Sounded::All => format!("everybody for {}", format::duration(stretch.lasted)),
        Sounded::Target => format!("{} since", card.target),
    });
    let words = format!("{} heard {}", card.caller, said.collect::<Vec<_>>().join(", "));
    (!card.heard.is_empty()).then(|| {
        view! {
            <svg
                class="heard"
                viewBox=format!("0 0 {BAR} 10")
                preserveAspectRatio="none"
                role="img"
                aria-label=words
            >
                {parts}
            </svg>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::desk_fixtures::Story;

    fn card() -> Card {
        Card {
            transfer: "01890000-0000-7000-8000-000000000007".parse().expect("an id"),
            heading: "Handed over",
            status: Status::idle(),
            caller: "Carol".to_owned(),
            agent: "Alice".to_owned(),
            target: "Bob".to_owned(),
            silence: None,
            ears: Ears::Page,
            heard: Vec::new(),
            started_at: Timestamp(0),
            ended_at: None,
            lines: Vec::new(),
        }
    }

    #[test]
    fn only_a_page_has_ears_that_measure() {
        let caller = Story::talking().call.caller;
        assert_eq!(Ears::of(&caller), Ears::Page);
        let phone = CallerLeg { needs_music: true, ..caller };
        assert_eq!(Ears::of(&phone), Ears::Phone);
        assert_eq!(Ears::of(&CallerLeg { is_simulated: true, ..phone }), Ears::Simulated);
    }

    #[test]
    fn a_silence_that_nobody_measures_is_not_waited_for() {
        let at = Timestamp(60_000);
        assert_eq!(Measured::of(&card(), at), Measured::NotYet, "the transfer goes on");
        let over = Card { ended_at: Some(at), ..card() };
        for (ears, measured) in [(Ears::Simulated, Measured::Simulated), (Ears::Phone, Measured::Phone)] {
            assert_eq!(Measured::of(&Card { ears, ..card() }, at), measured);
            assert_eq!(Measured::of(&Card { ears, ..over.clone() }, at.plus(TOLD_WITHIN)), measured);
        }
        assert_eq!(Measured::of(&over, at.plus(Span::seconds(1))), Measured::NotYet, "it is on its way");
        assert_eq!(Measured::of(&over, at.plus(TOLD_WITHIN)), Measured::Never);
        let told = Card { silence: Some(Span(12)), ..over };
        assert_eq!(Measured::of(&told, at.plus(TOLD_WITHIN)), Measured::Longest(Span(12)));
    }
}
