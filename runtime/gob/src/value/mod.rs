//! Values of any type.

mod lenient;
mod structure;

use bytes::Bytes;

pub use structure::{NoSuchField, Struct};

use crate::{Text, Type};

/// A value of any type.
///
/// A value does not say of which type it is, structs and interfaces apart: what was decoded has its
/// type beside it, and what is to be encoded is given one.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// A signed number.
    Int(i64),
    /// An unsigned number.
    Uint(u64),
    /// A floating-point number.
    Float(f64),
    /// A complex number: its real and its imaginary part.
    Complex(f64, f64),
    /// A slice of bytes.
    Bytes(Bytes),
    /// A string.
    String(Text),
    /// The elements of a slice or an array.
    List(Vec<Value>),
    /// The pairs of a map, in the order in which they came. That order means nothing to Go.
    Map(Vec<(Value, Value)>),
    /// A struct.
    Struct(Struct),
    /// What a type that writes itself has written.
    Opaque(Bytes),
    /// An interface: nil, or a value with its type and that type's name.
    Interface(Option<Box<Concrete>>),
}

/// What an interface holds. Two are equal if their names and their values are: types are of a stream or
/// of a schema.
#[derive(Debug, Clone)]
pub struct Concrete {
    /// The name under which the type is registered with `gob.Register`, such as `*model.AppError`.
    pub name: Text,
    /// The type.
    pub ty: Type,
    /// The value.
    pub value: Value,
}

impl Concrete {
    /// A value of a registered type.
    #[must_use]
    pub fn new(name: impl Into<Text>, ty: &Type, value: Value) -> Self {
        Self { name: name.into(), ty: ty.clone(), value }
    }

    /// A value of one of the types that every Go program has registered: `bool`, `int64`, `uint64`,
    /// `float64`, `complex128`, `[]uint8` and `string`. Of other values there is `None`.
    ///
    /// ```
    /// use hookwright_gob::{Concrete, Value};
    ///
    /// let number = Concrete::basic(Value::from(1.5));
    /// assert!(number.is_some_and(|number| number.name == "float64"));
    /// assert!(Concrete::basic(Value::List(Vec::new())).is_none());
    /// ```
    #[must_use]
    pub fn basic(value: Value) -> Option<Self> {
        let (name, ty) = match &value {
            Value::Bool(_) => ("bool", Type::BOOL),
            Value::Int(_) => ("int64", Type::INT),
            Value::Uint(_) => ("uint64", Type::UINT),
            Value::Float(_) => ("float64", Type::FLOAT),
            Value::Complex(..) => ("complex128", Type::COMPLEX),
            Value::Bytes(_) => ("[]uint8", Type::BYTES),
            Value::String(_) => ("string", Type::STRING),
            _ => return None,
        };
        Some(Self { name: Text::from_static(name), ty, value })
    }
}

impl PartialEq for Concrete {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.value == other.value
    }
}

impl Value {
    /// The nil of an interface.
    pub const NIL: Self = Self::Interface(None);

    /// Whether Go would leave out a field of this value. (It never leaves out arrays and structs; of
    /// a list, which may be either a slice or an array, this is asked as of a slice. An empty map
    /// counts as zero here, although Go tells a nil map from an empty one.)
    #[must_use]
    pub fn is_zero(&self) -> bool {
        match self {
            Self::Bool(value) => !value,
            Self::Int(value) => *value == 0,
            Self::Uint(value) => *value == 0,
            // Minus zero is zero to Go as well.
            Self::Float(value) => *value == 0.0,
            Self::Complex(real, imaginary) => *real == 0.0 && *imaginary == 0.0,
            Self::Bytes(bytes) | Self::Opaque(bytes) => bytes.is_empty(),
            Self::String(text) => text.is_empty(),
            Self::List(elements) => elements.is_empty(),
            Self::Map(pairs) => pairs.is_empty(),
            Self::Interface(held) => held.is_none(),
            Self::Struct(_) => false,
        }
    }

    /// What sort of value it is, in the words of an error.
    pub(crate) fn sort(&self) -> &'static str {
        match self {
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Uint(_) => "uint",
            Self::Float(_) => "float",
            Self::Complex(..) => "complex",
            Self::Bytes(_) => "bytes",
            Self::String(_) => "string",
            Self::List(_) => "list",
            Self::Map(_) => "map",
            Self::Struct(_) => "struct",
            Self::Opaque(_) => "opaque",
            Self::Interface(_) => "interface",
        }
    }
}

macro_rules! from {
    ($($from:ty => |$value:ident| $made:expr;)*) => {$(
        impl From<$from> for Value {
            fn from($value: $from) -> Self {
                $made
            }
        }
    )*};
}

from! {
    bool => |value| Self::Bool(value);
    i32 => |value| Self::Int(value.into());
    i64 => |value| Self::Int(value);
    u32 => |value| Self::Uint(value.into());
    u64 => |value| Self::Uint(value);
    f32 => |value| Self::Float(value.into());
    f64 => |value| Self::Float(value);
    &str => |value| Self::String(value.into());
    String => |value| Self::String(value.into());
    Text => |value| Self::String(value);
    Bytes => |value| Self::Bytes(value);
    Struct => |value| Self::Struct(value);
    Concrete => |value| Self::Interface(Some(Box::new(value)));
}
