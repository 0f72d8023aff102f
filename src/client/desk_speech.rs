//! What this agent says, as their own browser recognises it, where the server asks for that.

use baton_domain::listening::transcribed_in;
use leptos::prelude::*;

use super::desk_store::DeskStore;
use super::reduce::DeskData;
use super::speech::recognise;
use super::speech_state::SpeechPlace;
use crate::api::speech::agent_said;

/// Recognises for as long as the desk is open, wherever what this agent says may become text.
pub fn recognise_speech(store: DeskStore) {
    let wanted = store.select(place);
    let wanted = Memo::new(move |_| wanted.get().flatten());
    recognise(store.media(), wanted, store.speech, |line| Box::pin(agent_said(line)));
}

fn place(data: &DeskData) -> Option<SpeechPlace> {
    let language = data.view.speech.clone()?.language;
    let call = &data.live()?.call;
    let leg = call.agent_legs().into_iter().find(|leg| leg.agent == data.view.me)?.leg;
    let room = transcribed_in(call, leg)?.to_string();
    Some(SpeechPlace { room, language })
}

#[cfg(test)]
mod tests {
    use baton_domain::browser_speech::BrowserSpeech;
    use baton_domain::desk_event::DeskEvent;
    use baton_domain::listening::{Listening, ListeningPolicy};
    use baton_domain::seat::RoomName;

    use super::*;
    use crate::client::desk_fixtures::Story;
    use crate::client::reduce::reduce;

    fn room_at(story: &Story, is_asked: bool, transcribe: bool) -> Option<String> {
        let mut view = story.view("alice");
        view.speech = is_asked.then(BrowserSpeech::default);
        view.calls[0].call.listening = Listening::under(ListeningPolicy { transcribe, ..ListeningPolicy::default() });
        let data = reduce(None, DeskEvent::View { view: Box::new(view) }).expect("a desk");
        place(&data).map(|place| place.room)
    }

    #[test]
    fn an_agent_is_recognised_where_they_are_heard_and_only_where_that_is_asked_for() {
        let (talking, consulting) = (Story::talking(), Story::consulting());
        let call = RoomName::Call(talking.call.id).to_string();
        let consult = RoomName::Consult(consulting.call.transfer_id().expect("open")).to_string();
        assert_eq!(room_at(&talking, true, true), Some(call));
        assert_eq!(room_at(&consulting, true, true), Some(consult), "and nothing for the caller on hold");
        assert_eq!(room_at(&talking, false, true), None);
        assert_eq!(room_at(&talking, true, false), None);
    }
}
