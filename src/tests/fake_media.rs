//! A media server that keeps rooms and participants in memory, remembers what it was told to do and in which order, and
//! refuses nonsense.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use baton::server::ports::media_server::{
    Grant, MediaServer, MediaServerError, Participant, Permission, Room, Telephone, Track,
};
use tokio::sync::Semaphore;

#[derive(Debug, Default)]
pub struct FakeMediaServer(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    rooms: BTreeMap<String, Vec<Participant>>,
    owners: BTreeMap<String, String>,
    orders: Vec<String>,
    is_down: bool,
    /// How the orders begin that it refuses.
    refused: Vec<String>,
    /// Rooms that it was asked to delete, be they there or not.
    asked_to_delete: Vec<String>,
    /// Mutes wait for it.
    slow_mutes: Option<Arc<Semaphore>>,
}

impl FakeMediaServer {
    /// Somebody comes in with a token. Rooms do not begin by themselves.
    pub fn join(&self, token: &str) -> String {
        let mut state = self.lock();
        let field = |name: &str| {
            let value = token.split(' ').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
            value.unwrap_or_else(|| panic!("no {name} in token {token:?}")).to_owned()
        };
        let (room, identity) = (field("room"), field("identity"));
        let participants = state.rooms.get_mut(&room).unwrap_or_else(|| panic!("there is no room {room}"));
        // A second connection replaces the first.
        participants.retain(|participant| participant.identity != identity);
        let sid = format!("PA_{identity}_{}", participants.len());
        let permission = Permission { publish: field("publish") == "true", subscribe: field("subscribe") == "true" };
        participants.push(Participant { identity, sid: sid.clone(), permission, tracks: Vec::new(), telephone: None });
        sid
    }

    /// Somebody who is there turns out to be on this telephone.
    pub fn on_telephone(&self, room: &str, identity: &str, telephone: Telephone) {
        let mut state = self.lock();
        let participant = state.participant(room, identity).unwrap_or_else(|| panic!("{identity} is not in {room}"));
        participant.telephone = Some(telephone);
    }

    /// Somebody publishes their microphone.
    pub fn publish(&self, room: &str, identity: &str, muted: bool) {
        let mut state = self.lock();
        let participant = state.participant(room, identity).unwrap_or_else(|| panic!("{identity} is not in {room}"));
        assert!(participant.permission.publish, "{identity} may not publish in {room}");
        participant.tracks.push(Track { sid: format!("TR_{identity}"), muted });
    }

    /// Somebody opens the microphone that they publish.
    pub fn unmute(&self, room: &str, identity: &str) {
        let mut state = self.lock();
        let participant = state.participant(room, identity).unwrap_or_else(|| panic!("{identity} is not in {room}"));
        for track in &mut participant.tracks {
            track.muted = false;
        }
    }

    /// Somebody is gone, without a word.
    pub fn vanish(&self, room: &str, identity: &str) {
        if let Some(participants) = self.lock().rooms.get_mut(room) {
            participants.retain(|participant| participant.identity != identity);
        }
    }

    /// Whose microphone is open in a room.
    pub fn heard_in(&self, room: &str) -> Vec<String> {
        let mut state = self.lock();
        let participants = state.rooms.entry(room.to_owned()).or_default().clone();
        let open = |participant: &Participant| participant.tracks.iter().any(|track| !track.muted);
        participants.into_iter().filter(open).map(|participant| participant.identity).collect()
    }

    /// Who is in a room.
    pub fn people_in(&self, room: &str) -> Vec<String> {
        let participants = self.lock().rooms.get(room).cloned().unwrap_or_default();
        participants.into_iter().map(|participant| participant.identity).collect()
    }

    /// The connection of somebody in a room.
    pub fn connection(&self, room: &str, identity: &str) -> Option<String> {
        let state = self.lock();
        let participant = state.rooms.get(room)?.iter().find(|participant| participant.identity == identity)?;
        Some(participant.sid.clone())
    }

    pub fn has_room(&self, room: &str) -> bool {
        self.lock().rooms.contains_key(room)
    }

    /// A room that begins by itself when somebody comes with an old token.
    pub fn begin_room(&self, room: &str) {
        self.lock().rooms.insert(room.to_owned(), Vec::new());
    }

    /// What it was told to do since it was last asked, in order.
    pub fn take_orders(&self) -> Vec<String> {
        std::mem::take(&mut self.lock().orders)
    }

    /// It stops to answer, or does so again.
    pub fn set_down(&self, is_down: bool) {
        self.lock().is_down = is_down;
    }

    /// From now on it refuses orders that begin like this.
    pub fn refuse(&self, order: String) {
        self.lock().refused.push(order);
    }

