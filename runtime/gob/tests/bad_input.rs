//! What no sender should send is refused, in words that say what was wrong, and the stream goes on
//! where Go's would.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

mod support;

use bytes::{Bytes, BytesMut};
use hookwright_gob::{DecodeError, DecodeFault, Decoded, Decoder, Limits, Value};
use support::{bytes, decode, golden};

/// 2^62.
const HUGE: &str = "f84000000000000000";
/// `type Point struct { X, Y int }`, and below, other definitions of id 64, each a whole message.
const POINT: &str = "1e7f03010105506f696e7401ff8000010201015801040001015901040000 00";
const SLICE_OF_INT: &str = "0a7f02010 2ff80000104 0000";
const MAP_OF_STRING_TO_INT: &str = "0c7f04010 2ff8000010c01040000";
const ARRAY_OF_2_INT: &str = "0c7f01010 2ff80000104 01040000";
const SLICE_OF_INTERFACE: &str = "0a7f02010 2ff80000110 0000";
const SLICE_OF_ITSELF: &str = "0b7f02010 2ff800001ff80 0000";

/// The messages, each given its length.
fn stream(definition: &str, messages: &[&str]) -> Vec<u8> {
    let mut stream = bytes(&definition.replace(' ', ""));
    if let Some(length) = stream.first_mut() {
        // Definitions are counted here, so that those above need not be right about it.
        *length = u8::try_from(definition.replace(' ', "").len() / 2 - 1).unwrap();
    }
    for message in messages {
        let message = bytes(&message.replace(' ', ""));
        stream.push(u8::try_from(message.len()).unwrap());
        stream.extend(message);
    }
    stream
}

fn refused(definition: &str, message: &str) -> DecodeError {
    match decode(&mut Decoder::new(), &stream(definition, &[message])) {
        Ok(values) => panic!("{message} is taken for {values:?}"),
        Err(error) => error,
    }
}

#[test]
fn a_length_of_2_to_the_62_is_refused_wherever_it_stands() {
    let cases = [
        ("", format!("0c00 {HUGE}"), "a length of 4611686018427387904, where 0 bytes"),
        ("", format!("0a00 {HUGE} 01"), "a length of 4611686018427387904, where 1 bytes"),
        ("", format!("1000 {HUGE} 01"), "a length of 4611686018427387904, where 1 bytes"),
        (SLICE_OF_INT, format!("ff8000 {HUGE}"), "a value of more than 4194304 elements"),
        (MAP_OF_STRING_TO_INT, format!("ff8000 {HUGE}"), "a value of more than 4194304 elements"),
        (ARRAY_OF_2_INT, format!("ff8000 {HUGE}"), "4611686018427387904 elements, where 2"),
        ("", format!("7f 03 02 {HUGE}"), "the message ends where more was expected"),
        ("", format!("7f 03 01 02 ff80 00 01 {HUGE} 01"), "the message ends where more"),
        (POINT, format!("ff80 {HUGE}"), "a field number beyond the 2 fields of struct Point"),
    ];
    for (definition, message, expected) in cases {
        let error = refused(definition, &message);
        assert!(error.to_string().contains(expected), "{message}: {error}");
        assert!(!error.is_stream_lost());
    }
    let error = decode(&mut Decoder::new(), &bytes(HUGE)).unwrap_err();
    let limit = Limits::default().message;
    assert_eq!(*error.fault(), DecodeFault::MessageTooLong { length: 1 << 62, limit });
    assert!(error.is_stream_lost());
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let cases = [
        (POINT, "ff80 01 2c", Ok(())),
        (
            POINT,
            "ff80 01",
            Err("message ends where more was expected, at byte 3 of a message, in Point.X"),
        ),
        (POINT, "ff80 03", Err("a field number beyond the 2 fields of struct Point, at byte 3")),
        (POINT, "ff82 01 2c", Err("type id 65, which the stream has not defined, at byte 2")),
        (POINT, "18", Err("type id 12, which the stream has not defined")),
        (POINT, "00", Err("type id 0, which the stream has not defined")),
        ("", "04 01 02", Err("the number 1, where 0 was expected before a value that is not")),
        ("", "04 00 f7", Err("a number of 9 bytes, where at most 8 were expected")),
        (SLICE_OF_INT, "ff80 00 02 02", Err("in []int[1]")),
        (MAP_OF_STRING_TO_INT, "ff80 00 01 02 6869", Err("in map[string]int[\"hi\"]")),
        (SLICE_OF_INTERFACE, "ff80 00 01 01 41 ff82 01 00", Err("type id 65, which the stream")),
        (SLICE_OF_INTERFACE, "ff80 00 01 01 41 04 02 01 00", Err("in []interface[0].(A)")),
    ];
    for (definition, message, expected) in cases {
        match expected {
            Ok(()) => assert!(decode(&mut Decoder::new(), &stream(definition, &[message])).is_ok()),
            Err(expected) => {
                let error = refused(definition, message).to_string();
                assert!(
                    error.starts_with("gob: ") && error.contains(expected),
                    "{message}: {error}"
                );
            }
        }
    }
}

