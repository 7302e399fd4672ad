//! Types that the caller makes.

use std::sync::Arc;

use thiserror::Error;

use super::{Arena, Definition, Field, Marshaler, Repr, StructType, Type};

/// Types made by the caller, for values to be encoded.
///
/// Make a type once and keep it: an encoder knows by the type whether it has sent its definition.
/// A type may be made of types of other schemas, and of those that came with a stream. (Two schemas
/// of which each refers to the other keep each other alive for ever.)
///
/// ```
/// use hookwright_gob::{Schema, Type};
///
/// # fn main() -> Result<(), hookwright_gob::SchemaError> {
/// let schema = Schema::new();
/// // A type that contains itself is declared first.
/// let tree = schema.declare_struct();
/// let children = schema.slice(&tree);
/// schema.define_struct(&tree, "Tree", [("Name", Type::STRING), ("Children", children)])?;
/// assert_eq!(tree.to_string(), "struct Tree");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Schema {
    arena: Arc<Arena>,
}

/// Why a struct cannot be defined.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// Go refuses a field without a name.
    #[error("gob: field {index} of struct {structure} has no name")]
    NoFieldName {
        /// The name of the struct.
        structure: String,
        /// The number of the field, from 0.
        index: usize,
    },
    /// Two fields have one name.
    #[error("gob: struct {structure} has two fields of the name {field:?}")]
    FieldTwice {
        /// The name of the struct.
        structure: String,
        /// The name of the fields.
        field: String,
    },
    /// What is to be defined was not declared by this schema, or is defined already.
    #[error("gob: struct {structure} is to define a type that this schema has not declared")]
    NotDeclared {
        /// The name of the struct.
        structure: String,
    },
}

impl Schema {
    /// A schema without types.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A slice. That of `uint8` is [`Type::BYTES`], and not made here.
    #[must_use]
    pub fn slice(&self, element: &Type) -> Type {
        self.add(Definition::Slice { element: self.arena.reference(element) })
    }

    /// An array. Its length is part of the type.
    #[must_use]
    pub fn array(&self, element: &Type, length: u64) -> Type {
        self.add(Definition::Array { element: self.arena.reference(element), length })
    }

    /// A map.
    #[must_use]
    pub fn map(&self, key: &Type, value: &Type) -> Type {
        let (key, value) = (self.arena.reference(key), self.arena.reference(value));
        self.add(Definition::Map { key, value })
    }

    /// A type that writes itself.
    #[must_use]
    pub fn opaque(&self, name: &str, marshaler: Marshaler) -> Type {
        self.add(Definition::Opaque { name: name.into(), marshaler })
    }

    /// A struct of the fields given, in that order.
    ///
    /// # Errors
    ///
    /// A field has no name, or the name of another.
    pub fn structure<N: Into<String>>(
        &self,
        name: &str,
        fields: impl IntoIterator<Item = (N, Type)>,
    ) -> Result<Type, SchemaError> {
        Ok(self.add(self.fields(name, fields)?))
    }

    /// A struct whose fields are to follow.
    #[must_use]
    pub fn declare_struct(&self) -> Type {
        self.add(Definition::Undefined)
    }

    /// Gives a declared struct its name and its fields.
    ///
    /// # Errors
    ///
    /// A field has no name, or the name of another; the struct is not one that this schema has
    /// declared and not defined yet.
    pub fn define_struct<N: Into<String>>(
        &self,
        declared: &Type,
        name: &str,
        fields: impl IntoIterator<Item = (N, Type)>,
    ) -> Result<(), SchemaError> {
        let definition = self.fields(name, fields)?;
        match &declared.0 {
            Repr::Defined { arena, index }
                if Arc::ptr_eq(arena, &self.arena) && arena.define(*index, definition) =>
            {
                Ok(())
            }
            _ => Err(SchemaError::NotDeclared { structure: name.to_owned() }),
        }
    }

    fn fields<N: Into<String>>(
        &self,
        name: &str,
        fields: impl IntoIterator<Item = (N, Type)>,
    ) -> Result<Definition, SchemaError> {
        let structure = || name.to_owned();
        let mut made: Vec<Field> = Vec::new();
        for (index, (field, ty)) in fields.into_iter().enumerate() {
            let field = field.into();
            if field.is_empty() {
                return Err(SchemaError::NoFieldName { structure: structure(), index });
            }
            if made.iter().any(|other| *other.name == *field) {
                return Err(SchemaError::FieldTwice { structure: structure(), field });
            }
            made.push(Field { name: field.into(), reference: self.arena.reference(&ty) });
        }
        Ok(Definition::Struct(Arc::new(StructType::new(name.into(), made.into()))))
    }

    fn add(&self, definition: Definition) -> Type {
        let index = self.arena.push(definition);
        Type(Repr::Defined { arena: Arc::clone(&self.arena), index })
    }
}
