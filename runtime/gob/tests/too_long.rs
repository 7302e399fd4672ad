//! Messages longer than the limit: their length is known, so the stream goes on behind them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

mod support;

use bytes::BytesMut;
use hookwright_gob::{DecodeFault, Decoder, Limits, Value};
use support::bytes;

#[test]
fn a_message_that_is_too_long_is_refused_at_once_and_what_follows_it_is_read() {
    let mut decoder = Decoder::with_limits(Limits { message: 100, ..Limits::default() });
    let mut buffer = BytesMut::new();
    // A string of 200 bytes, of which the first two have come.
    buffer.extend_from_slice(&bytes("ffcc0c00ffc878"));
    let error = decoder.read(&mut buffer).unwrap_err();
    assert_eq!(*error.fault(), DecodeFault::MessageTooLong { length: 204, limit: 100 });
    assert!(!error.is_stream_lost(), "the length is known");
    assert!(decoder.read(&mut buffer).unwrap().is_none(), "it has not come yet");
    buffer.extend_from_slice(&[b'x'; 150]);
    assert!(decoder.read(&mut buffer).unwrap().is_none() && buffer.is_empty());
    buffer.extend_from_slice(&[b'x'; 49]);
    buffer.extend_from_slice(&bytes("050c00026869"));
    let next = decoder.read(&mut buffer).unwrap().map(|decoded| decoded.value);
    assert_eq!(next, Some(Value::from("hi")));
}

#[test]
fn a_value_whose_rest_is_too_long_is_forgotten() {
    let limits = Limits { message: 40, ..Limits::default() };
    let (mut decoder, mut buffer) = (Decoder::with_limits(limits), BytesMut::new());
    // A list of one interface, whose name ends the message, as where a definition follows.
    let definition = bytes("0a7f0201 02ff8000 0110 0000".replace(' ', "").as_str());
    buffer.extend_from_slice(&definition);
    buffer.extend_from_slice(&bytes("0bff80000106737472696e67"));
    assert!(decoder.read(&mut buffer).unwrap().is_none() && decoder.is_within_value());
    buffer.extend_from_slice(&[50]);
    buffer.extend_from_slice(&[b'x'; 50]);
    assert!(!decoder.read(&mut buffer).unwrap_err().is_stream_lost());
    assert!(!decoder.is_within_value());
    buffer.extend_from_slice(&bytes("050c00026869"));
    assert_eq!(decoder.read(&mut buffer).unwrap().unwrap().value, Value::from("hi"));
}
