//! The pairs of a map, found by their keys. Who writes a post chooses how many there are.

use std::collections::HashMap;

use hookwright_gob::{Text, Value};

/// Where the pair of a key is. Of several with one key it is the first.
pub(super) struct Places {
    by_text: HashMap<Text, usize>,
    /// Keys that are no texts, which the maps of the contract do not have.
    others: Vec<(Value, usize)>,
}

impl Places {
    pub(super) fn of(pairs: &[(Value, Value)]) -> Self {
        let by_text = HashMap::with_capacity(pairs.len());
        let mut places = Self { by_text, others: Vec::new() };
        for (place, (key, _)) in pairs.iter().enumerate() {
            match key {
                Value::String(text) => drop(places.by_text.entry(text.clone()).or_insert(place)),
                other => places.others.push((other.clone(), place)),
            }
        }
        places
    }

    pub(super) fn get(&self, key: &Value) -> Option<usize> {
        match key {
            Value::String(text) => self.by_text.get(text).copied(),
            key => self.others.iter().find(|(other, _)| other == key).map(|(_, place)| *place),
        }
    }
}

/// Pairs with the places of their keys.
pub(super) struct Pairs<'a> {
    pairs: &'a [(Value, Value)],
    places: Places,
}

impl<'a> Pairs<'a> {
    pub(super) fn of(pairs: &'a [(Value, Value)]) -> Self {
        Self { pairs, places: Places::of(pairs) }
    }

    pub(super) fn get(&self, key: &Value) -> Option<&'a Value> {
        self.places.get(key).and_then(|place| self.pairs.get(place)).map(|(_, value)| value)
    }
}
