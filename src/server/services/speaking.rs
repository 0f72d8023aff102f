//! Briefings read aloud to the target of a transfer: who may ask for it, what is said, and how far it is.

use baton_domain::briefing::PreparedBriefing;
use baton_domain::call::Call;
use baton_domain::ids::{CallId, TransferId};
use baton_domain::machine::{Command, Event, Fact};
use baton_domain::seat::consult_room;
use baton_domain::spoken::{SpeechFailure, SpokenState, Voice, identity, state_in, voice};
use baton_domain::transfer::Transfer;
use baton_redaction::{Kinds, Outgoing, Redacted, Redactor};
use baton_speaking::{LONGEST_TEXT, Speaker};

use super::Request;
use super::briefings::of_transfer;
use crate::server::error::ServiceError;
use crate::server::ports::briefing_writer::Sent;
use crate::server::ports::media_server::{Grant, Permission, TOKEN_TTL};
use crate::server::state::App;

/// Briefings read aloud.
pub struct Speaking<'a>(pub(crate) &'a App);

/// What is to be read aloud.
#[derive(Debug)]
pub struct Script {
    /// The text that leaves.
    pub text: Outgoing,
    /// Of how many statements it is made.
    statements: usize,
    /// Whether personal data is taken out at all.
    is_redacted: bool,
    /// How many pieces of it were taken out.
    taken_out: usize,
}

impl Speaking<'_> {
    /// Whoever reads aloud, where there is somebody.
    pub fn speaker(&self) -> Option<&Speaker> {
        self.0.speaker.as_ref()
    }

    /// Whether a command can be carried out here at all: without anybody who speaks, nobody asks for it.
    pub(super) fn check(&self, command: &Command) -> Result<(), ServiceError> {
        if *command == Command::SpeakBriefing && self.speaker().is_none() {
            return Err(ServiceError::NotFound("provider of speech"));
        }
        Ok(())
    }

    /// The voice takes its place. Nothing when it is wanted no more, or when another one broke off: it would be heard twice.
    pub async fn begin(&self, call: CallId, transfer: TransferId) -> Result<Option<Voice>, ServiceError> {
        let found = self.0.calls().find(call).await?;
        let Some(wanted) = voice(&found).filter(|voice| voice.transfer == transfer) else { return Ok(None) };
        if state_in(&found, transfer) == Some(SpokenState::Asked) {
            self.report(call, transfer, SpokenState::Speaking).await?;
            return Ok(Some(wanted));
        }
        self.report(call, transfer, SpokenState::Failed { why: SpeechFailure::CutOff }).await?;
        Ok(None)
    }

    /// How far it is.
    pub async fn report(&self, call: CallId, transfer: TransferId, state: SpokenState) -> Result<(), ServiceError> {
        let fact = Fact::BriefingVoice { transfer, state };
        self.0.change(&Request::plain(call, Event::Fact(fact))).await.map(drop)
    }

    /// What is to be said of a transfer, as far as it may leave; nothing when nobody knows anything yet.
    pub async fn script(&self, call: CallId, transfer: TransferId) -> Result<Option<Script>, ServiceError> {
        let briefing = of_transfer(self.0.briefings().of_call(call).await?, transfer)?.briefing;
        let found = self.0.calls().find(call).await?;
        let open =
            found.transfer().filter(|open| open.id == transfer).ok_or(ServiceError::NotFound("open transfer"))?;
        let kinds = if self.0.redacts(&found).await? { self.0.config.models.redacted } else { Kinds::NONE };
        Ok(script(open, &briefing, kinds))
    }

    /// The text is about to leave: written down before it does.
    pub async fn leaves(&self, call: CallId, transfer: TransferId, script: &Script) -> Result<(), ServiceError> {
        let Some(speaker) = self.speaker() else { return Err(ServiceError::NotFound("provider of speech")) };
        let sent = Sent {
            provider: speaker.config().name.clone(),
            model: speaker.config().model.clone(),
            lines: script.statements,
            is_redacted: script.is_redacted,
            taken_out: script.taken_out,
        };
        self.0.text_leaves(call, Some(transfer), &sent).await
    }

    /// A token for the voice's place in the consult room: it hears nothing there.
    pub async fn token(&self, call: CallId, transfer: TransferId) -> Result<String, ServiceError> {
        let found = self.0.calls().find(call).await?;
        voice(&found).filter(|voice| voice.transfer == transfer).ok_or(ServiceError::NoSeat)?;
        let room = consult_room(transfer);
        self.0.media.create_room(&room, &self.0.installation().await?.id).await?;
        let permission = Permission { publish: true, subscribe: false };
        let identity = identity(transfer).to_string();
        let grant = Grant { room: &room, identity: &identity, name: "Spoken briefing", permission, ttl: TOKEN_TTL };
        Ok(self.0.media.token(&grant)?)
    }
}

/// What the transferring agent wrote, and then their own briefing as it is, or each section with its title, as much as a provider
/// takes: all that fits whole.
fn script(transfer: &Transfer, briefing: &PreparedBriefing, kinds: Kinds) -> Option<Script> {
    let mut redactor = Redactor::new(kinds);
    let is_redacted = kinds != Kinds::NONE;
    let mut script = Script { text: Outgoing::default(), statements: 0, is_redacted, taken_out: 0 };
    for (title, words) in [("Reason", &transfer.reason), ("Note", &transfer.note)] {
        if !words.is_empty() {
            script.say(title, &redactor.redact(words));
        }
    }
    match &briefing.edit {
        Some(edit) => {
            for line in edit.text.as_str().lines().filter(|line| !line.trim().is_empty()) {
                script.say("", &redactor.redact(line.trim_start_matches(['-', '*', ' '])));
            }
        }
        None => {
            for (kind, section) in briefing.generated.sections() {
                for (number, statement) in section.statements().iter().enumerate() {
                    let title = if number == 0 { kind.title() } else { "" };
                    script.say(title, &redactor.redact(statement.text()));
                }
            }
        }
    }
    (script.statements > 0).then_some(script)
}

impl Script {
    fn say(&mut self, title: &'static str, words: &Redacted) {
        let is_ended = words.as_str().ends_with(['.', '!', '?']);
        let mut said = self.text.clone().and(title).and(if title.is_empty() { "" } else { ": " }).redacted(words);
        said = said.and(if is_ended { "\n" } else { ".\n" });
        if said.as_str().chars().count() <= LONGEST_TEXT {
            self.text = said;
            self.statements += 1;
            self.taken_out += words.taken_out().map(|(_, count)| count).sum::<usize>();
        }
    }
}

/// Whether this is the voice, in the consult room in which it is to speak: it has no seat, and nothing is enforced upon it.
pub fn is_wanted_voice(call: &Call, room: &str, identity_there: &str) -> bool {
    voice(call).is_some_and(|voice| {
        identity_there == identity(voice.transfer).to_string() && room == consult_room(voice.transfer)
    })
}
