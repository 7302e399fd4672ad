//! Whether the type of a configuration describes itself.

use std::fmt;
use std::marker::PhantomData;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

/// A type that may have a schema.
///
/// Which of the two traits below answers is for the compiler to find: where the bound of the first
/// holds, its method needs one reference less, and is taken. So `plugin!` need not be told.
pub struct Described<C>(PhantomData<fn() -> C>);

impl<C> Described<C> {
    /// Asks for the schema of `C`.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "nobody but `plugin!` makes one")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<C> fmt::Debug for Described<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Described")
    }
}

/// The answer of a type that derives `JsonSchema`.
pub trait WithSchema {
    /// Its schema, with everything in its place: nothing is referred to.
    fn schema(&self) -> Option<Value>;
}

impl<C: JsonSchema> WithSchema for Described<C> {
    fn schema(&self) -> Option<Value> {
        let settings = SchemaSettings::default().with(|settings| {
            settings.inline_subschemas = true;
            settings.meta_schema = None;
        });
        Some(settings.into_generator().into_root_schema_for::<C>().to_value())
    }
}

/// The answer of any other type.
pub trait WithoutSchema {
    /// None.
    fn schema(&self) -> Option<Value>;
}

impl<C> WithoutSchema for &Described<C> {
    fn schema(&self) -> Option<Value> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(schemars::JsonSchema)]
    struct Known {
        /// How many.
        _limit: Option<u8>,
    }

    struct Unknown;

    #[test]
    #[expect(clippy::needless_borrow, reason = "as `plugin!` asks, for any type")]
    fn a_type_with_a_schema_gives_it_and_any_other_gives_none() {
        let schema = (&Described::<Known>::new()).schema().unwrap();
        let limit = &schema["properties"]["_limit"];
        assert_eq!(limit["description"], "How many.");
        assert_eq!(limit["type"][0], "integer");
        assert_eq!((&Described::<Unknown>::new()).schema(), None);
    }
}
