//! Who hears whom, drawn: people in circles, rooms as frames, an arrow from a voice to an ear.

use baton_domain::call::RoomKind;
use leptos::prelude::*;

use crate::client::desk_hears::{Heard, Hearing, Hearings, Role, Rooms, Who};

/// How far an arrow ends from the middle of a circle.
const GAP: f64 = 26.0;
/// How far the two directions stand apart.
const APART: f64 = 6.0;
/// The size of an arrow's head.
const HEAD: (f64, f64) = (6.0, 4.0);
/// A name that fits into a circle.
const NAME_CHARS: usize = 7;

const SHARED: &str = "M26 64 226 20a16 16 0 0 1 12-2h28a20 20 0 0 1 20 20v28a20 20 0 0 1-16 20L110 144a20 20 0 0 1-12 4H34a20 20 0 0 1-20-20V82a20 20 0 0 1 12-18z";
const NOTE: &str = "v-11l9-2v11m-9 2a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zm9-2a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z";

const fn place(role: Role) -> (f64, f64) {
    match role {
        Role::Caller => (62.0, 104.0),
        Role::Agent => (238.0, 52.0),
        Role::Target => (238.0, 156.0),
    }
}

/// The drawing. The table beside it says the same in words, so that this is hidden from screen readers.
pub fn hears_map(hearings: &Hearings) -> impl IntoView + use<> {
    let edges = hearings.rows.iter().filter_map(edge).collect_view();
    let people = hearings.people.iter().map(node).collect_view();
    let music = [Role::Caller, Role::Agent, Role::Target]
        .into_iter()
        .filter(|role| hearings.hears_music(*role))
        .map(note)
        .collect_view();
    view! {
        <svg class="map" viewBox="0 0 300 194" aria-hidden="true">
            {frames(hearings.rooms)}
            {edges}
            {people}
            {music}
        </svg>
    }
}

fn edge(row: &Hearing) -> Option<impl IntoView + use<>> {
    let Heard::Voice(speaker, room) = &row.what else { return None };
    let kind = if *room == RoomKind::Consult { "consult" } else { "call" };
    let hears = if row.hears { "yes" } else { "no" };
    let d = arrow(place(speaker.role), place(row.listener.role), row.hears);
    Some(view! { <path class="edge" data-hears=hears data-kind=kind d=d /> })
}

fn arrow(from: (f64, f64), to: (f64, f64), with_head: bool) -> String {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy).max(1.0);
    let (ux, uy) = (dx / length, dy / length);
    let (nx, ny) = (-uy * APART, ux * APART);
    let a = (from.0 + ux * GAP + nx, from.1 + uy * GAP + ny);
    let b = (to.0 - ux * GAP + nx, to.1 - uy * GAP + ny);
    let line = format!("M{:.1} {:.1}L{:.1} {:.1}", a.0, a.1, b.0, b.1);
    if !with_head {
        return line;
    }
    let (long, wide) = HEAD;
    let left = (b.0 - ux * long - uy * wide, b.1 - uy * long + ux * wide);
    let right = (b.0 - ux * long + uy * wide, b.1 - uy * long - ux * wide);
    format!("{line}M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}", left.0, left.1, b.0, b.1, right.0, right.1)
}

fn node(who: &Who) -> impl IntoView + use<> {
    let (x, y) = place(who.role);
    let first = who.name.split_whitespace().next().unwrap_or_default();
    let name: String = if first.chars().count() > NAME_CHARS {
        first.chars().take(NAME_CHARS - 1).chain(['…']).collect()
    } else {
        first.to_owned()
    };
    view! {
        <g class="node" data-kind=who.role.name()>
            <circle cx=x cy=y r="21" />
            <text x=x y=y + 4.0>
                {name}
            </text>
        </g>
    }
}

/// A note beside whoever hears music.
fn note(role: Role) -> impl IntoView {
    let (x, y) = match role {
        Role::Caller => (60, 176),
        Role::Agent => (272, 44),
        Role::Target => (272, 186),
    };
    view! { <path class="music" d=format!("M{x} {y}{NOTE}") /> }
}

fn frames(rooms: Rooms) -> impl IntoView {
    match rooms {
        Rooms::None => ().into_any(),
        Rooms::CallerAlone => caller_room().into_any(),
        Rooms::CallerAndAgent => view! {
            <path class="room" data-kind="call" d=SHARED />
            <text class="room-name" x="24" y="52">
                "Call"
            </text>
        }
        .into_any(),
        Rooms::CallerAndTarget => view! {
            <path class="room" data-kind="call" transform="matrix(1 0 0 -1 0 208)" d=SHARED />
            <text class="room-name" x="24" y="51">
                "Call"
            </text>
        }
        .into_any(),
        Rooms::Consult => view! { {caller_room()} {consult_room()} }.into_any(),
        Rooms::ConsultAlone => consult_room().into_any(),
        Rooms::All => view! {
            <rect class="room" data-kind="call" x="14" y="18" width="272" height="172" rx="16" />
            <text class="room-name" x="24" y="11">
                "Call"
            </text>
        }
        .into_any(),
    }
}

fn caller_room() -> impl IntoView {
    view! {
        <rect class="room" data-kind="call" x="14" y="58" width="96" height="92" rx="16" />
        <text class="room-name" x="24" y="51">
            "Call"
        </text>
    }
}

fn consult_room() -> impl IntoView {
    view! {
        <rect class="room" data-kind="consult" x="190" y="18" width="96" height="172" rx="16" />
        <text class="room-name" x="200" y="11">
            "Consult"
        </text>
    }
}
