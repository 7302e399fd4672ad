//! Types and values of all kinds, by chance.

use hookwright_gob::{Basic, Concrete, Marshaler, Schema, Struct, Type, Value};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

/// A type, as it is generated.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    Basic(Basic),
    Opaque,
    Array(Box<Shape>, u8),
    Slice(Box<Shape>),
    Map(Basic, Box<Shape>),
    Struct(Vec<Shape>),
}

impl Shape {
    /// The type, as the judge in Go is told of it.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Basic(basic) => format!("\"{basic}\""),
            Self::Opaque => "\"opaque\"".to_owned(),
            Self::Array(shape, length) => {
                format!(r#"{{"Array":{},"Length":{length}}}"#, shape.describe())
            }
            Self::Slice(shape) => format!(r#"{{"Slice":{}}}"#, shape.describe()),
            Self::Map(key, shape) => format!(r#"{{"Map":{},"Key":"{key}"}}"#, shape.describe()),
            Self::Struct(shapes) => {
                let shapes: Vec<String> = shapes.iter().map(Self::describe).collect();
                format!(r#"{{"Struct":[{}]}}"#, shapes.join(","))
            }
        }
    }
}

/// A type, and some values of it.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) shape: Shape,
    pub(crate) ty: Type,
    pub(crate) values: Vec<Value>,
}

/// Types with values.
pub(crate) fn cases() -> impl Strategy<Value = Case> {
    shapes().prop_flat_map(|shape| {
        let schema = Schema::new();
        let any = Anything::new(&schema);
        let ty = type_of(&shape, &schema);
        let values = vec(values(&shape, &ty, &any), 1..4);
        values.prop_map(move |values| Case { shape: shape.clone(), ty: ty.clone(), values })
    })
}

fn shapes() -> impl Strategy<Value = Shape> {
    let basic = prop_oneof![
        Just(Basic::Bool),
        Just(Basic::Int),
        Just(Basic::Uint),
        Just(Basic::Float),
        Just(Basic::Bytes),
        Just(Basic::String),
        Just(Basic::Complex),
        Just(Basic::Interface),
    ];
    let leaf = prop_oneof![8 => basic.prop_map(Shape::Basic), 1 => Just(Shape::Opaque)];
    let key =
        prop_oneof![Just(Basic::Bool), Just(Basic::Int), Just(Basic::Uint), Just(Basic::String)];
    leaf.prop_recursive(4, 24, 6, move |inner| {
        prop_oneof![
            (inner.clone(), 0..4_u8).prop_map(|(shape, length)| Shape::Array(shape.into(), length)),
            inner.clone().prop_map(|shape| Shape::Slice(shape.into())),
            (key.clone(), inner.clone()).prop_map(|(key, shape)| Shape::Map(key, shape.into())),
            vec(inner, 0..6).prop_map(Shape::Struct),
        ]
    })
}

/// The fields of structs are `F0`, `F1` and so on.
pub(crate) fn type_of(shape: &Shape, schema: &Schema) -> Type {
    match shape {
        Shape::Basic(basic) => Type::basic(*basic),
        Shape::Opaque => schema.opaque("Raw", Marshaler::Gob),
        Shape::Array(shape, length) => schema.array(&type_of(shape, schema), u64::from(*length)),
        Shape::Slice(shape) => schema.slice(&type_of(shape, schema)),
        Shape::Map(key, shape) => schema.map(&Type::basic(*key), &type_of(shape, schema)),
        Shape::Struct(shapes) => {
            let field = |(index, shape)| (format!("F{index}"), type_of(shape, schema));
            schema.structure("", shapes.iter().enumerate().map(field)).unwrap()
        }
    }
}

/// What interfaces hold.
#[derive(Debug, Clone)]
struct Anything {
    list: Type,
    map: Type,
}

impl Anything {
    fn new(schema: &Schema) -> Self {
        let list = schema.slice(&Type::INTERFACE);
        Self { list, map: schema.map(&Type::STRING, &Type::INTERFACE) }
    }

