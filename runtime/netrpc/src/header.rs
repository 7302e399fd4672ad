//! What stands before each argument and each result.

use std::sync::LazyLock;

use hookwright_gob::{Decoded, Schema, Struct, Text, Type, Value};

/// The header of a request: which method is called, and the number of the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) method: Text,
    pub(crate) seq: u64,
    /// Of a reply: why there is no result. Empty means that there is one.
    pub(crate) error: Text,
}

/// The types of headers, the same for all connections.
struct Types {
    request: Type,
    reply: Type,
    nothing: Type,
}

static TYPES: LazyLock<Types> = LazyLock::new(|| {
    let schema = Schema::new();
    let made = |name: &str, fields: &[(&str, Type)]| {
        let made = schema.structure(name, fields.iter().map(|(name, ty)| (*name, ty.clone())));
        made.unwrap_or_else(|error| unreachable!("the header {name}: {error}"))
    };
    let (method, seq) = (("ServiceMethod", Type::STRING), ("Seq", Type::UINT));
    Types {
        request: made("Request", &[method.clone(), seq.clone()]),
        reply: made("Response", &[method, seq, ("Error", Type::STRING)]),
        nothing: made("", &[]),
    }
});

impl Header {
    /// Reads one. Go leaves out what is empty or zero.
    pub(crate) fn read(decoded: &Decoded) -> Option<Self> {
        let fields = decoded.value.as_struct()?;
        let mut header = Self { method: Text::default(), seq: 0, error: Text::default() };
        for (name, value) in fields.iter() {
            match (name, value) {
                ("ServiceMethod", Value::String(text)) => header.method = text.clone(),
                ("Seq", value) => header.seq = value.as_u64().unwrap_or(0),
                ("Error", Value::String(text)) => header.error = text.clone(),
                _ => {}
            }
        }
        Some(header)
    }

    /// As a request, with its type.
    pub(crate) fn request(self) -> (Type, Value) {
        written(&TYPES.request, [self.method.into(), Value::Uint(self.seq)])
    }

    /// As a reply, with its type.
    pub(crate) fn reply(self) -> (Type, Value) {
        written(&TYPES.reply, [self.method.into(), Value::Uint(self.seq), self.error.into()])
    }
}

/// An empty struct, which is also what is sent in place of a result where there is none. Its type is the
/// same each time: a stream defines each type that it sees once.
#[must_use]
pub fn nothing() -> (Type, Value) {
    written(&TYPES.nothing, [])
}

/// A struct without the fields that are zero.
fn written<const N: usize>(ty: &Type, fields: [Value; N]) -> (Type, Value) {
    let shape = ty.as_struct().unwrap_or_else(|| unreachable!("headers are structs"));
    let mut header = Struct::new(&shape);
    for (index, value) in (0..).zip(fields).filter(|(_, value)| !value.is_zero()) {
        if header.set_at(index, value).is_err() {
            unreachable!("a header has as many fields as its type");
        }
    }
    (ty.clone(), header.into())
}
