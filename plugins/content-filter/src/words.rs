//! Looking for listed words in a text.

use regex::Regex;

/// What happens to a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Nothing listed is in it.
    Allow,
    /// It holds this listed phrase and is dropped.
    Dismiss(String),
    /// It holds this listed word and is refused.
    Reject(String),
    /// This takes its place.
    Replace(String),
}

/// Three lists of words, ready to be looked for.
///
/// Case does not matter, and only whole words count, except in scripts that do not put spaces
/// between words.
#[derive(Debug, Default)]
pub struct Words {
    dismissed: Vec<Listed>,
    rejected: Vec<Listed>,
    masked: Vec<Listed>,
}

#[derive(Debug)]
struct Listed {
    text: String,
    pattern: Regex,
}

impl Words {
    /// Makes the lists ready.
    ///
    /// # Errors
    ///
    /// An entry is blank (it would match everywhere).
    pub fn new(
        rejected: &[String],
        masked: &[String],
        dismissed: &[String],
    ) -> Result<Self, String> {
        Ok(Self {
            rejected: list("rejected_words", rejected)?,
            masked: list("masked_words", masked)?,
            dismissed: list("dismissed_phrases", dismissed)?,
        })
    }

    /// What happens to a text: a dismissed phrase counts before a rejected word, and that before a
    /// masked one.
    #[must_use]
    pub fn decide(&self, text: &str) -> Decision {
        let first = |list: &[Listed]| {
            list.iter().find(|listed| listed.pattern.is_match(text)).map(|found| found.text.clone())
        };
        if let Some(phrase) = first(&self.dismissed) {
            return Decision::Dismiss(phrase);
        }
        if let Some(word) = first(&self.rejected) {
            return Decision::Reject(word);
        }
        let mut masked = std::borrow::Cow::Borrowed(text);
        for listed in &self.masked {
            let stars = |found: &regex::Captures<'_>| "*".repeat(found[0].chars().count());
            if let std::borrow::Cow::Owned(changed) = listed.pattern.replace_all(&masked, stars) {
                masked = changed.into();
            }
        }
        match masked {
            std::borrow::Cow::Borrowed(_) => Decision::Allow,
            std::borrow::Cow::Owned(text) => Decision::Replace(text),
        }
    }

    /// How many are in each list.
    #[must_use]
    pub fn summary(&self) -> String {
        format!(
            "{} rejected, {} masked, {} dismissed",
            self.rejected.len(),
            self.masked.len(),
            self.dismissed.len()
        )
    }
}

fn list(name: &str, words: &[String]) -> Result<Vec<Listed>, String> {
    words
        .iter()
        .map(|word| {
            if word.trim().is_empty() {
                return Err(format!("{name} has a blank entry"));
            }
            let pattern = Regex::new(&pattern(word)).map_err(|fault| format!("{name}: {fault}"))?;
            Ok(Listed { text: word.clone(), pattern })
        })
        .collect()
}

/// The word as a pattern: whole words only, where the script has word boundaries at all.
fn pattern(word: &str) -> String {
    let edge = |edge: Option<char>| if edge.is_some_and(is_unspaced) { "" } else { r"\b" };
    let (first, last) = (word.chars().next(), word.chars().next_back());
    format!("(?i){}{}{}", edge(first), regex::escape(word), edge(last))
}

/// Whether a character is of a script that is written without spaces between words.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0E7F}'   // Thai
        | '\u{1100}'..='\u{11FF}' | '\u{3130}'..='\u{318F}' | '\u{AC00}'..='\u{D7AF}' // Hangul
        | '\u{3040}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}' | '\u{FF66}'..='\u{FF9F}' // kana
        | '\u{2E80}'..='\u{2FDF}' | '\u{3005}'..='\u{3007}' | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}') // Han
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(text: &str) -> Decision {
        let list = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
        Words::new(&list(&["idiot", "骗子"]), &list(&["damn", "ÇÜRÜK"]), &list(&["free gift card"]))
            .unwrap()
            .decide(text)
    }

    #[test]
    fn whole_words_count_in_any_case() {
        assert_eq!(decide("You IDIOT!"), Decision::Reject("idiot".into()));
        assert_eq!(decide("idiotic"), Decision::Allow);
    }

    #[test]
    fn scripts_without_spaces_have_no_word_boundaries() {
        assert_eq!(decide("他是骗子吗"), Decision::Reject("骗子".into()));
    }

    #[test]
    fn masked_words_become_as_many_stars_as_they_have_characters() {
        assert_eq!(decide("damn, çürük!"), Decision::Replace("****, *****!".into()));
    }

    #[test]
    fn a_dismissed_phrase_counts_before_a_rejected_word() {
        let text = "idiot, take your Free Gift Card";
        assert_eq!(decide(text), Decision::Dismiss("free gift card".into()));
    }

    #[test]
    fn a_blank_entry_is_refused_by_the_name_of_its_list() {
        let refused = Words::new(&[], &[" ".into()], &[]).unwrap_err();
        assert_eq!(refused, "masked_words has a blank entry");
    }
}
