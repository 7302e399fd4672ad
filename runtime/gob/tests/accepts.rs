//! Received types held against those that are wanted, as Go's decoder does it.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use hookwright_gob::{Marshaler, Mismatch, Schema, Type};

fn of(schema: &Schema, fields: &[(&str, &Type)]) -> Type {
    let fields = fields.iter().map(|(name, ty)| (*name, Type::clone(ty)));
    schema.structure("Post", fields).unwrap()
}

/// A type of each kind, none of which can be read as another.
fn kinds(schema: &Schema) -> Vec<Type> {
    let inner = of(schema, &[("X", &Type::INT)]);
    vec![
        Type::BOOL,
        Type::INT,
        Type::UINT,
        Type::FLOAT,
        Type::BYTES,
        Type::STRING,
        Type::COMPLEX,
        Type::INTERFACE,
        schema.slice(&Type::STRING),
        schema.slice(&Type::INT),
        schema.slice(&inner),
        schema.array(&Type::INT, 2),
        schema.array(&Type::INT, 3),
        schema.map(&Type::STRING, &Type::STRING),
        schema.map(&Type::STRING, &Type::INTERFACE),
        schema.map(&Type::INT, &Type::STRING),
        schema.opaque("Time", Marshaler::Gob),
        schema.opaque("Time", Marshaler::Binary),
        inner,
    ]
}

#[test]
fn each_kind_of_type_is_read_as_itself_and_as_no_other() {
    let (ours, theirs) = (Schema::new(), Schema::new());
    for (place, want) in kinds(&ours).iter().enumerate() {
        for (other, received) in kinds(&theirs).iter().enumerate() {
            let fits = want.accepts(received).is_ok();
            assert_eq!(fits, place == other, "want {want}, received {received}");
            let (want, received) = (of(&ours, &[("F", want)]), of(&theirs, &[("F", received)]));
            assert_eq!(want.accepts(&received).is_ok(), place == other, "as fields");
        }
    }
}

#[test]
fn the_field_that_is_wrong_is_named_however_deep_it_is() {
    let (ours, theirs) = (Schema::new(), Schema::new());
    let nested = |schema: &Schema, field: &Type| {
        let inner = of(schema, &[("Deep", field), ("Right", &Type::INT)]);
        let list = schema.slice(&schema.map(&Type::STRING, &inner));
        schema.structure("Args", [("A", Type::STRING), ("B", list)]).unwrap()
    };
    let want = nested(&ours, &Type::STRING);
    assert_eq!(want.accepts(&nested(&theirs, &Type::STRING)), Ok(()));
    let wrong = want.accepts(&nested(&theirs, &Type::BOOL)).unwrap_err();
    let field = ("Post".to_owned(), "Deep".to_owned(), Type::STRING, Type::BOOL);
    let (structure, field, want, received) = field;
    assert_eq!(wrong, Mismatch::Field { structure, field, want, received });
}

#[test]
fn fields_of_one_side_alone_do_not_matter_unless_they_are_all_that_the_outermost_struct_has() {
    let (ours, theirs) = (Schema::new(), Schema::new());
    let known = of(&ours, &[("A", &Type::INT), ("B", &Type::INT)]);
    let newer = of(&theirs, &[("B", &Type::INT), ("C", &Type::STRING)]);
    let other = of(&theirs, &[("C", &Type::STRING)]);
    let (none, nothing) = (of(&theirs, &[]), of(&ours, &[]));
    assert_eq!(known.accepts(&newer), Ok(()));
    assert_eq!(known.accepts(&none), Ok(()), "all of them are zero");
    assert_eq!(nothing.accepts(&other), Ok(()), "nothing is wanted");
    let structure = "Post".to_owned();
    assert_eq!(known.accepts(&other), Err(Mismatch::NoFields { structure }));
    // Go asks this of no struct within.
    let (known, other) = (of(&ours, &[("F", &known)]), of(&theirs, &[("F", &other)]));
    assert_eq!(known.accepts(&other), Ok(()));
}

#[test]
fn types_that_contain_themselves_are_held_against_each_other_however_deep_the_one_is() {
    let ours = Schema::new();
    let want = ours.declare_struct();
    let list = ours.slice(&want);
    ours.define_struct(&want, "Tree", [("Name", Type::STRING), ("Children", list)]).unwrap();
    assert_eq!(want.accepts(&want.clone()), Ok(()));
    // A stream may spell out as many levels as it likes.
    let theirs = Schema::new();
    let levels = |name: &Type| {
        (0..50_000).fold(of(&theirs, &[("Name", name)]), |inner, _| {
            of(&theirs, &[("Children", &theirs.slice(&inner))])
        })
    };
    assert_eq!(want.accepts(&levels(&Type::STRING)), Ok(()));
    assert!(want.accepts(&levels(&Type::INT)).is_err());
}
