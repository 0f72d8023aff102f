//! What a caller's page says in each state.

use baton_domain::desk_event::CallerState;
use baton_domain::time::{Span, Timestamp};

use crate::ui::format::{duration, initial, names, ordinal};

/// One scene of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scene {
    /// The state's name, for looks and tests.
    pub state: &'static str,
    /// The state in a few words.
    pub status: String,
    /// What it means for the caller.
    pub detail: String,
    /// Who it is, or what stands for them.
    pub face: Face,
}

/// The picture in the middle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Face {
    /// From the sprite.
    Icon(&'static str),
    /// Somebody's initial.
    Letter(String),
}

/// What is known beside the state itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// Media is on its way back.
    pub is_reconnecting: bool,
    /// Who of those the caller talks to has muted themselves.
    pub muted: Vec<String>,
    /// Who handed the caller over.
    pub handed_over_by: Option<String>,
    /// The caller has left, and the server does not know it yet.
    pub has_left: bool,
    /// The caller may come back.
    pub may_rejoin: bool,
    /// Who is heard in this page; the server may know later that they are there.
    pub heard: Vec<String>,
}

/// The scene of a state.
pub fn scene(state: &CallerState, around: &Circumstances) -> Scene {
    let is_on = !matches!(state, CallerState::Ended { .. });
    if around.has_left && is_on {
        return Scene::new("left", "You left", UNTOLD, Face::Icon("check"));
    }
    if around.is_reconnecting && is_on {
        return Scene::new("reconnecting", "Reconnecting", RECONNECTING, Face::Icon("offline"));
    }
    match state {
        CallerState::Waiting { position: Some(position), .. } => {
            let status = format!("Waiting, {} in line", ordinal(*position));
            Scene::new("queued", status, WAITING, Face::Icon("music"))
        }
        CallerState::Waiting { position: None, .. } => {
            Scene::new("queued", "Waiting, an agent is being called", WAITING, Face::Icon("phone"))
        }
        CallerState::Answered { by, .. } if !around.heard.contains(by) => {
            let detail = [by, " has answered, and is with you in a moment."].concat();
            Scene::new("queued", ["Waiting for ", by].concat(), detail, Face::Letter(initial(by)))
        }
        CallerState::Answered { by, .. } => talking(std::slice::from_ref(by), around),
        CallerState::Talking { with, .. } => talking(with, around),
        CallerState::OnHold { by, consulting, .. } => {
            let what = if *consulting { " is speaking to a colleague." } else { " will be back with you." };
            Scene::new("on_hold", "On hold", ["Nobody can hear you. ", by, what].concat(), Face::Icon("hold"))
        }
        CallerState::Connecting { to, .. } => {
            let detail = "You keep your place, and you need not tell your story again.";
            Scene::new("connecting", ["Connecting you to ", to].concat(), detail, Face::Letter(initial(to)))
        }
        CallerState::AgentGone { agent, .. } => {
            let detail = "Their connection dropped. If they are not back soon, somebody else takes over.";
            Scene::new("agent_gone", ["Waiting for ", agent].concat(), detail, Face::Icon("offline"))
        }
        CallerState::Ended { by_caller, .. } => {
            let detail = match (by_caller, around.may_rejoin) {
                (true, true) => MAY_REJOIN,
                (true, false) => "You left.",
                (false, _) => "Thank you for calling.",
            };
            Scene::new("ended", "Call ended", detail, Face::Icon("check"))
        }
    }
}

/// The tone of a state that the style sheets know no tone for by itself.
pub fn tone(state: &str) -> Option<&'static str> {
    match state {
        "connecting" => Some("accent"),
        "agent_gone" => Some("hold"),
        _ => None,
    }
}

/// Since when, for the timer on screen.
pub fn since(state: &CallerState) -> Option<Timestamp> {
    match state {
        CallerState::Waiting { since, .. }
        | CallerState::Answered { since, .. }
        | CallerState::Talking { since, .. }
        | CallerState::OnHold { since, .. }
        | CallerState::Connecting { since, .. }
        | CallerState::AgentGone { since, .. } => Some(*since),
        CallerState::Ended { .. } => None,
    }
}

/// The tab's title: the state first, because a tab shows little.
pub fn title(scene: &Scene, time: Option<Span>) -> String {
    match time {
        Some(time) => [&scene.status, " ", &duration(time), " · Baton"].concat(),
        None => [&scene.status, " · Baton"].concat(),
    }
}

const WAITING: &str = "Somebody will be with you soon. Leave this page open.";
const RECONNECTING: &str = "The connection dropped. Your place is kept, and the call goes on by itself.";
const UNTOLD: &str = "Nobody hears you any more. The desk will be told as soon as it is reached.";
/// How long stands right below it, and runs.
const MAY_REJOIN: &str = "You left. Changed your mind? You keep your place for the time shown.";