#[test]
fn definitions_that_make_no_sense_are_refused() {
    let cases = [
        ("7f", "a definition of type id 64 as no kind of type"),
        ("7f 00", "a definition of type id 64 as no kind of type"),
        ("7f 08", "with a field that definitions do not have"),
        ("7f 02 00", "by a type id that no type has"),
        ("7f 02 02 13 00 00", "by a type id that no type has"),
        ("7f 02 02 14 00 00", "by a type id that no type has"),
        ("7f 02 02 04 00 01 01 02 ff80 00 00 00", "as several kinds of type"),
        ("7f 01 02 04 01 01 00 00", "as an array of negative length"),
        ("7f 03 02 01 02 04 00 00 00", "with a field that has no name"),
        ("7f 02 02 04 00 00 99", "a message that goes on after a type's definition"),
        ("7d 02 02 04 00 00", "a definition of type id 63, where 64 to 2147483647 was expected"),
        ("fb ffffffffff 02 02 04 00 00", "where 64 to 2147483647 was expected"),
        ("f8 ffffffffffffffff 02 02 04 00 00", "where 64 to 2147483647 was expected"),
    ];
    for (message, expected) in cases {
        let error = refused("", message).to_string();
        assert!(error.contains(expected), "{message}: {error}");
    }
    let twice = refused(SLICE_OF_INT, "7f 02 02 04 00 00");
    assert_eq!(*twice.fault(), DecodeFault::DefinedTwice { id: 64 });
}

#[test]
fn a_type_that_is_mentioned_and_never_defined_is_refused_where_a_value_of_it_stands() {
    let slice_of_65 = "0b7f02010 2ff800001ff82 0000";
    let values = decode(&mut Decoder::new(), &stream(slice_of_65, &["ff80 00 00"])).unwrap();
    assert_eq!(values[0].value, Value::List(Vec::new()));
    assert_eq!(values[0].ty.to_string(), "[]undefined");
    let error = refused(slice_of_65, "ff80 00 01 00");
    assert_eq!(*error.fault(), DecodeFault::UnknownType { id: 65 });
    assert_eq!(error.path(), "[]undefined[0]");
}

#[test]
fn the_end_of_a_message_ends_a_struct_and_not_a_list_of_them() {
    let empty_struct = "ff81 03 01 02 ff82 00 00 00";
    let slice = "0b7f02010 2ff800001ff82 0000";
    let list = |message| stream(slice, &[empty_struct, message]);
    let values = decode(&mut Decoder::new(), &list("ff80 00 03 00 00 00")).unwrap();
    assert_eq!(values[0].value.as_list().map(<[_]>::len), Some(3));
    for (message, place) in [("ff80 00 03 00 00", 2), ("ff80 00 fd100000", 0)] {
        let error = decode(&mut Decoder::new(), &list(message)).unwrap_err();
        assert_eq!(*error.fault(), DecodeFault::Truncated);
        assert!(error.path().ends_with(&format!("[{place}]")), "{error}");
    }
}

#[test]
fn what_stands_behind_a_value_in_its_message_is_left_alone_as_go_does() {
    let (mut decoder, mut buffer) = (Decoder::new(), BytesMut::new());
    buffer.extend_from_slice(&stream(POINT, &["ff80 01 2c 00 ff ff ff", "04 00 06"]));
    let point = decoder.read(&mut buffer).unwrap().unwrap();
    assert_eq!(point.value.get("X"), Some(&Value::Int(22)));
    assert_eq!(decoder.read(&mut buffer).unwrap().unwrap().value, Value::Int(3));
}

