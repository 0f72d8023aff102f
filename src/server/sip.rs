//! What LiveKit's SIP service says of a telephone, in the attributes of its participant.

use std::collections::HashMap;

use baton_domain::text::one_line;

use super::ports::media_server::Telephone;

/// How far the telephone call is: `dialing`, `ringing`, `automation` (keys are being sent), `active`, `hangup`.
const STATUS: &str = "sip.callStatus";
/// The number, or whatever the other end gives for one.
const NUMBER: &str = "sip.phoneNumber";
/// The status in which somebody can talk.
const ACTIVE: &str = "active";
/// What is longer is no number, and nothing to show.
const LONGEST_NUMBER: usize = 40;

/// The telephone behind a participant of whom it is known whether the SIP service has brought it. Anybody may have such
/// attributes; only a telephone's are believed.
pub fn telephone(is_sip: bool, attributes: &HashMap<String, String>) -> Option<Telephone> {
    if !is_sip {
        return None;
    }
    let said = |name: &str| attributes.get(name).map(|value| one_line(value)).filter(|value| !value.is_empty());
    Some(Telephone {
        // A service that says nothing of it brings in nobody before they have answered.
        is_answered: said(STATUS).is_none_or(|status| status == ACTIVE),
        number: said(NUMBER).filter(|number| number.chars().count() <= LONGEST_NUMBER),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes(pairs: &[(&str, &str)]) -> HashMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_telephone_is_answered_when_its_call_is_active() {
        for (status, expected) in [
            ("active", true),
            ("ringing", false),
            ("dialing", false),
            ("automation", false),
            ("hangup", false),
            ("invented later", false),
            ("", true),
        ] {
            let telephone = telephone(true, &attributes(&[(STATUS, status)])).expect("a telephone");
            assert_eq!(telephone.is_answered, expected, "{status:?}");
        }
        assert!(telephone(true, &HashMap::new()).is_some_and(|telephone| telephone.is_answered));
    }

    #[test]
    fn a_number_is_what_can_be_shown() {
        let long = "1".repeat(41);
        for (given, expected) in [
            ("+15105550100", Some("+15105550100")),
            (" +1 510\n555 0100 ", Some("+1 510 555 0100")),
            ("anonymous", Some("anonymous")),
            ("", None),
            (" \u{0} ", None),
            (&*long, None),
        ] {
            let telephone = telephone(true, &attributes(&[(NUMBER, given)])).expect("a telephone");
            assert_eq!(telephone.number.as_deref(), expected, "{given:?}");
        }
        assert_eq!(telephone(true, &HashMap::new()).and_then(|telephone| telephone.number), None);
    }

    #[test]
    fn nobody_is_a_telephone_by_saying_so() {
        assert_eq!(telephone(false, &attributes(&[(STATUS, "active"), (NUMBER, "+15105550100")])), None);
    }
}
