//! The types of the table, as they are on the wire.

/// The type of a field as a gob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WireType {
    Bool,
    Int,
    Uint,
    Float,
    String,
    Bytes,
    Interface,
    /// `time.Time`.
    Time,
    Slice(Box<Self>),
    Map(Box<Self>, Box<Self>),
    Struct(&'static str),
}

impl WireType {
    /// Reads one, such as `map<string,slice<struct model.Post>>`.
    pub(super) fn parse(text: &'static str) -> Option<Self> {
        let within = |name: &str| text.strip_prefix(name)?.strip_prefix('<')?.strip_suffix('>');
        if let Some(element) = within("slice") {
            return Some(Self::Slice(Box::new(Self::parse(element)?)));
        }
        if let Some((key, value)) = within("map").and_then(|pair| pair.split_once(',')) {
            return Some(Self::Map(Box::new(Self::parse(key)?), Box::new(Self::parse(value)?)));
        }
        Some(match text {
            "bool" => Self::Bool,
            "int" => Self::Int,
            "uint" => Self::Uint,
            "float" => Self::Float,
            "string" => Self::String,
            "bytes" => Self::Bytes,
            "interface" => Self::Interface,
            "gobencoder time.Time" => Self::Time,
            _ => Self::Struct(text.strip_prefix("struct ")?),
        })
    }
}
