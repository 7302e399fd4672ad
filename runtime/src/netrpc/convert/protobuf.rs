//! Encoded messages, read and written field by field.

use bytes::Bytes;
use hookwright_proto::prost::encoding::{
    WireType, decode_key, decode_varint, encode_key, encode_varint,
};
use prost::DecodeError;
use prost::bytes::Buf as _;

/// What stands under a field's number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Field {
    Number(u64),
    Fixed(u64),
    Bytes(Bytes),
}

/// A message as its fields, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Message(Vec<(u32, Field)>);

impl Message {
    pub(super) fn read(mut from: Bytes) -> Result<Self, DecodeError> {
        let mut fields = Vec::new();
        while from.has_remaining() {
            let (number, wire) = decode_key(&mut from)?;
            let field = match wire {
                WireType::Varint => Field::Number(decode_varint(&mut from)?),
                WireType::SixtyFourBit => Field::Fixed(from.try_get_u64_le().map_err(|_| cut())?),
                WireType::ThirtyTwoBit => {
                    Field::Fixed(u64::from(from.try_get_u32_le().map_err(|_| cut())?))
                }
                WireType::LengthDelimited => {
                    let length = usize::try_from(decode_varint(&mut from)?).map_err(|_| cut())?;
                    if length > from.len() {
                        return Err(cut());
                    }
                    Field::Bytes(from.split_to(length))
                }
                WireType::StartGroup | WireType::EndGroup => return Err(cut()),
            };
            fields.push((number, field));
        }
        Ok(Self(fields))
    }

    /// The field of a number; of several the last, as protobuf has it.
    pub(super) fn get(&self, number: u32) -> Option<&Field> {
        self.0.iter().rev().find(|(at, _)| *at == number).map(|(_, field)| field)
    }

    pub(super) fn all(&self, number: u32) -> impl Iterator<Item = &Field> {
        self.0.iter().filter(move |(at, _)| *at == number).map(|(_, field)| field)
    }

    /// The bytes of a string, of bytes or of a message.
    pub(super) fn bytes(&self, number: u32) -> Option<Bytes> {
        self.get(number)?.bytes()
    }

    /// A message within this one.
    pub(super) fn message(&self, number: u32) -> Result<Option<Self>, DecodeError> {
        self.bytes(number).map(Self::read).transpose()
    }
}

/// The messages that an encoded message has under a number.
///
/// # Errors
///
/// The bytes are no message.
pub(crate) fn parts(message: Bytes, number: u32) -> Result<Vec<Bytes>, DecodeError> {
    Ok(Message::read(message)?.all(number).filter_map(Field::bytes).collect())
}

impl Field {
    pub(super) fn bytes(&self) -> Option<Bytes> {
        match self {
            Self::Bytes(bytes) => Some(bytes.clone()),
            _ => None,
        }
    }

    pub(super) fn number(&self) -> u64 {
        match self {
            Self::Number(number) | Self::Fixed(number) => *number,
            Self::Bytes(_) => 0,
        }
    }
}

/// The message ends within a field. Reading a number from nothing says so in prost's own words.
fn cut() -> DecodeError {
    decode_varint(&mut Bytes::new())
        .err()
        .unwrap_or_else(|| unreachable!("there is nothing to read"))
}

pub(super) fn put_number(number: u32, value: u64, out: &mut Vec<u8>) {
    encode_key(number, WireType::Varint, out);
    encode_varint(value, out);
}

pub(super) fn put_fixed(number: u32, value: u64, out: &mut Vec<u8>) {
    encode_key(number, WireType::SixtyFourBit, out);
    out.extend_from_slice(&value.to_le_bytes());
}

pub(super) fn put_bytes(number: u32, value: &[u8], out: &mut Vec<u8>) {
    encode_key(number, WireType::LengthDelimited, out);
    encode_varint(value.len() as u64, out);
    out.extend_from_slice(value);
}

/// Puts a message within a message. Its length comes before it, and is known after it.
pub(super) fn put_message(number: u32, out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    encode_key(number, WireType::LengthDelimited, out);
    let start = out.len();
    write(out);
    let end = out.len();
    encode_varint((end - start) as u64, out);
    let size = out.len() - end;
    out[start..].rotate_right(size);
}
