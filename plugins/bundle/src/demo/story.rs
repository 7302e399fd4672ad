//! What each plugin did, counted and with a few examples.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value};

/// Something that a plugin did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Deed {
    Refused,
    Rewrote,
    Dropped,
    Answered,
    GreetedUser,
    GreetedMember,
}

/// What the plugins did, as it is told at the end.
#[derive(Debug, Default)]
pub(super) struct Story {
    deeds: BTreeMap<Deed, Told>,
}

#[derive(Debug, Default)]
struct Told {
    count: u64,
    examples: Vec<String>,
}

const CONTENT_FILTER: &str = "com.hookwright.content-filter";
const WELCOME: &str = "com.hookwright.welcome";

impl Deed {
    const ALL: [Self; 6] = [
        Self::Refused,
        Self::Rewrote,
        Self::Dropped,
        Self::Answered,
        Self::GreetedUser,
        Self::GreetedMember,
    ];

    /// The plugin, the name for a program, the words for a person, how many examples are shown.
    fn telling(self) -> (&'static str, &'static str, &'static str, usize) {
        match self {
            Self::Refused => (CONTENT_FILTER, "refused", "posts and edits refused", 3),
            Self::Rewrote => (CONTENT_FILTER, "rewritten", "posts and edits rewritten", 3),
            Self::Dropped => (CONTENT_FILTER, "dropped", "posts dropped without a word", 3),
            Self::Answered => (CONTENT_FILTER, "commands_answered", "commands answered", 2),
            Self::GreetedUser => {
                (WELCOME, "users_greeted", "new users greeted in direct messages", 2)
            }
            Self::GreetedMember => (WELCOME, "members_greeted", "members greeted in channels", 2),
        }
    }
}

impl Story {
    /// Takes down a deed. The example is one line for a person.
    pub(super) fn tell(&mut self, deed: Deed, example: String) {
        let told = self.deeds.entry(deed).or_default();
        told.count += 1;
        if told.examples.len() < deed.telling().3 {
            told.examples.push(example);
        }
    }

    fn count(&self, deed: Deed) -> u64 {
        self.deeds.get(&deed).map_or(0, |told| told.count)
    }

    /// For a program: the counts, by plugin.
    pub(super) fn json(&self) -> Value {
        let mut plugins = Map::new();
        for deed in Deed::ALL {
            let (plugin, name, ..) = deed.telling();
            plugins.entry(plugin).or_insert_with(|| Value::Object(Map::new()))[name] =
                self.count(deed).into();
        }
        Value::Object(plugins)
    }

    /// For a person: the counts, by plugin, with examples.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        let mut last = "";
        for deed in Deed::ALL {
            let (plugin, _, words, _) = deed.telling();
            if plugin != last {
                let _ = writeln!(text, "\n{plugin}");
                last = plugin;
            }
            let _ = writeln!(text, "  {} {words}", self.count(deed));
            for example in self.deeds.get(&deed).iter().flat_map(|told| &told.examples) {
                let _ = writeln!(text, "      {}", one_line(example));
            }
        }
        text
    }
}

/// The text on one line that a terminal shows as one.
fn one_line(text: &str) -> String {
    const WIDTH: usize = 88;
    let mut line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if let Some((end, _)) = line.char_indices().nth(WIDTH) {
        line.truncate(end);
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_deed_counts_and_the_first_few_are_told() {
        let mut story = Story::default();
        for example in ["one", "two", "three", "four"] {
            story.tell(Deed::Refused, example.to_owned());
        }
        assert_eq!(story.json()[CONTENT_FILTER]["refused"], 4);
        assert_eq!(story.json()[WELCOME]["users_greeted"], 0);
        let text = story.text();
        assert!(text.contains("4 posts and edits refused\n      one\n      two\n      three\n"));
        assert!(!text.contains("four"), "{text}");
    }

    #[test]
    fn an_example_is_one_line_whatever_is_in_it() {
        let line = one_line(&"é\n".repeat(100));
        assert_eq!(line.chars().count(), 89);
        assert!(!line.contains('\n') && line.ends_with('…'), "{line}");
    }
}
