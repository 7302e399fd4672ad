//! From values to messages.

mod definition;
mod error;
mod plan;
mod write;

use bytes::BytesMut;

pub use error::{EncodeError, EncodeFault};

use crate::{Type, Value};
use plan::Plans;
use write::Writer;

/// Writes the values of one stream, in one direction of a connection.
///
/// Type ids are its own, whatever ids the types had where they came from. The definition of a type is
/// sent once, before the first value that needs it; so are those of types that only stand in
/// interfaces, so that a value is always one message.
///
/// ```
/// use bytes::BytesMut;
/// use hookwright_gob::{Decoder, Encoder, Schema, Struct, Type, Value};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let point = Schema::new().structure("Point", [("X", Type::INT), ("Y", Type::INT)])?;
/// let mut value = Struct::new(&point.as_struct().ok_or("a struct")?);
/// value.set("X", Value::Int(22))?;
///
/// let (mut encoder, mut stream) = (Encoder::new(), BytesMut::new());
/// encoder.encode(&point, &value.into(), &mut stream)?;
///
/// let decoded = Decoder::new().read(&mut stream)?.ok_or("a value")?;
/// assert_eq!(decoded.ty.to_string(), "struct Point");
/// assert_eq!(decoded.value.get("X"), Some(&Value::Int(22)));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Default)]
pub struct Encoder {
    plans: Plans,
    writer: Writer,
}

impl Encoder {
    /// An encoder at the start of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes a value, and the definitions that it needs and that were not sent yet.
    ///
    /// # Errors
    ///
    /// The value is not of the type. Nothing is written then, and the stream may go on.
    pub fn encode(
        &mut self,
        ty: &Type,
        value: &Value,
        out: &mut BytesMut,
    ) -> Result<(), EncodeError> {
        self.encode_all([(ty, value)], out)
    }

    /// Writes some values, or none of them: a header is not to go out without its body.
    ///
    /// # Errors
    ///
    /// A value is not of its type. Nothing is written then, and the stream may go on.
    pub fn encode_all<'a>(
        &mut self,
        values: impl IntoIterator<Item = (&'a Type, &'a Value)>,
        out: &mut BytesMut,
    ) -> Result<(), EncodeError> {
        let (written, defined) = (out.len(), self.plans.len());
        let result = values
            .into_iter()
            .try_for_each(|(ty, value)| self.writer.message(&mut self.plans, ty, value, out));
        if result.is_err() {
            out.truncate(written);
            self.plans.truncate(defined);
        }
        result
    }

    /// How many types have been defined on the stream.
    #[must_use]
    pub fn defined_types(&self) -> usize {
        self.plans.len()
    }
}
