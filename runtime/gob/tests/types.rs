//! Types of our own, and values written as them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

mod support;

use bytes::BytesMut;
use hookwright_gob::{
    Concrete, Decoder, EncodeFault, Encoder, Limits, Marshaler, Schema, SchemaError, Struct, Type,
    Value,
};
use support::{bytes, decode};

/// Writes a value, and reads it again.
fn round(ty: &Type, value: &Value) -> Value {
    let mut stream = BytesMut::new();
    Encoder::new().encode(ty, value, &mut stream).unwrap();
    decode(&mut Decoder::new(), &stream).unwrap().remove(0).value
}

fn of(ty: &Type, fields: &[(&str, Value)]) -> Value {
    let mut made = Struct::new(&ty.as_struct().unwrap());
    for (name, value) in fields {
        made.set(name, value.clone()).unwrap();
    }
    made.into()
}

fn point(schema: &Schema) -> Type {
    schema.structure("Point", [("X", Type::INT), ("Y", Type::INT)]).unwrap()
}

#[test]
fn a_field_that_is_set_to_zero_is_sent_and_one_that_is_not_set_is_not() {
    let point = point(&Schema::new());
    let read = round(&point, &of(&point, &[("Y", Value::Int(0))]));
    assert_eq!(read.get("X"), None);
    assert_eq!(read.get("Y"), Some(&Value::Int(0)));
}

#[test]
fn a_type_may_contain_itself() {
    let schema = Schema::new();
    let tree = schema.declare_struct();
    let children = schema.slice(&tree);
    let fields = [("Name", Type::STRING), ("Children", children)];
    schema.define_struct(&tree, "Tree", fields.clone()).unwrap();
    let leaf = of(&tree, &[("Name", "leaf".into())]);
    let root = of(&tree, &[("Children", Value::List(vec![leaf.clone(), leaf]))]);
    assert_eq!(round(&tree, &root), root);

    let again = schema.define_struct(&tree, "Tree", fields);
    assert_eq!(again, Err(SchemaError::NotDeclared { structure: "Tree".to_owned() }));
}

#[test]
fn a_struct_of_our_own_takes_a_field_of_a_type_that_came_with_a_stream() {
    let stream =
        bytes("1e7f03010105506f696e7401ff80000102010158010400010159010400000007ff80012c014200");
    let theirs = decode(&mut Decoder::new(), &stream).unwrap().remove(0);
    let fields = [("A", theirs.ty.clone()), ("B", Type::STRING)];
    let reply = Schema::new().structure("Reply", fields).unwrap();
    let value = of(&reply, &[("A", theirs.value.clone()), ("B", "".into())]);
    let read = round(&reply, &value);
    assert_eq!(read, value);
    assert_eq!(read.get("A"), Some(&theirs.value));
}

#[test]
fn a_struct_is_written_as_another_type_by_the_names_of_its_fields() {
    let schema = Schema::new();
    let fields = [("Y", Type::INT), ("Z", Type::STRING), ("X", Type::INT)];
    let wider = schema.structure("Wider", fields).unwrap();
    let value = of(&point(&schema), &[("X", Value::Int(1)), ("Y", Value::Int(2))]);
    let read = round(&wider, &value);
    assert_eq!(read, of(&wider, &[("Y", Value::Int(2)), ("X", Value::Int(1))]));

    let narrow = schema.structure("Narrow", [("X", Type::INT)]).unwrap();
    let error = Encoder::new().encode(&narrow, &value, &mut BytesMut::new()).unwrap_err();
    let text = "gob: a field \"Y\", which struct Narrow does not have";
    assert_eq!(error.to_string(), text);
}

