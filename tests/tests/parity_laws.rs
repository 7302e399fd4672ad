//! The laws of chains, on messages of all kinds: what two plugins do to them, in any combination,
//! comes to what folding it by the model comes to.

use hookwright_tests::parity::{
    FIRST, Form, HOOKS, Hook, Play, SECOND, Sampler, Stage, failures, plays,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Runtime;

const BOTH: &str = env!("CARGO_BIN_EXE_fixture-parity");

/// How many calls of each hook.
const CASES: u32 = 48;

/// A hook whose handlers' answers become one by more than being told.
fn folds(hook: &&Hook) -> bool {
    hook.form != Form::Nothing
}

#[test]
fn the_answer_of_a_chain_is_what_folding_the_answers_of_its_handlers_comes_to() {
    let runtime = Runtime::new().unwrap();
    let stage = runtime.block_on(Stage::start(BOTH));
    for hook in HOOKS.iter().filter(folds) {
        let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
        let mut runner = TestRunner::new(config);
        let case = (any::<u64>(), any::<bool>(), any::<[prop::sample::Index; 2]>());
        let checked = runner.run(&case, |(seed, is_sparse, chosen)| {
            let mut sampler = if is_sparse { Sampler::sparse(seed) } else { Sampler::full(seed) };
            let request = stage.a_request(hook, &mut sampler);
            let [first, second] = chosen.map(|index| {
                let plays = [plays(hook, &request, &mut sampler), one_failure()].concat();
                index.get(&plays).clone()
            });
            let plays = [(FIRST, &first), (SECOND, &second)];
            let checked = runtime.block_on(stage.check(hook, &request, &plays));
            checked.map_err(TestCaseError::fail)
        });
        checked.unwrap_or_else(|fault| panic!("{}: {fault}", hook.name));
    }
}

/// A failure, to be as if it were absent under the policy that goes on.
fn one_failure() -> Vec<Play> {
    failures().into_iter().take(1).collect()
}
