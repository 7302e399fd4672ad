//! Streams that Go has written are read as Go reads them, and written again.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

mod support;

use ::bytes::BytesMut;
use hookwright_gob::{Decoded, Decoder, Encoder, Type, Value};
use support::{Vector, bytes, compare, decode, encode, golden};

#[test]
fn every_stream_of_go_decodes_to_its_values() {
    let vectors = golden();
    assert_eq!(vectors.len(), 268);
    for vector in vectors {
        let name = vector.name;
        let values = decode(&mut Decoder::new(), &vector.stream);
        let values = values.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(values.len(), vector.values.len(), "{name}");
        for (index, (decoded, expected)) in values.iter().zip(&vector.values).enumerate() {
            let compared = compare(&decoded.value, expected);
            compared.unwrap_or_else(|fault| panic!("{name}, value {index}{fault}"));
        }
    }
}

#[test]
fn every_value_of_go_survives_being_written_under_type_ids_of_our_own() {
    for vector in golden() {
        let values = decode(&mut Decoder::new(), &vector.stream).unwrap();
        let stream = encode(&mut Encoder::new(), &values);
        let again = decode(&mut Decoder::new(), &stream).unwrap();
        assert_eq!(again.len(), values.len(), "{}", vector.name);
        for (decoded, expected) in again.iter().zip(&vector.values) {
            let compared = compare(&decoded.value, expected);
            compared.unwrap_or_else(|fault| panic!("{}{fault}", vector.name));
        }
    }
}

#[test]
fn a_value_of_one_type_is_written_byte_by_byte_as_go_writes_it() {
    // Go's ids are those of the process: these are of the first type that it has used.
    let vectors = golden();
    let point = vectors.iter().find(|vector| vector.name == "struct/point-twice").unwrap();
    let values = decode(&mut Decoder::new(), &point.stream).unwrap();
    assert_eq!(encode(&mut Encoder::new(), &values), point.stream);
    for vector in vectors.iter().filter(|vector| vector.stream[1..].starts_with(&[0x7f])) {
        let values = decode(&mut Decoder::new(), &vector.stream).unwrap();
        assert_eq!(encode(&mut Encoder::new(), &values), vector.stream, "{}", vector.name);
    }
}

#[test]
fn a_stream_that_comes_byte_by_byte_says_the_same() {
    for vector in golden() {
        let (mut decoder, mut buffer) = (Decoder::new(), BytesMut::new());
        let mut values = Vec::new();
        for byte in &vector.stream {
            buffer.extend_from_slice(&[*byte]);
            values.extend(decoder.read(&mut buffer).unwrap());
        }
        assert_eq!(values.len(), vector.values.len(), "{}", vector.name);
        for (decoded, expected) in values.iter().zip(&vector.values) {
            let compared = compare(&decoded.value, expected);
            compared.unwrap_or_else(|fault| panic!("{}{fault}", vector.name));
        }
    }
}

#[test]
fn a_definition_is_sent_once_on_a_stream_however_many_values_there_are() {
    let vectors = golden();
    let read = |vector: &Vector| decode(&mut Decoder::new(), &vector.stream).unwrap();
    let values: Vec<Decoded> = vectors.iter().flat_map(read).collect();
    let (mut encoder, mut decoder) = (Encoder::new(), Decoder::new());
    let first = encode(&mut encoder, &values);
    let defined = encoder.defined_types();
    let second = encode(&mut encoder, &values);
    assert_eq!(encoder.defined_types(), defined);
    assert!(second.len() < first.len() / 2, "{} and {} bytes", second.len(), first.len());
    for stream in [first, second] {
        let again = decode(&mut decoder, &stream).unwrap();
        let expected = vectors.iter().flat_map(|vector| &vector.values);
        assert_eq!(again.len(), values.len());
        for (decoded, expected) in again.iter().zip(expected) {
            compare(&decoded.value, expected).unwrap_or_else(|fault| panic!("{fault}"));
        }
    }
}

#[test]
fn a_type_is_the_same_one_each_time_on_its_stream_and_another_on_another() {
    let vectors = golden();
    let point = vectors.iter().find(|vector| vector.name == "struct/point-twice").unwrap();
    let here = decode(&mut Decoder::new(), &point.stream).unwrap();
    let there = decode(&mut Decoder::new(), &point.stream).unwrap();
    assert_eq!(here[0].ty, here[1].ty);
    assert_ne!(here[0].ty, there[0].ty);
    assert_eq!(here[0].ty.field("X"), Some(Type::INT));
    assert_eq!(here[0].ty.to_string(), "struct Point");
}

#[test]
fn a_text_that_is_not_utf_8_is_taken_as_it_is() {
    let values = decode(&mut Decoder::new(), &bytes("060c000361ff62")).unwrap();
    let Value::String(text) = &values[0].value else { panic!("{values:?}") };
    assert_eq!(text.as_bytes(), b"a\xffb");
    assert_eq!(values[0].value.as_str().unwrap(), "a\u{fffd}b");
}
