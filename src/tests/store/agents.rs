//! Agents.

use baton::server::store::agents;
use baton::server::store::agents::{Role, StoredAgent};
use baton_domain::agent::{Agent, AgentKind, PresenceChoice};
use baton_domain::time::Timestamp;
use sqlx::AnyConnection;

use super::desk::{NOW, later, person};
use super::on_each_database;
use crate::harness::id;

#[tokio::test]
async fn an_agent_is_found_as_they_were_stored() {
    on_each_database(async |_, db| {
        let ada = StoredAgent {
            agent: Agent { kind: AgentKind::Assistant, choice: PresenceChoice::Busy, ..person("ada", "Ada").agent },
            role: Role::Supervisor,
            choice_since: later(7),
            free_since: later(8),
        };
        agents::insert_new(db, &ada).await.expect("a new agent");
        assert_eq!(agents::find(db, &id("ada")).await.expect("read"), Some(ada));
        assert_eq!(agents::find(db, &id("nobody")).await.expect("read"), None);
    })
    .await;
}

#[tokio::test]
async fn agents_are_listed_by_name() {
    on_each_database(async |_, db| {
        agents::insert_new(db, &person("zoe", "Andrea")).await.expect("a new agent");
        let names: Vec<_> = agents::all(db).await.expect("read").into_iter().map(|stored| stored.agent.name).collect();
        assert_eq!(names, ["Alice", "Andrea", "Bob"]);
    })
    .await;
}

#[tokio::test]
async fn an_agent_who_is_there_stays_as_they_are() {
    on_each_database(async |_, db| {
        agents::insert_new(db, &person("alice", "Another Alice")).await.expect("no error");
        assert_eq!(agents::find(db, &id("alice")).await.expect("read"), Some(person("alice", "Alice")));
    })
    .await;
}

async fn chosen_since(db: &mut AnyConnection, choice: PresenceChoice, now: Timestamp) -> Timestamp {
    agents::choose(db, &id("alice"), choice, now).await.expect("stored");
    let alice = agents::find(db, &id("alice")).await.expect("read").expect("Alice");
    assert_eq!(alice.agent.choice, choice);
    alice.choice_since
}

#[tokio::test]
async fn a_choice_lasts_since_it_was_first_made() {
    on_each_database(async |_, db| {
        assert_eq!(chosen_since(db, PresenceChoice::Available, later(1)).await, NOW, "that is no change");
        assert_eq!(chosen_since(db, PresenceChoice::Away, later(2)).await, later(2));
        assert_eq!(chosen_since(db, PresenceChoice::Away, later(3)).await, later(2));
        assert_eq!(agents::find(db, &id("bob")).await.expect("read"), Some(person("bob", "Bob")));
    })
    .await;
}