    /// The rooms that it was asked to delete since it was last asked here.
    pub fn take_deletions(&self) -> Vec<String> {
        std::mem::take(&mut self.lock().asked_to_delete)
    }

    /// What somebody in a room may do.
    pub fn permission(&self, room: &str, identity: &str) -> Option<Permission> {
        self.lock().participant(room, identity).map(|participant| participant.permission)
    }

    /// From now on each mute waits for a permit of what this gives.
    pub fn slow_mutes(&self) -> Arc<Semaphore> {
        self.lock().slow_mutes.insert(Arc::new(Semaphore::new(0))).clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reach(&self) -> Result<MutexGuard<'_, State>, MediaServerError> {
        let state = self.lock();
        if state.is_down { Err(MediaServerError::Unreachable("it is down".into())) } else { Ok(state) }
    }

    fn reach_for(&self, order: &str) -> Result<MutexGuard<'_, State>, MediaServerError> {
        let state = self.reach()?;
        let is_refused = state.refused.iter().any(|refused| order.starts_with(refused));
        if is_refused { Err(MediaServerError::Refused("it does not want to".into())) } else { Ok(state) }
    }
}

impl State {
    fn participant(&mut self, room: &str, identity: &str) -> Option<&mut Participant> {
        self.rooms.get_mut(room)?.iter_mut().find(|participant| participant.identity == identity)
    }
}

#[async_trait]
impl MediaServer for FakeMediaServer {
    async fn create_room(&self, room: &str, owner: &str) -> Result<(), MediaServerError> {
        let mut state = self.reach()?;
        state.owners.insert(room.to_owned(), owner.to_owned());
        if !state.rooms.contains_key(room) {
            state.rooms.insert(room.to_owned(), Vec::new());
            state.orders.push(format!("create {room}"));
        }
        Ok(())
    }

    async fn delete_room(&self, room: &str) -> Result<(), MediaServerError> {
        let mut state = self.reach()?;
        state.asked_to_delete.push(room.to_owned());
        state.owners.remove(room);
        if state.rooms.remove(room).is_some() {
            state.orders.push(format!("delete {room}"));
        }
        Ok(())
    }

    async fn rooms(&self) -> Result<Vec<Room>, MediaServerError> {
        let state = self.reach()?;
        let owner = |name: &String| state.owners.get(name).cloned();
        Ok(state.rooms.keys().map(|name| Room { name: name.clone(), owner: owner(name) }).collect())
    }

    async fn participants(&self, room: &str) -> Result<Vec<Participant>, MediaServerError> {
        Ok(self.reach()?.rooms.get(room).cloned().unwrap_or_default())
    }

    async fn mute(&self, room: &str, identity: &str, track_sid: &str) -> Result<(), MediaServerError> {
        let gate = self.lock().slow_mutes.clone();
        if let Some(gate) = gate {
            gate.acquire().await.expect("it is never closed").forget();
        }
        let order = format!("mute {identity} in {room}");
        let mut state = self.reach_for(&order)?;
        let Some(participant) = state.participant(room, identity) else { return Ok(()) };
        for track in participant.tracks.iter_mut().filter(|track| track.sid == track_sid) {
            track.muted = true;
        }
        state.orders.push(order);
        Ok(())
    }

    async fn permit(&self, room: &str, identity: &str, permission: Permission) -> Result<(), MediaServerError> {
        let Permission { publish, subscribe } = permission;
        let order = format!("permit {identity} in {room}: publish={publish} subscribe={subscribe}");
        let mut state = self.reach_for(&order)?;
        let Some(participant) = state.participant(room, identity) else { return Ok(()) };
        participant.permission = permission;
        if !publish {
            participant.tracks.clear();
        }
        state.orders.push(order);
        Ok(())
    }

    async fn remove(&self, room: &str, identity: &str) -> Result<(), MediaServerError> {
        let order = format!("remove {identity} from {room}");
        let mut state = self.reach_for(&order)?;
        if let Some(participants) = state.rooms.get_mut(room) {
            participants.retain(|participant| participant.identity != identity);
        }
        state.orders.push(order);
        Ok(())
    }

    fn token(&self, grant: &Grant<'_>) -> Result<String, MediaServerError> {
        let Permission { publish, subscribe } = grant.permission;
        Ok(format!("room={} identity={} publish={publish} subscribe={subscribe}", grant.room, grant.identity))
    }

    fn hidden_token(&self, room: &str, identity: &str, _ttl: Duration) -> Result<String, MediaServerError> {
        Ok(format!("room={room} identity={identity} publish=false subscribe=true hidden=true"))
    }
}
