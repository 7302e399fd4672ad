//! Every unary hook with the handlers of two plugins: whatever the first one does, and whatever the
//! second one does if it is asked.

use hookwright_tests::parity::{
    FIRST, Hook, Play, SECOND, Sampler, Stage, check_all_hooks_at_once, check_every_hook, failures,
    plays,
};

const BOTH: &str = env!("CARGO_BIN_EXE_fixture-parity");

#[tokio::test]
async fn whatever_two_plugins_do_becomes_the_one_answer_that_the_model_says() {
    check_every_hook(BOTH, async |stage: &Stage, hook: &Hook| {
        let mut sampler = Sampler::full(4);
        let request = stage.a_request(hook, &mut sampler);
        let first = [plays(hook, &request, &mut sampler), some_failures()].concat();
        let second = [plays(hook, &request, &mut sampler), some_failures()].concat();
        let mut faults = Vec::new();
        for (first, second) in pairs(&first, &second) {
            let plays = [(FIRST, first), (SECOND, second)];
            faults.extend(stage.check(hook, &request, &plays).await.err());
        }
        faults
    })
    .await;
}

#[tokio::test]
async fn a_handler_that_does_not_end_counts_as_one_that_failed() {
    let checks = [true, false].map(async |is_first| {
        check_all_hooks_at_once(BOTH, async |stage: &Stage, hook: &Hook| {
            let mut sampler = Sampler::full(5);
            let request = stage.a_request(hook, &mut sampler);
            let answer = plays(hook, &request, &mut sampler).pop().expect("an answer");
            let hang = Play::hang();
            let plays = match is_first {
                true => [(FIRST, &hang), (SECOND, &answer)],
                false => [(FIRST, &answer), (SECOND, &hang)],
            };
            stage.check(hook, &request, &plays).await.err().into_iter().collect()
        })
        .await;
    });
    futures::future::join_all(checks).await;
}

/// One failure of each kind: which error it is makes no difference to a chain.
fn some_failures() -> Vec<Play> {
    let is_one = |play: &Play| ["Denied error", "AppError 429", "panic"].contains(&&*play.name);
    let some: Vec<_> = failures().into_iter().filter(is_one).collect();
    assert_eq!(some.len(), 3);
    some
}

fn pairs<'p>(first: &'p [Play], second: &'p [Play]) -> impl Iterator<Item = (&'p Play, &'p Play)> {
    first.iter().flat_map(move |first| second.iter().map(move |second| (first, second)))
}