#[test]
fn a_type_that_is_a_slice_of_itself_is_read_as_deep_as_the_limit() {
    let mut decoder = Decoder::with_limits(Limits { depth: 3, ..Limits::default() });
    let values = decode(&mut decoder, &stream(SLICE_OF_ITSELF, &["ff80 00 02 01 00 00"])).unwrap();
    let list = |elements| Value::List(elements);
    let expected = list(vec![list(vec![list(Vec::new())]), list(Vec::new())]);
    assert_eq!(values[0].value, expected);
    assert_eq!(values[0].ty.element(), Some(values[0].ty.clone()));
    assert_eq!(values[0].ty.to_string(), "[][][][]…");

    let error = decode(&mut decoder, &stream("", &["ff80 00 01 01 01 00"])).unwrap_err();
    assert_eq!(*error.fault(), DecodeFault::TooDeep { limit: 3 });
    let endless = [&[0xff, 0x80, 0x00][..], &[1; 60 << 10]].concat();
    let mut decoder = Decoder::new();
    decode(&mut decoder, &stream(SLICE_OF_ITSELF, &[])).unwrap();
    let error = decoder.accept(endless.into()).unwrap_err();
    assert_eq!(*error.fault(), DecodeFault::TooDeep { limit: Limits::default().depth });
}

#[test]
fn an_interface_nested_too_deep_is_refused() {
    let mut decoder = Decoder::new();
    decode(&mut decoder, &stream(SLICE_OF_INTERFACE, &[])).unwrap();
    // One element, of the name "L", of this type, of some length, and again.
    let level = bytes("01 01 4c ff80 7f 00".replace(' ', "").as_str());
    let nested = [&[0xff, 0x80, 0x00][..], &level.repeat(100_000)].concat();
    let error = decoder.accept(nested.into()).unwrap_err();
    assert_eq!(*error.fault(), DecodeFault::TooDeep { limit: Limits::default().depth });
    assert!(error.path().len() < 1000, "{error}");
}

#[test]
fn after_a_value_that_is_refused_the_next_message_is_read() {
    let bad = ["ff80 05", "ff80 01", "ff90 00", "04 01"];
    let good = "ff80 01 2c 01 42 00";
    for bad in bad {
        let (mut decoder, mut buffer) = (Decoder::new(), BytesMut::new());
        buffer.extend_from_slice(&stream(POINT, &[bad, good]));
        assert!(!decoder.read(&mut buffer).unwrap_err().is_stream_lost());
        let decoded: Decoded = decoder.read(&mut buffer).unwrap().unwrap();
        assert_eq!(decoded.value.get("X"), Some(&Value::Int(22)));
    }
}

#[test]
fn a_stream_cut_anywhere_is_a_value_that_has_not_come_yet() {
    for vector in golden() {
        for end in 0..vector.stream.len().min(700) {
            let (mut decoder, mut buffer) = (Decoder::new(), BytesMut::from(&vector.stream[..end]));
            let mut count = 0;
            while decoder.read(&mut buffer).unwrap().is_some() {
                count += 1;
            }
            assert!(count < vector.values.len(), "{}, cut at {end}", vector.name);
        }
    }
}

#[test]
fn each_limit_is_kept() {
    let usual = Limits::default();
    let cases = [
        (Limits { message: 5, ..usual }, DecodeFault::MessageTooLong { length: 30, limit: 5 }),
        (Limits { depth: 0, ..usual }, DecodeFault::TooDeep { limit: 0 }),
        (Limits { elements: 1, ..usual }, DecodeFault::TooManyElements { limit: 1 }),
        (Limits { memory: 100, ..usual }, DecodeFault::TooMuchMemory { limit: 100 }),
        (Limits { types: 0, ..usual }, DecodeFault::TooManyTypes { limit: 0 }),
        (Limits { type_memory: 99, ..usual }, DecodeFault::TypesTooLarge { limit: 99 }),
    ];
    for (limits, expected) in cases {
        let stream = stream(POINT, &["ff80 01 2c 01 42 00"]);
        let error = decode(&mut Decoder::with_limits(limits), &stream).unwrap_err();
        assert_eq!(*error.fault(), expected);
    }
}

#[test]
fn the_messages_of_a_value_count_for_its_memory_together() {
    let mut decoder = Decoder::with_limits(Limits { memory: 1_000_000, ..Limits::default() });
    decode(&mut decoder, &stream(SLICE_OF_INTERFACE, &[])).unwrap();
    // A list of many texts, and after each name the message ends.
    let first = bytes("ff8000 fe03e8 06 737472696e67".replace(' ', "").as_str());
    assert!(decoder.accept(first.into()).unwrap().is_none());
    let text =
        [&bytes("0c ff80 00 fe2710".replace(' ', "").as_str())[..], &[b'x'; 10_000]].concat();
    let more: Bytes = [&text[..], &bytes("06737472696e67")].concat().into();
    let taken = (0..1000).find_map(|count| decoder.accept(more.clone()).err().zip(Some(count)));
    let (error, count) = taken.unwrap();
    assert!((50..100).contains(&count), "{count} messages of ten thousand bytes");
    assert_eq!(*error.fault(), DecodeFault::TooMuchMemory { limit: 1_000_000 });
    assert!(!decoder.is_within_value());
}