    fn interfaces(&self) -> BoxedStrategy<Value> {
        let basic = [Basic::Bool, Basic::Int, Basic::Float, Basic::Bytes, Basic::String];
        let basic = basic.map(scalars);
        let basic = basic
            .into_iter()
            .fold(scalars(Basic::Complex), |all, one| prop_oneof![all, one].boxed());
        let held = basic.prop_map(|value| Concrete::basic(value).unwrap().into());
        let leaf = prop_oneof![1 => Just(Value::NIL), 6 => held];
        let Self { list, map } = self.clone();
        leaf.prop_recursive(3, 12, 4, move |inner| {
            let (list, map) = (list.clone(), map.clone());
            let lists = vec(inner.clone(), 0..4).prop_map(move |elements| {
                Concrete::new("[]interface {}", &list, Value::List(elements)).into()
            });
            let maps = btree_map("[a-c]{0,3}", inner, 0..4).prop_map(move |pairs| {
                let pairs = pairs.into_iter().map(|(key, value)| (key.into(), value)).collect();
                Concrete::new("map[string]interface {}", &map, Value::Map(pairs)).into()
            });
            prop_oneof![lists, maps]
        })
        .boxed()
    }
}

fn scalars(basic: Basic) -> BoxedStrategy<Value> {
    // NaN is not equal to itself.
    let floats = || prop_oneof![Just(0.0), Just(-0.0), Just(f64::INFINITY), any::<f64>()];
    match basic {
        Basic::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Basic::Int => prop_oneof![Just(0), any::<i64>(), -70..70_i64].prop_map(Value::Int).boxed(),
        Basic::Uint => prop_oneof![any::<u64>(), 0..300_u64].prop_map(Value::Uint).boxed(),
        Basic::Float => floats().prop_map(Value::Float).boxed(),
        Basic::Bytes => vec(any::<u8>(), 0..200).prop_map(|it| Value::Bytes(it.into())).boxed(),
        Basic::String => {
            let texts = prop_oneof![
                4 => ".{0,8}".prop_map(String::into_bytes),
                1 => vec(any::<u8>(), 0..140),
            ];
            texts.prop_map(|text| Value::String(text.into())).boxed()
        }
        Basic::Complex => (floats(), floats()).prop_map(|(a, b)| Value::Complex(a, b)).boxed(),
        Basic::Interface => Just(Value::NIL).boxed(),
    }
}

fn values(shape: &Shape, ty: &Type, any: &Anything) -> BoxedStrategy<Value> {
    let part = |shape: &Shape| values(shape, &ty.element().unwrap(), any);
    match shape {
        Shape::Basic(Basic::Interface) => any.interfaces(),
        Shape::Basic(basic) => scalars(*basic),
        Shape::Opaque => vec(0..9_u8, 0..20).prop_map(|it| Value::Opaque(it.into())).boxed(),
        Shape::Array(shape, length) => {
            vec(part(shape), usize::from(*length)).prop_map(Value::List).boxed()
        }
        Shape::Slice(shape) => vec(part(shape), 0..4).prop_map(Value::List).boxed(),
        Shape::Map(key, shape) => vec((scalars(*key), part(shape)), 0..4)
            .prop_map(|mut pairs| {
                let mut seen = Vec::new();
                pairs.retain(|(key, _)| {
                    let is_new = !seen.contains(key);
                    seen.push(key.clone());
                    is_new
                });
                Value::Map(pairs)
            })
            .boxed(),
        Shape::Struct(shapes) => {
            let structure = ty.as_struct().unwrap();
            let field = |(index, shape)| {
                let field = ty.field(&format!("F{index}")).unwrap();
                proptest::option::weighted(0.7, values(shape, &field, any))
            };
            let fields: Vec<_> = shapes.iter().enumerate().map(field).collect();
            fields
                .prop_map(move |fields| {
                    let mut made = Struct::new(&structure);
                    for (index, value) in (0..).zip(fields) {
                        if let Some(value) = value {
                            made.set_at(index, value).unwrap();
                        }
                    }
                    made.into()
                })
                .boxed()
        }
    }
}
