#![doc = include_str!("../README.md")]

mod decode;
mod encode;
mod limits;
mod text;
mod types;
mod value;
mod wire;

pub use decode::{DecodeError, DecodeFault, Decoded, Decoder};
pub use encode::{EncodeError, EncodeFault, Encoder};
pub use limits::Limits;
pub use text::Text;
pub use types::{Basic, Kind, Marshaler, Mismatch, Schema, SchemaError, StructType, Type};
pub use value::{Concrete, NoSuchField, Struct, Value};
