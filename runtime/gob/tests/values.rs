//! Values, as their readers and makers see them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

use std::sync::Arc;

use hookwright_gob::{
    Concrete, Decoded, Decoder, Encoder, Schema, Struct, StructType, Type, Value,
};

fn point() -> Arc<StructType> {
    let point = Schema::new().structure("Point", [("X", Type::INT), ("Y", Type::INT)]);
    point.unwrap().as_struct().unwrap()
}

fn held(value: impl Into<Value>) -> Value {
    Concrete::basic(value.into()).unwrap().into()
}

#[test]
fn a_value_is_read_through_interfaces_and_as_the_number_that_is_wanted() {
    let twice = Concrete::new("any", &Type::INTERFACE, held(7_u64));
    assert_eq!(Value::from(twice).as_i64(), Some(7));
    assert_eq!(held(-7_i64).as_u64(), None);
    assert_eq!(held(7.0).as_u64(), Some(7));
    assert_eq!(held(7_i64).as_f64(), Some(7.0));
    assert_eq!(held(1e300).as_i64(), None);
    assert_eq!(held(f64::NAN).as_i64(), None);
    assert_eq!(held(true).as_bool(), Some(true));
    assert_eq!(held("true").as_bool(), None);
    assert_eq!(held("text").as_bytes(), Some(&b"text"[..]));
    assert_eq!(Value::NIL.as_str(), None);
    assert_eq!(Value::List(vec![Value::NIL]).as_list().map(<[_]>::len), Some(1));
    assert_eq!(Value::NIL.get("field"), None);
}

#[test]
fn a_field_of_a_struct_within_an_interface_is_found_by_its_name() {
    let mut fields = Struct::new(&point());
    fields.set("Y", 2_i64).unwrap();
    let value: Value = Concrete::new("main.Point", &Type::INT, fields.into()).into();
    assert_eq!(value.get("Y").and_then(Value::as_i64), Some(2));
    assert_eq!(value.get("X"), None);
    assert_eq!(value.as_struct().map(Struct::len), Some(1));
}

#[test]
fn fields_stand_in_the_order_of_the_type_however_they_were_set() {
    let mut fields = Struct::new(&point());
    fields.set("Y", 2_i64).unwrap();
    fields.set("X", 1_i64).unwrap();
    fields.set("Y", 3_i64).unwrap();
    let found: Vec<_> = fields.iter().collect();
    assert_eq!(found, [("X", &Value::Int(1)), ("Y", &Value::Int(3))]);
    *fields.get_mut("X").unwrap() = Value::Int(0);
    assert_eq!(fields.remove("Y"), Some(Value::Int(3)));
    assert_eq!(fields.numbered().collect::<Vec<_>>(), [(0, &Value::Int(0))]);
    let error = fields.set_at(2, 1_i64).unwrap_err();
    assert_eq!(error.to_string(), "gob: struct Point has no field number 2");
}

#[test]
fn a_value_is_zero_where_go_would_leave_it_out() {
    let zeros = [
        Value::Bool(false),
        Value::Int(0),
        Value::Uint(0),
        Value::Float(-0.0),
        Value::Complex(0.0, -0.0),
        Value::from(""),
        Value::List(Vec::new()),
        Value::NIL,
    ];
    assert!(zeros.iter().all(Value::is_zero));
    let others = [Value::Float(f64::NAN), Value::Complex(0.0, 1.0), held(0_i64)];
    assert!(!others.iter().any(Value::is_zero));
    assert!(!Value::from(Struct::new(&point())).is_zero(), "Go sends structs always");
}

#[test]
fn everything_may_be_handed_to_another_thread() {
    fn is_shared<T: Send + Sync + 'static>() {}
    is_shared::<Decoded>();
    is_shared::<Decoder>();
    is_shared::<Encoder>();
    is_shared::<Schema>();
}
