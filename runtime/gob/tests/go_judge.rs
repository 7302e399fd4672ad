//! Go's own encoding/gob reads what is written here, and what it writes is read.
//!
//! Not run by `cargo test` alone, because it needs Go: `.ci/run` builds the judge in `tests/judge`,
//! names it in `HOOKWRIGHT_GOB_JUDGE`, and runs this by its name.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail like tests")]

mod support;

use std::cell::RefCell;
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use bytes::BytesMut;
use hookwright_gob::{Decoded, Decoder, Encoder, Schema, Struct, Type, Value};
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use support::generate::cases;
use support::{bytes, decode, encode, hex, normal};

/// How many types are made up.
const CASES: u32 = 3000;

/// The judge, and what it has written.
struct Judge {
    child: Child,
    questions: Option<ChildStdin>,
    answers: Lines<BufReader<ChildStdout>>,
    vectors: Vec<(String, Vec<u8>)>,
}

impl Judge {
    fn start() -> Self {
        let program = std::env::var("HOOKWRIGHT_GOB_JUDGE");
        let program = program.unwrap_or_else(|_| panic!("HOOKWRIGHT_GOB_JUDGE names no judge"));
        let pipes = (Stdio::piped(), Stdio::piped());
        let mut child = Command::new(program).stdin(pipes.0).stdout(pipes.1).spawn().unwrap();
        let questions = child.stdin.take();
        let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut vectors = Vec::new();
        while let Some((name, stream)) = answers.next().unwrap().unwrap().split_once('\t') {
            vectors.push((name.to_owned(), bytes(stream)));
        }
        Self { child, questions, answers, vectors }
    }

    fn ask(&mut self, question: &str) -> String {
        writeln!(self.questions.as_mut().unwrap(), "{question}").unwrap();
        self.answers.next().unwrap().unwrap()
    }

    /// What Go makes of values that it reads into one variable, one after another.
    fn typed(
        &mut self,
        description: &str,
        skip: bool,
        stream: &[u8],
    ) -> Result<Vec<Value>, String> {
        let skip = if skip { "skip" } else { "keep" };
        let answer = self.ask(&format!("typed\t{description}\t{skip}\t{}", hex(stream)));
        let Some(stream) = answer.strip_prefix("ok\t") else { return Err(answer) };
        let decoded =
            decode(&mut Decoder::new(), &bytes(stream)).map_err(|error| error.to_string())?;
        Ok(decoded.into_iter().map(|decoded| decoded.value).collect())
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        // At the end of its input it ends.
        self.questions = None;
        let _ = self.child.wait();
    }
}

#[test]
fn go_reads_what_it_has_written_itself_after_it_was_written_again_under_other_ids() {
    let mut judge = Judge::start();
    assert!(judge.vectors.len() > 60);
    for (name, stream) in judge.vectors.clone() {
        let values = decode(&mut Decoder::new(), &stream);
        let values = values.unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut encoder = Encoder::new();
        // The ids are not to be Go's by chance.
        encoder
            .encode(
                &Schema::new().slice(&Type::BOOL),
                &Value::List(Vec::new()),
                &mut BytesMut::new(),
            )
            .unwrap();
        let mut stream =
            BytesMut::from(&bytes("087f0202ff8000010200 00".replace(' ', "").as_str())[..]);
        stream[0] = u8::try_from(stream.len() - 1).unwrap();
        stream.extend_from_slice(&encode(&mut encoder, &values));
        assert_eq!(judge.ask(&format!("vector\t{name}\t{}", hex(&stream))), "ok", "{name}");
    }
}

#[test]
fn go_reads_values_of_any_type_as_they_were_meant_and_passes_over_them() {
    let judge = RefCell::new(Judge::start());
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let checked = TestRunner::new(config).run(&cases(), |case| {
        // Each value on a stream of its own: a variable keeps what the next value leaves out.
        for value in &case.values {
            let typed = Decoded { ty: case.ty.clone(), value: value.clone() };
            let stream = encode(&mut Encoder::new(), &[typed]);
            let description = case.shape.describe();
            let skip = normal::is_skipped_by_go(value);
            let found = judge.borrow_mut().typed(&description, skip, &stream);
            let found = found.map_err(TestCaseError::fail)?;
            let expected = normal::value(&case.shape, &case.ty, Some(value));
            let found = normal::sorted(found.first().cloned().unwrap());
            proptest::prop_assert_eq!(found, normal::sorted(expected), "of {}", description);
        }
        Ok(())
    });
    checked.unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn go_sets_to_zero_what_is_sent_as_zero_and_keeps_what_is_not_sent() {
    let schema = Schema::new();
    let fields = [("F0", Type::INT), ("F1", Type::STRING), ("F2", Type::INT)];
    let ty = schema.structure("", fields).unwrap();
    let shape = ty.as_struct().unwrap();
    let of = |fields: &[(&str, Value)]| {
        let mut made = Struct::new(&shape);
        for (name, value) in fields {
            made.set(name, value.clone()).unwrap();
        }
        Value::from(made)
    };
    let full = [("F0", Value::Int(1)), ("F1", "text".into()), ("F2", Value::Int(3))];
    let zeros = [("F0", Value::Int(0)), ("F1", "".into())];
    let values = [of(&full), of(&zeros)].map(|value| Decoded { ty: ty.clone(), value });
    let stream = encode(&mut Encoder::new(), &values);
    let description = r#"{"Struct":["int","string","int"]}"#;
    let found = Judge::start().typed(description, true, &stream).unwrap();
    assert_eq!(found, [of(&full), of(&[("F2", Value::Int(3))])]);
}

#[test]
fn go_passes_over_fields_that_it_does_not_know_and_so_do_we() {
    let schema = Schema::new();
    let inner = schema.structure("Inner", [("A", Type::INTERFACE), ("B", Type::STRING)]).unwrap();
    let fields = [("F0", Type::INT), ("Unknown", schema.slice(&inner)), ("F1", Type::STRING)];
    let ty = schema.structure("Newer", fields).unwrap();
    let mut part = Struct::new(&inner.as_struct().unwrap());
    part.set("B", "b").unwrap();
    let mut value = Struct::new(&ty.as_struct().unwrap());
    value.set("F0", Value::Int(7)).unwrap();
    value.set("Unknown", Value::List(vec![part.into()])).unwrap();
    value.set("F1", "after").unwrap();
    let stream = encode(&mut Encoder::new(), &[Decoded { ty, value: value.into() }]);
    let found = Judge::start().typed(r#"{"Struct":["int","string"]}"#, true, &stream).unwrap();
    assert_eq!(found[0].get("F0"), Some(&Value::Int(7)));
    assert_eq!(found[0].get("F1"), Some(&Value::from("after")));
    assert_eq!(found[0].get("Unknown"), None);
}
