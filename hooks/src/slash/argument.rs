//! What a command takes, and how its text becomes a value.

use serde_json::{Number, Value};

/// An argument of a command. Its value is the field of the same name in what the handler takes, with
/// `_` where the name has `-`.
///
/// Arguments are given in the order in which they are declared, or by name: `--hours 2` or
/// `--hours=2`. A [named](Argument::named) one, and a [flag](Argument::flag), only by name.
#[derive(Debug, Clone)]
pub struct Argument {
    pub(super) name: String,
    pub(super) help: String,
    pub(super) kind: Kind,
    pub(super) required: bool,
    pub(super) named: bool,
    pub(super) default: Option<String>,
}

/// What the text of an argument may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Rest,
    Integer,
    Number,
    Flag,
    Choice(Vec<String>),
    User,
    Channel,
}

impl Argument {
    /// A word, or several in quotes: a `String`.
    pub fn text(name: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(name, help, Kind::Text)
    }

    /// All of the line that is left, as it was typed: a `String`. It is the last one.
    ///
    /// Options come before it: from its first word on nothing is one, so it may speak of `--help`. A
    /// text that begins with two dashes and a name has a word `--` before it, which is no part of it
    /// then.
    pub fn rest(name: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(name, help, Kind::Rest)
    }

    /// A whole number: any integer of Rust's of 64 bits at most, which also says what range it may
    /// have.
    pub fn integer(name: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(name, help, Kind::Integer)
    }

    /// A number: an `f64`.
    pub fn number(name: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(name, help, Kind::Number)
    }

    /// Given or not, by name: a `bool`.
    pub fn flag(name: impl Into<String>, help: impl Into<String>) -> Self {
        Self { named: true, required: false, ..Self::new(name, help, Kind::Flag) }
    }

    /// One of a few words, capitals aside: a `String`, or an enum that `serde` reads.
    pub fn choice<C: Into<String>>(
        name: impl Into<String>,
        help: impl Into<String>,
        choices: impl IntoIterator<Item = C>,
    ) -> Self {
        let choices = choices.into_iter().map(Into::into).collect();
        Self::new(name, help, Kind::Choice(choices))
    }

    /// A user's name, with or without the `@`: a `String` without it.
    pub fn user(name: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(name, help, Kind::User)
    }

    /// A channel's name, with or without the `~`: a `String` without it.
    pub fn channel(name: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(name, help, Kind::Channel)
    }

    fn new(name: impl Into<String>, help: impl Into<String>, kind: Kind) -> Self {
        let (name, help) = (name.into(), help.into());
        Self { name, help, kind, required: true, named: false, default: None }
    }

    /// It may be left out: the field is an `Option`.
    #[must_use]
    pub fn optional(self) -> Self {
        Self { required: false, ..self }
    }

    /// What it is when it is left out, as one would type it.
    #[must_use]
    pub fn default(self, value: impl Into<String>) -> Self {
        Self { required: false, default: Some(value.into()), ..self }
    }

    /// It is given by name only.
    #[must_use]
    pub fn named(self) -> Self {
        Self { named: true, ..self }
    }

    /// The name of its field.
    pub(super) fn field(&self) -> String {
        self.name.replace('-', "_")
    }
}

impl Kind {
    /// The value of a text, or what the kind takes instead.
    pub(super) fn value(&self, text: &str) -> Result<Value, String> {
        let wanted = |wanted: &str| format!("takes {wanted}, not `{}`", shown(text));
        let name = |sigil| match text.strip_prefix(sigil).unwrap_or(text) {
            "" => None,
            name => Some(Value::from(name)),
        };
        match self {
            Self::Text | Self::Rest => Ok(Value::from(text)),
            Self::Integer => {
                let signed = text.parse::<i64>().ok().map(Value::from);
                let number = signed.or_else(|| text.parse::<u64>().ok().map(Value::from));
                number.ok_or_else(|| wanted(whole_number(text)))
            }
            Self::Number => {
                let number = text.parse().ok().and_then(Number::from_f64);
                number.map(Value::Number).ok_or_else(|| wanted("a number"))
            }
            Self::Flag => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" => Ok(true.into()),
                "false" | "no" | "off" => Ok(false.into()),
                _ => Err(wanted("`true` or `false`")),
            },
            Self::Choice(choices) => choices
                .iter()
                .find(|choice| choice.to_lowercase() == text.to_lowercase())
                .map(|choice| Value::from(choice.as_str()))
                .ok_or_else(|| wanted(&format!("one of `{}`", choices.join("`, `")))),
            Self::User => name('@').ok_or_else(|| wanted("a user, such as `@anna`")),
            Self::Channel => name('~').ok_or_else(|| wanted("a channel, such as `~town-square`")),
        }
    }
}

/// What is to be given instead of a text that is no integer of 64 bits.
fn whole_number(text: &str) -> &'static str {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    match (digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()), negative) {
        (true, _) => "a whole number",
        (false, true) => "a whole number that is not so low",
        (false, false) => "a whole number that is not so high",
    }
}

/// A text as it may stand between backquotes, and not longer than a line.
pub(super) fn shown(text: &str) -> String {
    let mut shown: String = text.replace('`', "'").chars().take(60).collect();
    if shown.len() < text.len() {
        shown.push('\u{2026}');
    }
    shown
}