fn talking(with: &[String], around: &Circumstances) -> Scene {
    let face = Face::Letter(with.first().map(|name| initial(name)).unwrap_or_default());
    Scene::new("talking", ["Talking to ", &names(with)].concat(), talking_detail(with, around), face)
}

fn talking_detail(with: &[String], around: &Circumstances) -> String {
    match (&around.muted[..], &around.handed_over_by, with) {
        ([_, ..], _, _) => {
            let have = if around.muted.len() == 1 { " has muted themselves." } else { " have muted themselves." };
            [&names(&around.muted), have].concat()
        }
        ([], Some(before), [now, ..]) => [before, " has handed you over. ", now, " knows your story."].concat(),
        _ => String::new(),
    }
}

impl Scene {
    fn new(state: &'static str, status: impl Into<String>, detail: impl Into<String>, face: Face) -> Self {
        Self { state, status: status.into(), detail: detail.into(), face }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SINCE: Timestamp = Timestamp(0);

    fn said(state: &CallerState) -> (String, String) {
        let scene = scene(state, &Circumstances::default());
        (scene.status, scene.detail)
    }

    #[test]
    fn waiting_says_the_place_in_line() {
        let (status, _) = said(&CallerState::Waiting { position: Some(2), since: SINCE });
        assert_eq!(status, "Waiting, 2nd in line");
    }

    #[test]
    fn who_has_answered_is_waited_for_until_they_are_heard() {
        let answered = CallerState::Answered { by: "Alice".into(), since: SINCE };
        let (status, detail) = said(&answered);
        assert_eq!(status, "Waiting for Alice");
        assert_eq!(detail, "Alice has answered, and is with you in a moment.");
        let around = Circumstances { heard: vec!["Alice".into()], ..Circumstances::default() };
        assert_eq!(scene(&answered, &around).status, "Talking to Alice");
    }

    #[test]
    fn on_hold_says_that_nobody_hears_and_what_the_agent_does() {
        let (status, detail) = said(&CallerState::OnHold { by: "Alice".into(), consulting: true, since: SINCE });
        assert_eq!(status, "On hold");
        assert_eq!(detail, "Nobody can hear you. Alice is speaking to a colleague.");
    }

    #[test]
    fn a_conference_names_everybody() {
        let (status, _) = said(&CallerState::Talking { with: vec!["Alice".into(), "Bob".into()], since: SINCE });
        assert_eq!(status, "Talking to Alice and Bob");
    }

    #[test]
    fn reconnecting_covers_everything_but_the_end() {
        let around = Circumstances { is_reconnecting: true, ..Circumstances::default() };
        let talking = CallerState::Talking { with: vec!["Alice".into()], since: SINCE };
        assert_eq!(scene(&talking, &around).state, "reconnecting");
        let ended = CallerState::Ended { at: SINCE, rejoin_until: SINCE, by_caller: false };
        assert_eq!(scene(&ended, &around).state, "ended");
    }

    #[test]
    fn who_has_left_is_told_so_whatever_the_server_still_says() {
        let around = Circumstances { has_left: true, is_reconnecting: true, ..Circumstances::default() };
        let talking = CallerState::Talking { with: vec!["Alice".into()], since: SINCE };
        let left = scene(&talking, &around);
        assert_eq!((left.state, &left.status[..]), ("left", "You left"));
        assert!(left.detail.ends_with("The desk will be told as soon as it is reached."), "{left:?}");
        let ended = CallerState::Ended { at: SINCE, rejoin_until: SINCE, by_caller: true };
        assert_eq!(scene(&ended, &around).state, "ended");
    }

    #[test]
    fn a_place_is_kept_for_as_long_as_one_may_come_back() {
        let ended = CallerState::Ended { at: SINCE, rejoin_until: SINCE, by_caller: true };
        let detail = |may_rejoin| scene(&ended, &Circumstances { may_rejoin, ..Circumstances::default() }).detail;
        assert!(detail(true).contains("You keep your place"));
        assert_eq!(detail(false), "You left.");
    }

    #[test]
    fn the_handed_over_caller_is_told_by_whom() {
        let around = Circumstances { handed_over_by: Some("Alice".into()), ..Circumstances::default() };
        let talking = CallerState::Talking { with: vec!["Bob".into()], since: SINCE };
        assert_eq!(scene(&talking, &around).detail, "Alice has handed you over. Bob knows your story.");
    }

    #[test]
    fn a_muted_agent_is_named() {
        let around = Circumstances { muted: vec!["Bob".into()], ..Circumstances::default() };
        let talking = CallerState::Talking { with: vec!["Bob".into()], since: SINCE };
        assert_eq!(scene(&talking, &around).detail, "Bob has muted themselves.");
    }
}
