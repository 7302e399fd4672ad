//! What the steps may cost more than a direct call.

use super::Instructions;

/// How many more instructions than were seen are no fault: compilers differ, and processors are given
/// other ways to copy memory.
const MARGIN: f64 = 1.25;
const COPIES: f64 = 200.0;
/// How far two counts of the same code may be apart: copies take some instructions more or less where
/// the heap has placed things otherwise. A search among 10,000 takes more than that.
pub(crate) const ERROR: f64 = 40.0;

/// Parts of an allocation are those of tables that grow with the calls. One more is one too many.
const PARTS: f64 = 0.5;

/// Of each step, the instructions that it was seen to add (none of what runs on several threads), and
/// the allocations that it may add.
const ADDED: [(&str, Option<f64>, f64); 7] = [
    ("lookup", Some(90.0), 0.0),
    ("dispatch-async", Some(4210.0), 4.016),
    ("chain-1", Some(5159.0), 6.016),
    ("chain-4", Some(36_895.0), 45.064),
    ("chain-16", Some(157_111.0), 201.256),
    ("classify", Some(243.0), 0.0),
    ("decode-and-encode", Some(436.0), 2.0),
];

/// In which ways a step costs more than it may.
pub(super) fn faults(step: &str, instructions: Option<f64>, allocations: f64) -> Vec<String> {
    let mut faults = Vec::new();
    let Some((_, seen, most)) = ADDED.iter().find(|(of, ..)| *of == step) else { return faults };
    if let Some((added, seen)) = instructions.zip(*seen)
        && added > seen * MARGIN + COPIES
    {
        let most = seen * MARGIN + COPIES;
        faults.push(format!("{step} adds {added:.0} instructions, expected at most {most:.0}"));
    }
    if allocations > most + PARTS {
        faults.push(format!("{step} adds {allocations:.3} allocations, expected at most {most}"));
    }
    faults
}

/// Whether two counts are of the same code, as far as can be told.
pub(super) fn is_same(one: Instructions, other: Instructions) -> bool {
    let apart = (one.of_step - other.of_step).abs();
    apart <= (one.range + other.range).max(ERROR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_more_allocation_is_a_fault_and_a_few_more_instructions_are_none() {
        let (step, seen, most) = ADDED[1];
        assert!(faults(step, seen.map(|seen| seen * 1.1), most).is_empty());
        assert_eq!(faults(step, seen, most + 1.0).len(), 1);
        assert_eq!(faults(step, seen.map(|seen| seen * 1.4), most + 1.0).len(), 2);
    }

    #[test]
    fn what_a_lookup_would_add_is_not_the_same() {
        let count = |of_step| Instructions { of_step, range: 0.0 };
        assert!(is_same(count(4000.0), count(4002.0)));
        assert!(!is_same(count(4000.0), count(4100.0)));
    }
}
