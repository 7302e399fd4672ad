//! What a stream says about its values.

mod arena;
mod describe;
mod fit;
mod schema;
mod structure;

use std::hash::{Hash, Hasher};
use std::sync::Arc;

pub(crate) use arena::{Arena, Definition, Reference};
pub use fit::Mismatch;
pub use schema::{Schema, SchemaError};
pub(crate) use structure::Field;
pub use structure::StructType;

/// The types that need no definition. Those of Go are flattened into them: `int8` to `int64` are one
/// type, pointers do not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Basic {
    /// `bool`.
    Bool,
    /// Every signed number.
    Int,
    /// Every unsigned number.
    Uint,
    /// Both floating-point types.
    Float,
    /// `[]byte`.
    Bytes,
    /// `string`.
    String,
    /// Both complex types.
    Complex,
    /// Every interface type.
    Interface,
}

/// How a type that writes itself does so. The bytes are its own affair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Marshaler {
    /// By `GobEncode`, as `time.Time`.
    Gob,
    /// By `MarshalBinary`, as `url.URL`.
    Binary,
    /// By `MarshalText`. Go knows how to define such types, and defines none.
    Text,
}

/// A type of values: a basic one, or one that a [`Schema`] or a stream defines.
///
/// Two types are equal if they are one and the same definition; that two definitions read alike does
/// not make them equal. A type keeps what defines it alive, and is cheap to copy.
#[derive(Clone)]
pub struct Type(pub(crate) Repr);

#[derive(Clone)]
pub(crate) enum Repr {
    Basic(Basic),
    Defined { arena: Arc<Arena>, index: u32 },
}

/// What a [`Type`] is made of.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Kind {
    /// A type without a definition.
    Basic(Basic),
    /// An array.
    Array {
        /// The type of its elements.
        element: Type,
        /// How many it has.
        length: u64,
    },
    /// A slice, that of bytes apart.
    Slice {
        /// The type of its elements.
        element: Type,
    },
    /// A map.
    Map {
        /// The type of its keys.
        key: Type,
        /// The type of its values.
        value: Type,
    },
    /// A struct. [`Type::field`] has the types of its fields.
    Struct(Arc<StructType>),
    /// A type that writes itself.
    Opaque(Marshaler),
    /// A type that others mention and that is not defined, or not yet.
    Undefined,
}

impl Type {
    /// `bool`.
    pub const BOOL: Self = Self::basic(Basic::Bool);
    /// Every signed number.
    pub const INT: Self = Self::basic(Basic::Int);
    /// Every unsigned number.
    pub const UINT: Self = Self::basic(Basic::Uint);
    /// Both floating-point types.
    pub const FLOAT: Self = Self::basic(Basic::Float);
    /// `[]byte`.
    pub const BYTES: Self = Self::basic(Basic::Bytes);
    /// `string`.
    pub const STRING: Self = Self::basic(Basic::String);
    /// Both complex types.
    pub const COMPLEX: Self = Self::basic(Basic::Complex);
    /// Every interface type.
    pub const INTERFACE: Self = Self::basic(Basic::Interface);

    /// A type without a definition.
    #[must_use]
    pub const fn basic(basic: Basic) -> Self {
        Self(Repr::Basic(basic))
    }

    /// What it is made of.
    #[must_use]
    pub fn kind(&self) -> Kind {
        let (arena, definition) = match &self.0 {
            Repr::Basic(basic) => return Kind::Basic(*basic),
            Repr::Defined { arena, index } => (arena, arena.definition(*index)),
        };
        let of = |reference: &Reference| reference.in_arena(arena);
        match &definition {
            Definition::Undefined => Kind::Undefined,
            Definition::Array { element, length } => {
                Kind::Array { element: of(element), length: *length }
            }
            Definition::Slice { element } => Kind::Slice { element: of(element) },
            Definition::Map { key, value } => Kind::Map { key: of(key), value: of(value) },
            Definition::Struct(shape) => Kind::Struct(Arc::clone(shape)),
            Definition::Opaque { marshaler, .. } => Kind::Opaque(*marshaler),
        }
    }

    /// The fields, of a struct.
    #[must_use]
    pub fn as_struct(&self) -> Option<Arc<StructType>> {
        match self.kind() {
            Kind::Struct(shape) => Some(shape),
            _ => None,
        }
    }

    /// The type of a field, of a struct that has it.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<Self> {
        let Repr::Defined { arena, .. } = &self.0 else { return None };
        let shape = self.as_struct()?;
        let field = shape.field(shape.index_of(name)?)?;
        Some(field.reference.in_arena(arena))
    }

    /// The type of the elements of a slice or an array, or of the values of a map.
    #[must_use]
    pub fn element(&self) -> Option<Self> {
        match self.kind() {
            Kind::Array { element, .. } | Kind::Slice { element } => Some(element),
            Kind::Map { value, .. } => Some(value),
            _ => None,
        }
    }
}

impl PartialEq for Type {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Basic(one), Repr::Basic(other)) => one == other,
            (
                Repr::Defined { arena, index },
                Repr::Defined { arena: other_arena, index: other_index },
            ) => index == other_index && Arc::ptr_eq(arena, other_arena),
            _ => false,
        }
    }
}

impl Eq for Type {}

impl Hash for Type {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Repr::Basic(basic) => basic.hash(state),
            Repr::Defined { arena, index } => (Arc::as_ptr(arena), index).hash(state),
        }
    }
}

impl Basic {
    /// The id that it has on every stream.
    pub(crate) fn id(self) -> u32 {
        self as u32 + 1
    }

    pub(crate) fn of_id(id: u32) -> Option<Self> {
        const ALL: [Basic; 8] = [
            Basic::Bool,
            Basic::Int,
            Basic::Uint,
            Basic::Float,
            Basic::Bytes,
            Basic::String,
            Basic::Complex,
            Basic::Interface,
        ];
        ALL.get(usize::try_from(id).ok()?.checked_sub(1)?).copied()
    }
}
