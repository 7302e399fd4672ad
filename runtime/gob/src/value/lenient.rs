//! Values as the reader wants them: through interfaces, and across kinds of numbers where nothing is
//! lost.

use std::borrow::Cow;

use super::{Struct, Value};

impl Value {
    /// What is held, where this is an interface; else the value itself. `None` is nil.
    ///
    /// ```
    /// use hookwright_gob::{Concrete, Value};
    ///
    /// let held = Concrete::basic(Value::from("text")).map(Value::from);
    /// assert_eq!(held.as_ref().and_then(Value::held), Some(&Value::from("text")));
    /// assert_eq!(Value::NIL.held(), None);
    /// ```
    #[must_use]
    pub fn held(&self) -> Option<&Self> {
        let mut value = self;
        while let Self::Interface(held) = value {
            value = &held.as_ref()?.value;
        }
        Some(value)
    }

    /// A field of a struct, or what a map has under a string.
    ///
    /// ```
    /// use hookwright_gob::Value;
    ///
    /// let props = Value::Map(vec![("from_bot".into(), "true".into())]);
    /// assert_eq!(props.get("from_bot").and_then(Value::as_str).as_deref(), Some("true"));
    /// ```
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self.held()? {
            Self::Struct(fields) => fields.get(name),
            Self::Map(pairs) => {
                let is_named = |key: &Self| matches!(key, Self::String(key) if key == name);
                pairs.iter().find(|(key, _)| is_named(key)).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// A truth value.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.held()? {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// A number that is whole and fits, of whatever kind.
    ///
    /// ```
    /// use hookwright_gob::Value;
    ///
    /// assert_eq!(Value::Uint(7).as_i64(), Some(7));
    /// assert_eq!(Value::Float(-7.0).as_i64(), Some(-7));
    /// assert_eq!(Value::Float(7.5).as_i64(), None);
    /// assert_eq!(Value::Uint(u64::MAX).as_i64(), None);
    /// ```
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self.held()? {
            Self::Int(value) => Some(*value),
            Self::Uint(value) => i64::try_from(*value).ok(),
            Self::Float(value) => whole(*value),
            _ => None,
        }
    }

    /// A number that is whole, not negative and fits, of whatever kind.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        match self.held()? {
            Self::Uint(value) => Some(*value),
            other => u64::try_from(other.as_i64()?).ok(),
        }
    }

    /// A number of whatever kind. Large whole ones are rounded.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        match self.held()? {
            Self::Float(value) => Some(*value),
            Self::Int(value) => Some(*value as f64),
            Self::Uint(value) => Some(*value as f64),
            _ => None,
        }
    }

    /// A string, with U+FFFD in place of what is not UTF-8.
    #[must_use]
    pub fn as_str(&self) -> Option<Cow<'_, str>> {
        match self.held()? {
            Self::String(text) => Some(text.to_str_lossy()),
            _ => None,
        }
    }

    /// The bytes of a slice of bytes, of a string, or of a type that writes itself.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self.held()? {
            Self::Bytes(bytes) | Self::Opaque(bytes) => Some(bytes),
            Self::String(text) => Some(text.as_bytes()),
            _ => None,
        }
    }

    /// The elements of a slice or an array.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Self]> {
        match self.held()? {
            Self::List(elements) => Some(elements),
            _ => None,
        }
    }

    /// The pairs of a map.
    #[must_use]
    pub fn as_map(&self) -> Option<&[(Self, Self)]> {
        match self.held()? {
            Self::Map(pairs) => Some(pairs),
            _ => None,
        }
    }

    /// A struct.
    #[must_use]
    pub fn as_struct(&self) -> Option<&Struct> {
        match self.held()? {
            Self::Struct(fields) => Some(fields),
            _ => None,
        }
    }
}

/// A number without a fraction. Beyond 2^53 a float does not say which number was meant.
fn whole(value: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (value.fract() == 0.0 && value.abs() <= EXACT).then_some(value as i64)
}
