//! Which letters hold a key, the newest last.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// The keys are hashes already.
#[derive(Debug, Clone, Default)]
struct Plain(u64);

impl Hasher for Plain {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }
    fn write_u32(&mut self, n: u32) {
        // The table looks at the highest bits and at the lowest.
        self.0 = u64::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// Most keys have one letter.
#[derive(Debug, Clone, PartialEq)]
enum List {
    One([u32; 1]),
    Many(Vec<u32>),
}

impl List {
    fn slots(&self) -> &[u32] {
        match self {
            Self::One(slot) => slot,
            Self::Many(slots) => slots,
        }
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct Postings {
    lists: HashMap<u32, List, BuildHasherDefault<Plain>>,
}

impl Postings {
    /// Adds a letter that is newer than all before it.
    pub fn add(&mut self, key: u32, slot: u32) {
        self.lists
            .entry(key)
            .and_modify(|list| match list {
                List::One([first]) if *first == slot => {}
                List::One([first]) => *list = List::Many(vec![*first, slot]),
                List::Many(slots) if slots.last() == Some(&slot) => {}
                List::Many(slots) => slots.push(slot),
            })
            .or_insert(List::One([slot]));
    }

    pub fn remove(&mut self, key: u32, slot: u32) {
        let Some(list) = self.lists.get_mut(&key) else { return };
        match list {
            List::One(only) => {
                if only[0] == slot {
                    self.lists.remove(&key);
                }
            }
            List::Many(slots) => {
                if let Ok(at) = slots.binary_search(&slot) {
                    slots.remove(at);
                }
                if let [only] = slots[..] {
                    *list = List::One([only]);
                }
            }
        }
    }

    /// The newest letters of a key.
    pub fn newest(&self, key: u32, most: usize) -> &[u32] {
        self.lists.get(&key).map_or(&[], |list| {
            let slots = list.slots();
            &slots[slots.len().saturating_sub(most)..]
        })
    }

    pub fn bytes(&self) -> usize {
        let long = |list: &List| if let List::Many(slots) = list { slots.capacity() * 4 + 16 } else { 0 };
        self.lists.capacity() * (size_of::<(u32, List)>() + 1) + self.lists.values().map(long).sum::<usize>()
    }
}
