//! Which name was meant by one that is nearly right.

/// How many letters may be wrong before a name is another one altogether.
const FAR: usize = 3;

/// The known name with the fewest letters changed, if one is near.
pub(super) fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    known
        .into_iter()
        .map(|known| (distance(name, known), known))
        .filter(|(distance, _)| *distance <= FAR)
        .min()
        .map(|(_, known)| known)
}

/// How many letters to insert, remove or change (Levenshtein), one row of the table at a time.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, from) in from.chars().enumerate() {
        let mut diagonal = line;
        row[0] = line + 1;
        for (column, &to) in to.iter().enumerate() {
            let changed = diagonal + usize::from(from != to);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_letters_to_change() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("same", "same"), 0);
    }

    #[test]
    fn a_near_miss_finds_its_name_and_a_far_one_none() {
        let known = ["LISTEN", "DRAIN_TIMEOUT"];
        assert_eq!(nearest("LISEN", known), Some("LISTEN"));
        assert_eq!(nearest("DRAIN_TIME_OUT", known), Some("DRAIN_TIMEOUT"));
        assert_eq!(nearest("WORKERS", known), None);
    }
}
