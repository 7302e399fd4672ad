//! From messages to values.

mod assemble;
mod definition;
mod error;
mod frame;
mod machine;
mod path;
mod types;

use bytes::{Buf, Bytes, BytesMut};

pub use error::{DecodeError, DecodeFault};

use crate::wire::{self, Reader};
use crate::{Limits, Type, Value};
use machine::Machine;
use types::Types;

/// Reads the values of one stream, in one direction of a connection.
///
/// It keeps the types that the stream has defined. What is read shares the memory of the messages:
/// a string that is kept keeps its message.
///
/// ```
/// use bytes::BytesMut;
/// use hookwright_gob::{Decoder, Value};
///
/// # fn main() -> Result<(), hookwright_gob::DecodeError> {
/// // What Go writes for `Encode("hi")`, in two pieces.
/// let mut buffer = BytesMut::from(&[0x05, 0x0c, 0x00][..]);
/// let mut decoder = Decoder::new();
/// assert!(decoder.read(&mut buffer)?.is_none());
///
/// buffer.extend_from_slice(&[0x02, b'h', b'i']);
/// let hi = decoder.read(&mut buffer)?;
/// assert_eq!(hi.map(|decoded| decoded.value), Some(Value::from("hi")));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Decoder {
    limits: Limits,
    types: Types,
    machine: Machine,
    /// The type of the value under way.
    under_way: Option<Type>,
    /// How much is still to come of a message that was refused for its length.
    skipped: u64,
}

/// The longest message that Go takes. A length beyond it is none: the stream is not one of gobs.
const LONGEST: u64 = 8 << 30;

/// A value, and its type on the stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    /// The type. While the stream lives, a type is the same one each time.
    pub ty: Type,
    /// The value.
    pub value: Value,
}

impl Default for Decoder {
    fn default() -> Self {
        Self::with_limits(Limits::default())
    }
}

impl Decoder {
    /// A decoder at the start of a stream, with the usual limits.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A decoder at the start of a stream.
    #[must_use]
    pub fn with_limits(limits: Limits) -> Self {
        let (types, machine) = (Types::new(limits), Machine::new(limits));
        Self { limits, types, machine, under_way: None, skipped: 0 }
    }

    /// Takes whole messages out of what has been received, up to the end of a value. `None`: the rest
    /// of the value has not been received yet.
    ///
    /// # Errors
    ///
    /// A message cannot be taken. It is gone from the buffer, and the next one may be read, unless
    /// [`DecodeError::is_stream_lost`] says otherwise. One that is too long is refused as soon as its
    /// length is known; what comes of it later is thrown away.
    pub fn read(&mut self, buffer: &mut BytesMut) -> Result<Option<Decoded>, DecodeError> {
        while let Some(message) = self.message(buffer)? {
            if let Some(decoded) = self.accept(message)? {
                return Ok(Some(decoded));
            }
        }
        Ok(None)
    }

    /// Takes one message, without its length, for those who find the messages themselves. `None`: the
    /// value is not complete; Go spreads some over several messages.
    ///
    /// # Errors
    ///
    /// The message cannot be taken. The next one is the start of a value.
    pub fn accept(&mut self, message: Bytes) -> Result<Option<Decoded>, DecodeError> {
        let mut reader = Reader::new(message);
        self.step(&mut reader).map_err(|fault| {
            let path = self.machine.path(self.under_way.take().as_ref());
            self.machine.clear();
            DecodeError { fault, path, offset: reader.offset(), is_stream_lost: false }
        })
    }

    /// Whether a value has begun whose rest has not been received.
    #[must_use]
    pub fn is_within_value(&self) -> bool {
        self.under_way.is_some()
    }

    fn step(&mut self, reader: &mut Reader) -> Result<Option<Decoded>, DecodeFault> {
        if self.under_way.is_none() {
            self.machine.begin();
        }
        self.machine.keep(reader)?;
        if self.under_way.is_none() {
            let Some(id) = self.type_sequence(reader)? else { return Ok(None) };
            let reference = self.types.of_id(id)?;
            self.under_way = Some(self.types.public(&reference));
            self.machine.body(&reference, reader, &self.types)?;
        }
        let Some(value) = self.machine.run(reader, &mut self.types)? else { return Ok(None) };
        Ok(self.under_way.take().map(|ty| Decoded { ty, value }))
    }

    /// The id of a value's type; `None` after a definition.
    fn type_sequence(&mut self, reader: &mut Reader) -> Result<Option<i64>, DecodeFault> {
        if reader.is_empty() {
            return Ok(None);
        }
        let id = reader.int()?;
        if id >= 0 {
            return Ok(Some(id));
        }
        self.types.define(id.wrapping_neg(), reader)?;
        if reader.is_empty() { Ok(None) } else { Err(DecodeFault::ExtraData) }
    }

    fn message(&mut self, buffer: &mut BytesMut) -> Result<Option<Bytes>, DecodeError> {
        self.skip(buffer);
        let wrong = |fault, is_stream_lost| {
            Err(DecodeError { fault, path: String::new(), offset: 0, is_stream_lost })
        };
        let (length, size) = match wire::parse_uint(buffer) {
            Ok(Some(parsed)) => parsed,
            Ok(None) => return Ok(None),
            Err(fault) => return wrong(fault, true),
        };
        let limit = self.limits.message;
        match usize::try_from(length) {
            Ok(length) if length <= limit && buffer.len() - size < length => Ok(None),
            Ok(length) if length <= limit => {
                buffer.advance(size);
                Ok(Some(buffer.split_to(length).freeze()))
            }
            _ if length > LONGEST => wrong(DecodeFault::MessageTooLong { length, limit }, true),
            _ => {
                buffer.advance(size);
                self.skipped = length;
                self.skip(buffer);
                // It may have been the rest of a value.
                self.under_way = None;
                self.machine.clear();
                wrong(DecodeFault::MessageTooLong { length, limit }, false)
            }
        }
    }

    fn skip(&mut self, buffer: &mut BytesMut) {
        let here = usize::try_from(self.skipped).unwrap_or(usize::MAX).min(buffer.len());
        buffer.advance(here);
        self.skipped -= here as u64;
    }
}
