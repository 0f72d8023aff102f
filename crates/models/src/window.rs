//! Which lines of a long call are sent: its beginning, where the reason is, its end, where it stands now, and between them the
//! lines that the local summariser found worth citing.

use std::collections::BTreeSet;

/// Of the room there is, for the beginning.
const HEAD: f64 = 0.2;
/// For the lines that matter between beginning and end.
const KEY: f64 = 0.3;
/// What a line costs besides its text: number, speaker, brackets.
const LINE_OVERHEAD: u32 = 10;

/// An estimate that errs upwards: a token is four letters in English, and one in Chinese, which has three bytes.
pub fn tokens(text: &str) -> u32 {
    u32::try_from(text.len() / 3).unwrap_or(u32::MAX).saturating_add(1)
}

pub fn line_tokens(text: &str) -> u32 {
    tokens(text).saturating_add(LINE_OVERHEAD)
}

/// The positions of the lines that are sent, in order. `costs` are the lines' tokens, `key` the positions that matter.
pub fn choose(costs: &[u32], key: &BTreeSet<usize>, room: u32) -> BTreeSet<usize> {
    let all: u64 = costs.iter().map(|cost| u64::from(*cost)).sum();
    if all <= u64::from(room) {
        return (0..costs.len()).collect();
    }
    let room = f64::from(room);
    let mut chosen = BTreeSet::new();
    let mut left = fill(&mut chosen, 0..costs.len(), costs, room * HEAD);
    left += fill(&mut chosen, key.iter().copied(), costs, room * KEY);
    let tail = room - room * HEAD - room * KEY + left;
    fill(&mut chosen, (0..costs.len()).rev(), costs, tail);
    chosen
}

/// Adds lines as long as there is room, and gives back what is left of it.
fn fill(chosen: &mut BTreeSet<usize>, lines: impl Iterator<Item = usize>, costs: &[u32], room: f64) -> f64 {
    let mut left = room;
    for at in lines {
        let Some(cost) = costs.get(at).copied().map(f64::from) else { continue };
        if chosen.contains(&at) {
            continue;
        }
        if cost > left {
            break;
        }
        chosen.insert(at);
        left -= cost;
    }
    left
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_short_call_is_sent_whole() {
        assert_eq!(choose(&[10; 5], &BTreeSet::new(), 50).len(), 5);
    }

    #[test]
    fn a_long_call_keeps_its_beginning_its_end_and_what_matters() {
        let chosen = choose(&vec![10; 10_000], &BTreeSet::from([3, 5_000, 5_001]), 1_000);
        assert!(chosen.contains(&0) && chosen.contains(&19) && !chosen.contains(&20));
        assert!(chosen.contains(&5_000) && chosen.contains(&5_001) && !chosen.contains(&5_002));
        assert!(chosen.contains(&9_999) && chosen.len() == 100, "{}", chosen.len());
    }

    proptest! {
        #[test]
        fn it_never_costs_more_than_there_is_room(
            costs in proptest::collection::vec(1_u32..200, 0..300),
            key in proptest::collection::btree_set(0_usize..400, 0..50),
            room in 0_u32..20_000,
        ) {
            let chosen = choose(&costs, &key, room);
            prop_assert!(chosen.iter().map(|at| costs[*at]).sum::<u32>() <= room);
        }
    }
}
