//! What Go writes is what the plans of the hooks take.

use bytes::BytesMut;
use hookwright_gob::{Decoded, Decoder};

use super::{FORMS, Form, HookPlan, RESULT};
use crate::netrpc::convert::Plans;

/// The streams that Go has written, which the codec is held against as well.
const GOLDEN: &str = include_str!("../../../gob/tests/data/golden.tsv");

/// The body of a call.
fn body(line: &str) -> Decoded {
    let hex = line.split('\t').nth(3).unwrap();
    let bytes = (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16));
    let mut stream: BytesMut = bytes.collect::<Result<Vec<_>, _>>().unwrap().as_slice().into();
    let mut decoder = Decoder::new();
    let _header = decoder.read(&mut stream).unwrap().unwrap();
    decoder.read(&mut stream).unwrap().unwrap()
}

#[test]
fn every_call_that_go_has_written_is_of_the_types_of_its_hook() {
    let plans = Plans::new().unwrap();
    let mut checked = 0;
    for line in GOLDEN.lines().filter(|line| line.starts_with("rpc/hook/")) {
        let name = line.split('\t').next().unwrap();
        let [_, _, hook, "request"] = name.split('/').collect::<Vec<_>>()[..] else { continue };
        let plan = hook.parse().ok().and_then(|hook| HookPlan::find(&plans, hook));
        let Some(plan) = plan else { continue };
        plan.check(&plans, &body(line).ty).unwrap_or_else(|error| panic!("{hook}: {error}"));
        checked += 1;
    }
    assert!(checked > 15, "{checked}");
}

#[test]
fn every_form_is_of_an_argument_and_a_result_that_its_hook_has() {
    let plans = Plans::new().unwrap();
    for (hook, form) in FORMS {
        let plan = HookPlan::find(&plans, *hook).unwrap_or_else(|| panic!("{hook} has no plan"));
        let argument = match form {
            Form::Json(argument, _) => {
                assert!(plans.ty(plan.arguments).field(argument).is_some(), "{hook}: {argument}");
                continue;
            }
            Form::Patch(argument)
            | Form::Always(argument)
            | Form::Whole(argument)
            | Form::Each(argument) => argument,
            Form::Plain => panic!("{hook} has no form"),
        };
        let (given, _) = plans.within(plan.arguments, argument).unwrap();
        let (answered, _) = plans.within(plan.results, RESULT).unwrap();
        assert_eq!(given, answered, "{hook}: {argument} and the result are of one struct");
    }
}
