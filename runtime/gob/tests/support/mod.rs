//! Streams that Go has written, and what is said of them.

#![allow(
    dead_code,
    unused_imports,
    clippy::unwrap_used,
    clippy::panic,
    reason = "not every test needs all of it"
)]

mod expected;
pub(crate) mod generate;
pub(crate) mod normal;

use bytes::BytesMut;
use hookwright_gob::{DecodeError, Decoded, Decoder, Encoder};
use serde_json::Value as Json;

pub(crate) use expected::compare;

/// A stream of Go.
pub(crate) struct Vector {
    pub(crate) name: String,
    pub(crate) values: Vec<Json>,
    pub(crate) stream: Vec<u8>,
}

/// The vectors that are kept with the tests.
pub(crate) fn golden() -> Vec<Vector> {
    let lines = include_str!("../data/golden.tsv").lines().filter(|line| !line.starts_with('#'));
    lines.map(Vector::parse).collect()
}

impl Vector {
    /// A line: name, `count:types`, JSON, hex.
    pub(crate) fn parse(line: &str) -> Self {
        let columns: Vec<&str> = line.split('\t').collect();
        let [name, types, value, hex] = columns[..] else { panic!("not a vector: {line}") };
        let value: Json = serde_json::from_str(value).unwrap();
        let values = match (types.split(':').next().unwrap(), value) {
            ("1", value) => vec![value],
            (count, Json::Array(values)) => {
                assert_eq!(count, values.len().to_string(), "{name}");
                values
            }
            (_, value) => panic!("{name}: not several values: {value}"),
        };
        Self { name: name.to_owned(), values, stream: bytes(hex) }
    }
}

/// The bytes of some hex.
pub(crate) fn bytes(hex: &str) -> Vec<u8> {
    let digit = |byte: u8| u8::try_from((byte as char).to_digit(16).unwrap()).unwrap();
    hex.as_bytes().chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

/// The hex of some bytes.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// All values of a stream, which ends with one.
pub(crate) fn decode(decoder: &mut Decoder, stream: &[u8]) -> Result<Vec<Decoded>, DecodeError> {
    let mut buffer = BytesMut::from(stream);
    let mut values = Vec::new();
    while let Some(decoded) = decoder.read(&mut buffer)? {
        values.push(decoded);
    }
    assert!(buffer.is_empty() && !decoder.is_within_value(), "{} bytes are left", buffer.len());
    Ok(values)
}

/// The stream of some values.
pub(crate) fn encode(encoder: &mut Encoder, values: &[Decoded]) -> BytesMut {
    let mut stream = BytesMut::new();
    for Decoded { ty, value } in values {
        encoder.encode(ty, value, &mut stream).unwrap();
    }
    stream
}
