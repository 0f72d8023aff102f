//! What rings at this desk: a transfer with all there is to know before accepting it, or a waiting call.

use baton_domain::call::{Call, CallState};
use baton_domain::desk_event::DeskCall;
use baton_domain::ids::CallId;
use baton_domain::time::{Span, Timestamp};
use baton_domain::transfer::{REASON_MAX, TransferState};
use leptos::prelude::*;

use crate::client::desk_actions::Action;
use crate::client::desk_commands::Pending;
use crate::client::desk_part::agent_name;
use crate::client::desk_store::DeskStore;
use crate::client::desk_words::{Status, ringing_until, transfer_status};
use crate::client::reduce::DeskData;
use crate::ui::call::microphone::MicrophoneTrouble;
use crate::ui::call::status::StatusLine;
use crate::ui::desk::timers::{Elapsed, Ring};
use crate::ui::format;
use crate::ui::kit::button::Button;

/// The reasons that are given most, to be said with one click.
const REASONS: [&str; 3] = ["busy", "on a break", "not my skill"];

/// What stands in the field "Reason" of what rings here, for the button and for the key.
#[derive(Clone, Copy)]
pub struct DeclineReason(RwSignal<String>);

impl DeclineReason {
    /// Makes it a context of this desk.
    pub fn provide() {
        provide_context(Self(RwSignal::default()));
    }

    /// The desk's.
    pub fn expect() -> Self {
        expect_context()
    }

    /// As it is sent.
    pub fn now(self) -> String {
        self.0.with_untracked(|reason| reason.trim().to_owned())
    }
}

/// How the offer came.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// A colleague consults first.
    Warm { from: String },
    /// A colleague has let go already.
    Cold { from: String },
    /// A transfer came to nothing, and the caller is rung for again.
    Returned,
    /// Somebody who waits.
    Waiting,
}

/// What is shown of an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Offer {
    call: CallId,
    caller: String,
    line: String,
    came: Timestamp,
    kind: Kind,
    reason: String,
    note: String,
    urgent: bool,
    until: Timestamp,
    whole: Span,
}

fn offer(data: &DeskData) -> Option<Offer> {
    let DeskCall { call, line_name, .. } = data.ringing()?;
    let rules = &data.view.rules;
    let plain = Offer {
        call: call.id,
        caller: call.caller.name.clone(),
        line: line_name.clone(),
        came: call.created_at,
        kind: if call.last_transfer.is_some() { Kind::Returned } else { Kind::Waiting },
        reason: String::new(),
        note: String::new(),
        urgent: is_urgent(call),
        until: ringing_until(call)?,
        whole: rules.ring_back,
    };
    let CallState::Transferring(transfer) = &call.state else { return Some(plain) };
    let from = agent_name(&data.view.agents, &transfer.transferring.agent);
    let is_cold = matches!(transfer.state, TransferState::BlindRinging { .. });
    Some(Offer {
        kind: if is_cold { Kind::Cold { from } } else { Kind::Warm { from } },
        reason: transfer.reason.clone(),
        note: transfer.note.clone(),
        whole: if transfer.urgent { rules.ring_back } else { rules.ring },
        ..plain
    })
}

fn is_urgent(call: &Call) -> bool {
    match &call.state {
        CallState::Transferring(transfer) => transfer.urgent,
        CallState::Offered { waiting, .. } => waiting.place == baton_domain::call::Place::Urgent,
        _ => false,
    }
}

/// The region "Incoming transfer", or "Incoming call".
#[component]
pub fn IncomingPanel() -> impl IntoView {
    let store = DeskStore::expect();
    let offer = store.select(offer);
    // A change of the countdown or of the urgency must not take the focus from whoever types a reason.
    let id = Memo::new(move |_| {
        offer.with(|offer| offer.as_ref()?.as_ref().map(|offer| (offer.call, offer.kind == Kind::Waiting)))
    });
    move || {
        id.get().map(|(call, is_plain)| {
            let offer = Signal::derive(move || offer.get().flatten());
            view! { <Incoming call is_plain offer /> }
        })
    }
}

