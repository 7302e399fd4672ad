//! Whether what a stream sends can be read as a type of one's own.

use std::collections::HashSet;
use std::sync::Arc;

use thiserror::Error;

use super::{Kind, Type};

/// Why values of a received type cannot be read as the type that is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Mismatch {
    /// The type as a whole is another one.
    #[error("gob: type mismatch: want {want}, received {received}")]
    Whole {
        /// What is wanted.
        want: Type,
        /// What came.
        received: Type,
    },
    /// A field, or what it is made of, is of another type.
    #[error(
        "gob: wrong type for received field {structure}.{field}: want {want}, received {received}"
    )]
    Field {
        /// The name of the wanted struct that the field is of.
        structure: String,
        /// The name of the field.
        field: String,
        /// What is wanted.
        want: Type,
        /// What came.
        received: Type,
    },
    /// None of the fields that came are wanted.
    #[error("gob: type mismatch: no fields matched of struct {structure}")]
    NoFields {
        /// The name of the wanted struct.
        structure: String,
    },
}

/// Two types that are still to be held against each other, and the field that they are of.
type Open = (Type, Type, Option<Arc<Mismatch>>);

impl Type {
    /// Holds a received type against this one, as Go does before it decodes: of structs the fields of
    /// the same names, all others by what they are made of. Fields that only one of them has do not
    /// matter, unless that is so of all fields of the outermost struct. What an interface holds is not
    /// part of its type.
    ///
    /// ```
    /// use hookwright_gob::{Schema, Type};
    ///
    /// # fn main() -> Result<(), hookwright_gob::SchemaError> {
    /// let schema = Schema::new();
    /// let want = schema.structure("Post", [("Message", Type::STRING)])?;
    /// let newer = schema.structure("Post", [("Message", Type::STRING), ("Extra", Type::INT)])?;
    /// assert_eq!(want.accepts(&newer), Ok(()));
    /// let wrong = schema.structure("Post", [("Message", Type::INT)])?;
    /// let error = want.accepts(&wrong).map_err(|mismatch| mismatch.to_string());
    /// let text = "gob: wrong type for received field Post.Message: want string, received int";
    /// assert_eq!(error, Err(text.to_owned()));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Go would refuse it.
    #[allow(
        clippy::mutable_key_type,
        reason = "types are compared by where they are, not by what they say"
    )]
    pub fn accepts(&self, received: &Self) -> Result<(), Mismatch> {
        if let (Kind::Struct(want), Kind::Struct(sent)) = (self.kind(), received.kind()) {
            let is_wanted = |name: &str| want.index_of(name).is_some();
            if !want.is_empty() && !sent.is_empty() && !sent.field_names().any(is_wanted) {
                return Err(Mismatch::NoFields { structure: want.name().to_owned() });
            }
        }
        // Types contain themselves, and a stream may nest them as deep as it likes.
        let mut seen = HashSet::new();
        let mut open: Vec<Open> = vec![(self.clone(), received.clone(), None)];
        while let Some((want, received, place)) = open.pop() {
            if !seen.insert((want.clone(), received.clone())) {
                continue;
            }
            if !fits(&want, &received, place.as_ref(), &mut open) {
                return Err(match place {
                    Some(place) => Arc::unwrap_or_clone(place),
                    None => Mismatch::Whole { want, received },
                });
            }
        }
        Ok(())
    }
}

/// Whether two types are of one kind. What they are made of is put to what is still to be looked at.
fn fits(want: &Type, received: &Type, place: Option<&Arc<Mismatch>>, open: &mut Vec<Open>) -> bool {
    let mut then = |want, received| open.push((want, received, place.cloned()));
    match (want.kind(), received.kind()) {
        // Of a type that is only declared nothing is wanted yet.
        (Kind::Undefined, _) => true,
        (Kind::Basic(want), Kind::Basic(received)) => want == received,
        (Kind::Opaque(want), Kind::Opaque(received)) => want == received,
        (Kind::Slice { element: want }, Kind::Slice { element: received }) => {
            then(want, received);
            true
        }
        (
            Kind::Array { element: want, length },
            Kind::Array { element: received, length: received_length },
        ) => {
            then(want, received);
            length == received_length
        }
        (Kind::Map { key, value }, Kind::Map { key: received_key, value: received_value }) => {
            then(key, received_key);
            then(value, received_value);
            true
        }
        (Kind::Struct(shape), Kind::Struct(sent)) => {
            for name in sent.field_names() {
                if let (Some(want), Some(received)) = (want.field(name), received.field(name)) {
                    let (structure, field) = (shape.name().to_owned(), name.to_owned());
                    let place = Mismatch::Field {
                        structure,
                        field,
                        want: want.clone(),
                        received: received.clone(),
                    };
                    open.push((want, received, Some(Arc::new(place))));
                }
            }
            true
        }
        _ => false,
    }
}
