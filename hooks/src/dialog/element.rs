//! The inputs of a dialog.

use crate::proto::{DialogElement, DialogElementOption};

/// An input of a dialog. Its name is the field of its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Element(pub(super) DialogElement);

impl Element {
    /// A line of text.
    pub fn text(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new("text", "", name, label)
    }

    /// Several lines of text.
    pub fn textarea(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new("textarea", "", name, label)
    }

    /// A number.
    pub fn number(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new("text", "number", name, label)
    }

    /// An address for e-mail.
    pub fn email(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new("text", "email", name, label)
    }

    /// A text that is not shown while it is typed.
    pub fn password(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new("text", "password", name, label)
    }

    /// A box to tick, with a text beside it ([`Element::placeholder`]): a `bool`.
    pub fn checkbox(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new("bool", "", name, label)
    }

    /// One of a list; each choice is the text that is shown, and its value.
    pub fn select<T: Into<String>, V: Into<String>>(
        name: impl Into<String>,
        label: impl Into<String>,
        choices: impl IntoIterator<Item = (T, V)>,
    ) -> Self {
        Self::new("select", "", name, label).with_choices(choices)
    }

    /// One of a few, all of which are shown; each choice is the text that is shown, and its value.
    pub fn radio<T: Into<String>, V: Into<String>>(
        name: impl Into<String>,
        label: impl Into<String>,
        choices: impl IntoIterator<Item = (T, V)>,
    ) -> Self {
        Self::new("radio", "", name, label).with_choices(choices)
    }

    /// A user, by id.
    pub fn user(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new("select", "", name, label).with_source("users")
    }

    /// A channel, by id.
    pub fn channel(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new("select", "", name, label).with_source("channels")
    }

    /// It may be left empty.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.0.optional = true;
        self
    }

    /// What it has when the dialog opens.
    #[must_use]
    pub fn default(mut self, value: impl Into<String>) -> Self {
        self.0.default = value.into();
        self
    }

    /// What is shown in it while it is empty.
    #[must_use]
    pub fn placeholder(mut self, text: impl Into<String>) -> Self {
        self.0.placeholder = text.into();
        self
    }

    /// What is shown below it.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.0.help_text = text.into();
        self
    }

    /// How many characters a text may have; a `most` of 0 is the client's own limit.
    #[must_use]
    pub fn length(mut self, least: i32, most: i32) -> Self {
        (self.0.min_length, self.0.max_length) = (least, most);
        self
    }

    fn new(kind: &str, subtype: &str, name: impl Into<String>, label: impl Into<String>) -> Self {
        Self(DialogElement {
            r#type: kind.to_owned(),
            subtype: subtype.to_owned(),
            name: name.into(),
            display_name: label.into(),
            ..DialogElement::default()
        })
    }

    fn with_choices<T: Into<String>, V: Into<String>>(
        mut self,
        choices: impl IntoIterator<Item = (T, V)>,
    ) -> Self {
        let choices = choices.into_iter();
        self.0.options = choices
            .map(|(text, value)| DialogElementOption { text: text.into(), value: value.into() })
            .collect();
        self
    }

    fn with_source(mut self, source: &str) -> Self {
        self.0.data_source = source.to_owned();
        self
    }
}
