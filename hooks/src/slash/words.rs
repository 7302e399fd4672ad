//! A command line as words.
//!
//! Words are what stands between white space. A word that begins with a quotation mark goes on to
//! the next one, white space included, and so does the value in `--name="a value"`. In quotes a
//! backslash takes away the meaning of a mark, or of another backslash; elsewhere it means itself,
//! as an apostrophe does. The marks may be the ones that telephones make of `"`.

const OPENING: [char; 3] = ['"', '\u{201c}', '\u{201e}'];
const CLOSING: [char; 3] = ['"', '\u{201c}', '\u{201d}'];

/// A word of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// What it says, without quotation marks.
    pub(super) text: String,
    /// Where in the line it begins, in bytes.
    pub(super) start: usize,
    /// Whether it begins with a quotation mark, so that it is not an option.
    pub(super) quoted: bool,
    /// Whether each of its quotation marks has its other half. One that has not goes on to the end.
    pub(super) closed: bool,
}

pub(super) fn split(line: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = line.char_indices().peekable();
    while let Some(&(start, first)) = rest.peek() {
        if first.is_whitespace() {
            rest.next();
            continue;
        }
        let quoted = OPENING.contains(&first);
        let mut word = Word { text: String::new(), start, quoted, closed: true };
        while let Some((at, c)) = rest.next_if(|(_, c)| !c.is_whitespace()) {
            let opens = word.text.is_empty() || word.text.ends_with('=') && is_option(&word.text);
            if !(opens && OPENING.contains(&c)) || word.quoted && at != start {
                word.text.push(c);
                continue;
            }
            loop {
                match rest.next() {
                    None => {
                        word.closed = false;
                        break;
                    }
                    Some((_, c)) if CLOSING.contains(&c) => break,
                    Some((_, '\\')) if rest.peek().is_some_and(|(_, c)| is_special(*c)) => {
                        word.text.extend(rest.next().map(|(_, c)| c));
                    }
                    Some((_, c)) => word.text.push(c),
                }
            }
        }
        words.push(word);
    }
    words
}

/// Whether a word that is not quoted is an option: two dashes, or the one that telephones make of
/// them.
pub(super) fn is_option(word: &str) -> bool {
    word.starts_with("--") || word.starts_with('\u{2014}')
}

fn is_special(c: char) -> bool {
    c == '\\' || OPENING.contains(&c) || CLOSING.contains(&c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(line: &str) -> Vec<String> {
        split(line).into_iter().map(|word| word.text).collect()
    }

    /// A word as a person would have to write it.
    fn quote(word: &str) -> String {
        let mut quoted = String::from('"');
        for c in word.chars() {
            if is_special(c) {
                quoted.push('\\');
            }
            quoted.push(c);
        }
        quoted.push('"');
        quoted
    }

    #[test]
    fn quotes_keep_white_space_and_apostrophes_are_letters() {
        assert_eq!(
            texts(r#"ask "Lunch at noon?"  don't C:\dir"#),
            ["ask", "Lunch at noon?", "don't", r"C:\dir"]
        );
        assert_eq!(texts("\u{201c}a b\u{201d} \u{201e}c d\u{201c}"), ["a b", "c d"]);
        assert_eq!(texts(r#"say"hi" """#), [r#"say"hi""#, ""]);
        assert_eq!(texts(r#"--text="a b" x="c d""#), ["--text=a b", "x=\"c", "d\""]);
        assert_eq!(texts(r#""a \"b\" \n""#), [r#"a "b" \n"#]);
    }

    #[test]
    fn a_mark_without_its_other_half_goes_on_to_the_end_and_is_told() {
        let words = split("ask \"Lunch at noon");
        assert_eq!(words.iter().map(|word| word.closed).collect::<Vec<_>>(), [true, false]);
        assert_eq!(words[1].text, "Lunch at noon");
    }

    proptest! {
        #[test]
        fn quoted_words_come_back_as_they_were(
            words in proptest::collection::vec(any::<String>(), 0..6),
        ) {
            let line: Vec<String> = words.iter().map(|word| quote(word)).collect();
            prop_assert_eq!(texts(&line.join(" ")), words.clone());
            prop_assert!(split(&line.join("\t")).iter().all(|word| word.quoted));
        }

        #[test]
        fn words_without_marks_are_what_white_space_separates(line in "[^\"\u{201c}\u{201e}]*") {
            let expected: Vec<&str> = line.split_whitespace().collect();
            prop_assert_eq!(texts(&line), expected);
        }

        #[test]
        fn words_of_any_line_begin_where_they_say_and_only_the_last_may_be_open(
            line in "[a \t\n=\\\\\"\u{201c}\u{201d}\u{201e}\u{2014}-]{0,24}",
        ) {
            let words = split(&line);
            for word in &words {
                let first = line[word.start..].chars().next().unwrap();
                prop_assert!(!first.is_whitespace());
                prop_assert_eq!(word.quoted, OPENING.contains(&first));
            }
            prop_assert!(words.iter().rev().skip(1).all(|word| word.closed));
        }
    }
}