#[test]
fn an_error_names_the_place_and_what_was_expected() {
    let schema = Schema::new();
    let props = schema.map(&Type::STRING, &Type::INTERFACE);
    let points = schema.slice(&point(&schema));
    let post = schema.structure("Post", [("Props", props)]).unwrap();
    let args = schema.structure("Args", [("A", post.clone())]).unwrap();
    let wrong = of(&point(&schema), &[("Y", "two".into())]);
    let held = Concrete::new("[]main.Point", &points, Value::List(vec![wrong]));
    let props = Value::Map(vec![("points".into(), held.into())]);
    let value = of(&args, &[("A", of(&post, &[("Props", props)]))]);
    let error = Encoder::new().encode(&args, &value, &mut BytesMut::new()).unwrap_err();
    let expected = "gob: a value of the sort string, where int was expected, \
                    in A.Props[\"points\"].([]main.Point)[0].Y";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn of_several_values_all_go_out_or_none_and_the_stream_goes_on() {
    let schema = Schema::new();
    let (point, other) = (point(&schema), schema.structure("Other", [("A", Type::INT)]).unwrap());
    let (header, wrong) = (of(&point, &[]), Value::from("not a struct"));
    let (mut encoder, mut stream) = (Encoder::new(), BytesMut::from(&b"before"[..]));
    let result = encoder.encode_all([(&point, &header), (&other, &wrong)], &mut stream);
    assert!(matches!(result.unwrap_err().fault(), EncodeFault::Mismatch { .. }));
    assert_eq!(&stream[..], b"before");
    assert_eq!(encoder.defined_types(), 0);

    let mut stream = BytesMut::new();
    encoder.encode_all([(&point, &header), (&other, &of(&other, &[]))], &mut stream).unwrap();
    assert_eq!(decode(&mut Decoder::new(), &stream).unwrap().len(), 2);
}

#[test]
fn a_type_in_an_interface_is_defined_before_the_value_so_that_the_value_is_one_message() {
    let schema = Schema::new();
    let held = Concrete::new("main.Point", &point(&schema), of(&point(&schema), &[]));
    let list = schema.slice(&Type::INTERFACE);
    let value = Value::List(vec![held.into(), Value::NIL]);
    let mut stream = BytesMut::new();
    Encoder::new().encode(&list, &value, &mut stream).unwrap();
    let (mut decoder, mut messages) = (Decoder::new(), 0);
    while !stream.is_empty() {
        // All these messages are shorter than 128 bytes.
        let length = usize::from(stream.split_to(1)[0]);
        let decoded = decoder.accept(stream.split_to(length).freeze()).unwrap();
        assert!(!decoder.is_within_value());
        assert_eq!(decoded.is_some(), stream.is_empty());
        messages += 1;
    }
    assert_eq!(messages, 3);
}

#[test]
fn what_go_would_refuse_is_not_written() {
    let schema = Schema::new();
    let list = schema.slice(&Type::INTERFACE);
    let named = |name: &str| Concrete::new(name, &Type::INT, Value::Int(1)).into();
    for name in [String::new(), "n".repeat(1025)] {
        let value = Value::List(vec![named(&name)]);
        let error = Encoder::new().encode(&list, &value, &mut BytesMut::new()).unwrap_err();
        assert_eq!(*error.fault(), EncodeFault::Name { length: name.len() });
        assert!(error.path().starts_with("[0].("), "{error}");
    }
    let pair = schema.array(&Type::INT, 2);
    let value = Value::List(vec![Value::Int(1)]);
    let error = Encoder::new().encode(&pair, &value, &mut BytesMut::new()).unwrap_err();
    assert_eq!(*error.fault(), EncodeFault::ArrayLength { found: 1, expected: 2 });
    let declared = schema.slice(&schema.declare_struct());
    let empty = Value::List(Vec::new());
    let error = Encoder::new().encode(&declared, &empty, &mut BytesMut::new()).unwrap_err();
    assert_eq!(*error.fault(), EncodeFault::Undefined);
    assert!(schema.structure("S", [("", Type::INT)]).is_err());
    assert!(schema.structure("S", [("A", Type::INT), ("A", Type::INT)]).is_err());
}

#[test]
fn what_is_nested_as_deep_as_a_decoder_takes_it_can_be_written_again_a_few_levels_deeper() {
    let schema = Schema::new();
    let list = schema.slice(&Type::INTERFACE);
    let nest = |levels: usize| {
        (0..levels).fold(Value::List(Vec::new()), |value, _| {
            Value::List(vec![Concrete::new("[]interface {}", &list, value).into()])
        })
    };
    // Each level is a list and an interface.
    let deep = nest(Limits::default().depth / 2 - 1);
    assert_eq!(round(&list, &deep), deep);
    let mut stream = BytesMut::new();
    Encoder::new().encode(&list, &nest(245), &mut stream).unwrap();
    assert!(Decoder::new().read(&mut stream).is_err());
    let error = Encoder::new().encode(&list, &nest(260), &mut stream).unwrap_err();
    assert_eq!(*error.fault(), EncodeFault::TooDeep { limit: 500 });
}

#[test]
fn a_type_that_writes_itself_is_bytes_to_us() {
    let schema = Schema::new();
    for marshaler in [Marshaler::Gob, Marshaler::Binary, Marshaler::Text] {
        let time = schema.opaque("Time", marshaler);
        let value = Value::Opaque(bytes("010000000ee228bc75075bcd15ffff").into());
        assert_eq!(round(&time, &value), value);
    }
}