#[component]
fn Incoming(call: CallId, is_plain: bool, offer: Signal<Option<Offer>>) -> impl IntoView {
    let store = DeskStore::expect();
    // Runs once it is on screen: from now on it counts as rung.
    Effect::new(move || store.offer_shown(call));
    let heading = if is_plain { "Incoming call" } else { "Incoming transfer" };
    let ringing = store.ringing();
    let status = Memo::new(move |_| {
        let call = ringing.get()?.call;
        store.knowing(|know| transfer_status(&call, know)).flatten()
    });
    let status_line = (!is_plain).then(|| {
        let status = Signal::derive(move || status.get().unwrap_or_else(Status::idle));
        view! { <StatusLine label="Transfer status" status /> }
    });
    view! {
        <section class="panel incoming" aria-labelledby="incoming-h" data-state="ringing">
            <header>
                <h2 id="incoming-h">{heading}</h2>
                {status_line}
                <Show when=move || offer.read().as_ref().is_some_and(|offer| offer.urgent)>
                    <span class="tag" data-state="urgent">
                        "Urgent"
                    </span>
                </Show>
            </header>
            <div class="body">
                <Party offer />
                <Note offer />
                <MicrophoneTrouble />
                <Answers call is_plain offer />
                <p class="muted small">{move || offer.get().map(|offer| what_follows(&offer))}</p>
            </div>
        </section>
    }
}

fn what_follows(offer: &Offer) -> String {
    let caller = &offer.caller;
    match &offer.kind {
        Kind::Warm { from } => format!("You talk to {from} first. {caller} hears nothing of it."),
        Kind::Cold { .. } | Kind::Returned => format!("You talk to {caller} at once. Until then they hear music."),
        Kind::Waiting => format!("You talk to {caller} at once."),
    }
}

#[component]
fn Party(offer: Signal<Option<Offer>>) -> impl IntoView {
    move || {
        let offer = offer.get()?;
        let who = match &offer.kind {
            Kind::Warm { from } | Kind::Cold { from } => format!("{}, from {from}", offer.caller),
            Kind::Returned | Kind::Waiting => offer.caller.clone(),
        };
        let kind = match offer.kind {
            Kind::Warm { .. } => "Warm transfer",
            Kind::Cold { .. } => "Cold transfer",
            Kind::Returned => "Back from a transfer",
            Kind::Waiting => "Waiting call",
        };
        let about = if offer.reason.is_empty() { kind.to_owned() } else { format!("{kind}: {}", offer.reason) };
        Some(view! {
            <div class="party">
                <span class="avatar big caller" aria-hidden="true">
                    {format::initial(&offer.caller)}
                </span>
                <div>
                    <h3 class="who">{who}</h3>
                    <p class="meta muted small">
                        {format!("{about}. {}. On the line for ", offer.line)}
                        <Elapsed since=offer.came label="Time on the line" />
                    </p>
                </div>
                <Ring until=offer.until whole=offer.whole label="Seconds left to answer" />
            </div>
        })
    }
}

#[component]
fn Note(offer: Signal<Option<Offer>>) -> impl IntoView {
    move || {
        let offer = offer.get().filter(|offer| !offer.note.is_empty())?;
        let from = match offer.kind {
            Kind::Warm { from } | Kind::Cold { from } => format!("Note from {from}"),
            Kind::Returned | Kind::Waiting => "Note".to_owned(),
        };
        Some(view! {
            <figure class="note-quote">
                <figcaption>{from}</figcaption>
                <blockquote>{offer.note}</blockquote>
            </figure>
        })
    }
}

#[component]
fn Answers(call: CallId, is_plain: bool, offer: Signal<Option<Offer>>) -> impl IntoView {
    let store = DeskStore::expect();
    let DeclineReason(reason) = DeclineReason::expect();
    // What stood there was about an offer before this one.
    reason.set(String::new());
    let label = Signal::derive(move || match offer.get() {
        Some(offer) if is_plain => format!("Answer {}", offer.caller),
        _ => "Accept".to_owned(),
    });
    let accept = Callback::new(move |()| store.accept_ringing());
    let decline = Callback::new(move |()| store.decline_ringing(DeclineReason(reason).now()));
    let is_answering =
        move || store.is_pending(&Pending::Action(Action::Accept)) || store.is_pending(&Pending::Answer(call));
    view! {
        <div class="answer-row">
            <Button
                label
                icon="phone"
                class="answer large"
                keys="A"
                on_click=accept
                busy=Signal::derive(is_answering)
            />
            <div class="decline">
                <div class="field">
                    <label for="decline-reason">"Reason"</label>
                    <input
                        id="decline-reason"
                        maxlength=REASON_MAX
                        placeholder="on a break …"
                        autocomplete="off"
                        list="decline-reasons"
                        bind:value=reason
                    />
                    <datalist id="decline-reasons">
                        {REASONS.map(|reason| view! { <option value=reason></option> }).collect_view()}
                    </datalist>
                </div>
                <Button
                    label="Decline"
                    keys="D"
                    on_click=decline
                    busy=Signal::derive(move || store.is_pending(&Pending::Action(Action::Decline)))
                />
            </div>
        </div>
    }
}
