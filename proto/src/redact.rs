//! How the `Debug` of messages prints their secrets.

use std::{
    collections::HashMap,
    fmt::{self, Debug, Formatter},
};

use bytes::Bytes;
use prost_types::Struct;

/// Stands for a secret that is there.
const REDACTED: &str = "[redacted]";

/// A field that is secret as a whole.
pub(crate) struct Whole<'a, T>(pub(crate) &'a T);

/// A URL, or the path of one, whose query is secret.
pub(crate) struct Query<'a>(pub(crate) &'a String);

impl<T: Conceal> Debug for Whole<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.conceal(f)
    }
}

impl Debug for Query<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0.split_once('?') {
            Some((path, query)) if !query.is_empty() => {
                Debug::fmt(&format!("{path}?{REDACTED}"), f)
            }
            _ => Debug::fmt(self.0, f),
        }
    }
}

/// The field of an enum: its name, or the number of one that is not known.
pub(crate) fn named<E: TryFrom<i32> + Debug>(number: i32) -> impl Debug {
    fmt::from_fn(move |f| match E::try_from(number) {
        Ok(value) => value.fmt(f),
        Err(_) => number.fmt(f),
    })
}

/// Prints that a value is there, or the empty value.
pub(crate) trait Conceal {
    fn conceal(&self, f: &mut Formatter<'_>) -> fmt::Result;
}

fn unless_empty(empty: bool, value: &dyn Debug, f: &mut Formatter<'_>) -> fmt::Result {
    if empty { value.fmt(f) } else { f.write_str(REDACTED) }
}

impl Conceal for String {
    fn conceal(&self, f: &mut Formatter<'_>) -> fmt::Result {
        unless_empty(self.is_empty(), self, f)
    }
}

impl Conceal for Bytes {
    fn conceal(&self, f: &mut Formatter<'_>) -> fmt::Result {
        unless_empty(self.is_empty(), self, f)
    }
}

impl Conceal for Vec<String> {
    fn conceal(&self, f: &mut Formatter<'_>) -> fmt::Result {
        unless_empty(self.is_empty(), self, f)
    }
}

impl Conceal for Struct {
    fn conceal(&self, f: &mut Formatter<'_>) -> fmt::Result {
        unless_empty(self.fields.is_empty(), self, f)
    }
}

impl<T: Conceal> Conceal for Option<T> {
    fn conceal(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.as_ref().map(Whole).fmt(f)
    }
}

/// Keys are names, not secrets.
impl<V: Conceal> Conceal for HashMap<String, V> {
    fn conceal(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter().map(|(key, value)| (key, Whole(value)))).finish()
    }
}
