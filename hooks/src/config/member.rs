//! A member at the top of a configuration's document.

use serde::Deserializer;
use serde::de::value::SeqDeserializer;
use serde::de::{IntoDeserializer, Visitor};
use serde_json::{Error, Value};

/// Reads a type out of what a setting was set to.
///
/// The System Console has no lists, but texts of many lines: where the type has a list, a text is that
/// of its lines, without blank ones.
pub(super) struct Member(pub(super) Value);

impl IntoDeserializer<'_, Error> for Member {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Member {
    type Error = Error;

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Value::String(text) = &self.0 else { return self.0.deserialize_seq(visitor) };
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        visitor.visit_seq(SeqDeserializer::new(lines.map(str::to_owned)))
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.0.deserialize_any(visitor)
    }

    // What stands for a list must not keep that one from being read as a list.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde::Deserialize;
    use serde::de::DeserializeOwned;
    use serde_json::json;

    use super::*;

    fn read<T: DeserializeOwned>(value: Value) -> Result<T, Error> {
        T::deserialize(Member(value))
    }

    #[test]
    fn a_text_is_a_list_of_its_lines_where_the_type_has_a_list() {
        let text = || json!(" a b \r\n\n  c\n");
        assert_eq!(read::<Vec<String>>(text()).unwrap(), ["a b", "c"]);
        assert_eq!(read::<Option<Vec<String>>>(text()).unwrap().unwrap().len(), 2);
        assert_eq!(read::<BTreeSet<String>>(text()).unwrap().len(), 2);
        assert!(read::<Vec<String>>(json!("")).unwrap().is_empty());
        assert_eq!(read::<Vec<String>>(json!(["a", " b "])).unwrap(), ["a", " b "]);
        assert_eq!(read::<String>(text()).unwrap(), " a b \r\n\n  c\n");
    }

    #[test]
    fn what_is_no_list_is_read_as_it_is() {
        #[derive(Debug, PartialEq, Deserialize)]
        #[serde(rename_all = "lowercase")]
        enum Mode {
            Fast,
        }
        #[derive(Debug, PartialEq, Deserialize)]
        struct Wrapped(u8);
        #[derive(Debug, PartialEq, Deserialize)]
        struct Inner {
            list: Vec<u8>,
        }
        assert_eq!(read::<Mode>(json!("fast")).unwrap(), Mode::Fast);
        assert_eq!(read::<Wrapped>(json!(5)).unwrap(), Wrapped(5));
        assert_eq!(read::<Inner>(json!({ "list": [1] })).unwrap(), Inner { list: vec![1] });
        assert_eq!(read::<Option<bool>>(json!(null)).unwrap(), None);
        assert!(read::<Inner>(json!({ "list": "1" })).is_err(), "below the top nothing is made up");
        assert!(read::<Vec<u8>>(json!("many")).is_err());
    }
}
