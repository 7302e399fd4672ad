//! From what `tracing` hands over to the members of a record.

use std::error::Error;
use std::fmt;

use tracing::Event;
use tracing::field::{Field, Visit};

use super::fields::Fields;
use super::line;

/// The field that is an event's message. `tracing` puts it first: a field of the user's with its
/// name, as in `info!(message = post.message, "posted")`, is one like any other.
pub(super) fn message(event: &Event<'_>) -> Option<Field> {
    event.metadata().fields().field("message")
}

/// Takes an event's message, always as a string, and leaves the fields.
pub(super) struct Message<'a> {
    pub(super) fields: &'a mut Fields,
    pub(super) field: Option<&'a Field>,
}

impl Message<'_> {
    fn set(&mut self, field: &Field, message: fmt::Arguments<'_>) {
        if self.field == Some(field) {
            self.fields.text(line::MESSAGE, message);
        }
    }
}

// Every kind of value that has no method here comes to `record_debug`.
impl Visit for Message<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, format_args!("{value}"));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.set(field, format_args!("{}", Causes(value)));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.set(field, format_args!("{value:?}"));
    }
}

/// Takes the fields of an event or of a span.
pub(super) struct Values<'a> {
    fields: &'a mut Fields,
    /// The field that is none, because it is the message.
    skipped: Option<&'a Field>,
}

impl<'a> Values<'a> {
    pub(super) fn of_event(fields: &'a mut Fields, message: Option<&'a Field>) -> Self {
        Self { fields, skipped: message }
    }

    pub(super) fn of_span(fields: &'a mut Fields) -> Self {
        Self { fields, skipped: None }
    }

    fn text(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        if self.skipped != Some(field) {
            self.fields.text(line::harmless(field.name()), value);
        }
    }

    fn literal(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        if self.skipped != Some(field) {
            self.fields.literal(line::harmless(field.name()), value);
        }
    }
}

impl Visit for Values<'_> {
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.literal(field, format_args!("{value}"));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.literal(field, format_args!("{value}"));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.literal(field, format_args!("{value}"));
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        // Readers of JSON lose a number beyond 64 bits, or refuse the line.
        if i64::try_from(value).is_ok() || u64::try_from(value).is_ok() {
            self.literal(field, format_args!("{value}"));
        } else {
            self.text(field, format_args!("{value}"));
        }
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        if u64::try_from(value).is_ok() {
            self.literal(field, format_args!("{value}"));
        } else {
            self.text(field, format_args!("{value}"));
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        // JSON has no infinity. `Debug` writes an exponent where `Display` writes 300 digits.
        if value.is_finite() {
            self.literal(field, format_args!("{value:?}"));
        } else {
            self.text(field, format_args!("{value}"));
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, format_args!("{value}"));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.text(field, format_args!("{}", Causes(value)));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.text(field, format_args!("{value:?}"));
    }
}

/// An error followed by what caused it.
struct Causes<'a>(&'a (dyn Error + 'static));

impl fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A chain may be made to bite its own tail.
        const LONGEST: usize = 32;

        write!(f, "{}", self.0)?;
        std::iter::successors(self.0.source(), |cause| (*cause).source())
            .take(LONGEST)
            .try_for_each(|cause| write!(f, ": {cause}"))
    }
}
