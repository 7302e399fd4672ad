//! Nothing of the contract is left behind without a word.

use std::collections::HashSet;

use super::{Messages, Table};

#[test]
fn every_field_of_a_message_has_a_row_or_a_reason_why_it_has_none() {
    let (table, messages) = (Table::read().unwrap(), Messages::read().unwrap());
    let mut known: HashSet<(&str, &str)> = HashSet::new();
    for ((_, message), rows) in &table.structs {
        known.extend(rows.iter().map(|row| (*message, row.name)));
        // A flag that says what another field means.
        let flags = rows.iter().filter_map(|row| row.how.strip_prefix("when:"));
        known.extend(flags.map(|flag| (*message, flag)));
    }
    let reasoned: HashSet<_> = table.lacking.iter().map(|row| (row.message, row.field)).collect();
    let is_reasoned = |message: &str, field: &str| {
        let of_all = message.ends_with("Request") && reasoned.contains(&("*Request", field));
        of_all || reasoned.contains(&(message, field))
    };
    let of_plans: HashSet<&str> = table.structs.keys().map(|(_, message)| *message).collect();
    let mut silent = Vec::new();
    let mut compared = 0;
    for message in of_plans.iter().filter(|message| **message != "-") {
        for field in messages.names(message) {
            compared += 1;
            if !known.contains(&(*message, field)) && !is_reasoned(message, field) {
                silent.push(format!("{message}.{field}"));
            }
        }
    }
    silent.sort();
    assert!(silent.is_empty(), "neither a row nor a reason: {silent:?}");
    assert!(compared > 1000, "{compared}");
    for (message, field) in reasoned {
        assert!(!known.contains(&(message, field)), "{message}.{field} has a row and a reason");
        let is_there = message.starts_with('*') || messages.field(message, field).is_some();
        assert!(is_there, "there is no {message}.{field}");
    }
}
