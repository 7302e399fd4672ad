//! The document of a configuration, as a plugin's type reads it.

use serde::Deserializer;
use serde::de::Visitor;
use serde::de::value::MapDeserializer;
use serde_json::{Error, Map, Value};

use super::member::Member;

/// Reads a type out of a document as servers give it: they write the keys at its top in lower case,
/// and `null` for a setting that nobody has set and that has no default.
///
/// So the keys there are the type's own whatever their case, and `null` is as good as no key. Below
/// the top all is as an administrator has saved it.
pub(crate) struct Document<'d>(pub(crate) &'d Value);

impl Document<'_> {
    fn members(&self) -> Option<Map<String, Value>> {
        let members = self.0.as_object()?.iter();
        let set = members.filter(|(_, value)| !value.is_null());
        Some(set.map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    fn read(self) -> Value {
        self.members().map_or_else(|| self.0.clone(), Value::Object)
    }
}

impl<'de> Deserializer<'de> for Document<'_> {
    type Error = Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let Some(members) = self.members() else {
            return self.0.clone().deserialize_struct(name, fields, visitor);
        };
        let members = named(members, fields).into_iter();
        visitor.visit_map(MapDeserializer::new(members.map(|(key, value)| (key, Member(value)))))
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.read().deserialize_any(visitor)
    }

    // What stands for another type must not keep that one from being asked for its fields.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
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
        self.read().deserialize_enum(name, variants, visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

/// The members with the fields' own names. A key that is a field's name to the letter comes first;
/// what is nobody's keeps its key.
fn named(members: Map<String, Value>, fields: &[&str]) -> Map<String, Value> {
    let (mut named, others): (Map<_, _>, Map<_, _>) =
        members.into_iter().partition(|(key, _)| fields.contains(&key.as_str()));
    for (key, value) in others {
        let lower = key.to_lowercase();
        let is_it = |field: &&&str| field.to_lowercase() == lower && !named.contains_key(**field);
        match fields.iter().find(is_it) {
            Some(field) => named.insert((*field).to_owned(), value),
            None => named.insert(key, value),
        };
    }
    named
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde::de::DeserializeOwned;
    use serde_json::json;

    use super::*;

    fn read<T: DeserializeOwned>(document: &Value) -> Result<T, Error> {
        T::deserialize(Document(document))
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(default, rename_all = "camelCase", deny_unknown_fields)]
    struct Settings {
        max_length: u32,
        #[serde(alias = "SiteURL")]
        site: Option<String>,
        inner: Option<Box<Settings>>,
    }

    impl Default for Settings {
        fn default() -> Self {
            Self { max_length: 7, site: None, inner: None }
        }
    }

    #[test]
    fn a_field_is_found_whatever_the_case_of_its_key() {
        for key in ["maxLength", "maxlength", "MAXLENGTH"] {
            assert_eq!(read::<Settings>(&json!({ key: 1 })).unwrap().max_length, 1, "{key}");
        }
        let site = read::<Settings>(&json!({ "siteurl": "x" })).unwrap().site;
        assert_eq!(site.as_deref(), Some("x"), "by its other name");
        let wrapped: Option<Settings> = read(&json!({ "maxlength": 2 })).unwrap();
        assert_eq!(wrapped.unwrap().max_length, 2);
    }

    #[test]
    fn a_key_that_is_the_fields_name_to_the_letter_comes_first() {
        let both = json!({ "MAXLENGTH": 1, "maxLength": 2 });
        let fault = read::<Settings>(&both).unwrap_err().to_string();
        assert!(fault.contains("unknown field `MAXLENGTH`"), "{fault}");
        #[derive(Deserialize)]
        struct Lenient {
            limit: u8,
        }
        let both = json!({ "Limit": 1, "limit": 2, "LIMIT": "many" });
        assert_eq!(read::<Lenient>(&both).unwrap().limit, 2);
    }

    #[test]
    fn a_setting_that_nobody_has_set_is_the_default() {
        let unset = json!({ "maxlength": null, "site": null });
        assert_eq!(read::<Settings>(&unset).unwrap(), Settings::default());
        #[derive(Deserialize)]
        struct Open {
            #[serde(flatten)]
            all: Map<String, Value>,
        }
        let open: Open = read(&json!({ "a": 1, "b": null })).unwrap();
        assert_eq!(Value::Object(open.all), json!({ "a": 1 }));
    }

    #[test]
    fn below_the_top_all_is_as_it_was_saved() {
        let exact = json!({ "inner": { "maxLength": 3 } });
        assert_eq!(read::<Settings>(&exact).unwrap().inner.unwrap().max_length, 3);
        for other in [json!({ "maxlength": 3 }), json!({ "maxLength": null })] {
            assert!(read::<Settings>(&json!({ "inner": other })).is_err(), "{other}");
        }
    }

    #[test]
    fn what_is_no_object_is_read_as_it_is() {
        assert_eq!(read::<u8>(&json!(5)).unwrap(), 5);
        assert!(read::<Settings>(&json!(["x"])).is_err());
    }
}
