//! Who may hear which of our tracks, in the form in which the server wants to know it.

use std::collections::BTreeMap;

use livekit_protocol as proto;

use crate::options::Audience;

/// What the server takes for granted while nothing is said.
pub(crate) fn everybody() -> proto::SubscriptionPermission {
    proto::SubscriptionPermission { all_participants: true, track_permissions: Vec::new() }
}

/// The permission for these tracks by their ids, in a room with these others. The server knows only "everybody may hear
/// everything" or a list of who may hear what; so once one track is not for everybody, those who may hear the others are named.
/// A track without an id yet is nobody's: whoever subscribes before it has one must not hear it.
pub(crate) fn permission<'a>(
    tracks: impl Iterator<Item = (Option<&'a str>, &'a Audience)>,
    others: &[&str],
) -> proto::SubscriptionPermission {
    let tracks: Vec<_> = tracks.collect();
    if tracks.iter().all(|(_, audience)| **audience == Audience::Everybody) {
        return everybody();
    }
    let mut by_identity: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (sid, audience) in tracks {
        let Some(sid) = sid else { continue };
        let hearers: Vec<&str> = match audience {
            Audience::Everybody => others.to_vec(),
            Audience::Only(identities) => identities.iter().map(String::as_str).collect(),
        };
        for identity in hearers {
            by_identity.entry(identity).or_default().push(sid.to_owned());
        }
    }
    let permission = |(identity, track_sids): (&str, Vec<String>)| proto::TrackPermission {
        participant_identity: identity.to_owned(),
        track_sids,
        ..Default::default()
    };
    let track_permissions = by_identity.into_iter().map(permission).collect();
    proto::SubscriptionPermission { all_participants: false, track_permissions }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(permission: &proto::SubscriptionPermission) -> Vec<(&str, Vec<&str>)> {
        assert!(permission.track_permissions.iter().all(|permission| !permission.all_tracks));
        let tracks = permission.track_permissions.iter();
        tracks
            .map(|one| (one.participant_identity.as_str(), one.track_sids.iter().map(String::as_str).collect()))
            .collect()
    }

    #[test]
    fn without_a_limit_everybody_may_hear_everything() {
        assert_eq!(permission([].into_iter(), &["ann"]), everybody());
        assert_eq!(permission([(Some("TR_1"), &Audience::Everybody)].into_iter(), &[]), everybody());
    }

    #[test]
    fn a_track_for_one_is_for_nobody_else_and_the_others_stay_audible() {
        let only_bob = Audience::Only(vec!["bob".into()]);
        let tracks = [(Some("TR_1"), &Audience::Everybody), (Some("TR_2"), &only_bob)];
        let permission = permission(tracks.into_iter(), &["ann", "bob"]);
        assert!(!permission.all_participants);
        assert_eq!(named(&permission), [("ann", vec!["TR_1"]), ("bob", vec!["TR_1", "TR_2"])]);
    }

    #[test]
    fn a_track_that_has_no_id_yet_is_closed_to_all() {
        let only_bob = Audience::Only(vec!["bob".into()]);
        let permission = permission([(None, &only_bob)].into_iter(), &["ann", "bob"]);
        assert!(!permission.all_participants);
        assert_eq!(named(&permission), []);
    }
}
