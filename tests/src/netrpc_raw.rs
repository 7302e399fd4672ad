//! Calls over net/rpc whose bytes the test writes itself.

use bytes::BytesMut;
use hookwright_gob::{Decoded, Decoder, Encoder, Type, Value};
use hookwright_netrpc::Stream;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::PATIENCE;
use crate::netrpc::{Typed, structure};

/// One stream of calls, on which anything may be written.
#[derive(Debug)]
pub struct RawCalls {
    /// The stream itself.
    pub stream: Stream,
    encoder: Encoder,
    decoder: Decoder,
    buffer: BytesMut,
    header: Type,
}

impl RawCalls {
    /// Over this stream, on which nothing has been said.
    ///
    /// # Panics
    ///
    /// If headers have no type.
    #[must_use]
    pub fn new(stream: Stream) -> Self {
        let text = (Type::STRING, Value::from(""));
        let number = (Type::UINT, Value::Uint(0));
        let (header, _) = structure(vec![("ServiceMethod", text), ("Seq", number)]);
        let (encoder, decoder) = (Encoder::new(), Decoder::new());
        Self { stream, encoder, decoder, buffer: BytesMut::new(), header }
    }

    /// Writes what stands before an argument.
    ///
    /// # Panics
    ///
    /// If it cannot be written.
    pub async fn header(&mut self, method: &str, seq: u64) {
        let shape = self.header.as_struct().expect("a struct");
        let mut header = hookwright_gob::Struct::new(&shape);
        header.set("ServiceMethod", method).expect("its field");
        header.set("Seq", Value::Uint(seq)).expect("its field");
        let header = (self.header.clone(), header.into());
        self.value(&header).await;
    }

    /// Writes an argument as it should be.
    ///
    /// # Panics
    ///
    /// If it cannot be written.
    pub async fn value(&mut self, (ty, value): &Typed) {
        let mut bytes = BytesMut::new();
        self.encoder.encode(ty, value, &mut bytes).expect("of its type");
        self.bytes(&bytes).await;
    }

    /// Writes anything.
    ///
    /// # Panics
    ///
    /// If it cannot be written.
    pub async fn bytes(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.expect("the plugin takes it");
    }

    /// The number and the error of the next reply, or why there is none.
    ///
    /// # Errors
    ///
    /// The stream has ended.
    pub async fn reply(&mut self) -> Result<(u64, String), String> {
        let header = self.next().await?.value;
        let _body = self.next().await?;
        let seq = header.get("Seq").and_then(Value::as_u64).unwrap_or(0);
        let error = header.get("Error").and_then(Value::as_str).unwrap_or_default();
        Ok((seq, error.into_owned()))
    }

    async fn next(&mut self) -> Result<Decoded, String> {
        loop {
            let read = self.decoder.read(&mut self.buffer).expect("what the plugin sends is a gob");
            if let Some(value) = read {
                return Ok(value);
            }
            let more = self.stream.read_buf(&mut self.buffer);
            match tokio::time::timeout(PATIENCE, more).await.expect("a reply in time") {
                Ok(0) => return Err("the end".to_owned()),
                Err(error) => return Err(error.to_string()),
                Ok(_) => {}
            }
        }
    }
}

/// A number of Go's.
#[must_use]
pub fn uint(number: u64) -> Vec<u8> {
    if number < 128 {
        return vec![number as u8];
    }
    let bytes = number.to_be_bytes();
    let length = 8 - bytes.iter().take_while(|byte| **byte == 0).count();
    [&[(length as u8).wrapping_neg()], &bytes[8 - length..]].concat()
}

/// A number of Go's, with its sign.
#[must_use]
pub fn int(number: i64) -> Vec<u8> {
    uint(((number << 1) ^ (number >> 63)).cast_unsigned())
}

/// Bytes with their length before them.
#[must_use]
pub fn message(parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    [uint(content.len() as u64), content].concat()
}

/// The definition of a list type.
#[must_use]
pub fn list_type(id: i64, element: i64) -> Vec<u8> {
    // Its second kind is a list; its second field the type of the elements.
    message(&[&int(-id), &[2, 2], &int(element), &[0, 0]])
}
