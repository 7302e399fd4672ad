//! Types in the words of an error.

use std::fmt;

use super::{Basic, Definition, Kind, Repr, Type};

/// Beyond this the parts of a type are left out: types contain themselves.
const DEPTH: usize = 4;

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        describe(self, DEPTH, f)
    }
}

impl fmt::Debug for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Type({self})")
    }
}

fn describe(ty: &Type, depth: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Some(below) = depth.checked_sub(1) else { return f.write_str("…") };
    match ty.kind() {
        Kind::Basic(basic) => write!(f, "{basic}"),
        Kind::Array { element, length } => {
            write!(f, "[{length}]")?;
            describe(&element, below, f)
        }
        Kind::Slice { element } => {
            f.write_str("[]")?;
            describe(&element, below, f)
        }
        Kind::Map { key, value } => {
            f.write_str("map[")?;
            describe(&key, below, f)?;
            f.write_str("]")?;
            describe(&value, below, f)
        }
        Kind::Struct(shape) if shape.name().is_empty() => f.write_str("struct"),
        Kind::Struct(shape) => write!(f, "struct {}", shape.name()),
        Kind::Opaque(_) => match opaque_name(ty) {
            Some(name) => write!(f, "opaque {name}"),
            None => f.write_str("opaque"),
        },
        Kind::Undefined => f.write_str("undefined"),
    }
}

fn opaque_name(ty: &Type) -> Option<String> {
    let Repr::Defined { arena, index } = &ty.0 else { return None };
    match arena.definition(*index) {
        Definition::Opaque { name, .. } if !name.is_empty() => Some(name.to_string()),
        _ => None,
    }
}

impl fmt::Display for Basic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Uint => "uint",
            Self::Float => "float",
            Self::Bytes => "bytes",
            Self::String => "string",
            Self::Complex => "complex",
            Self::Interface => "interface",
        })
    }
}
