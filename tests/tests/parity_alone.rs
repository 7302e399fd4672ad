//! Every unary hook with one handler: all that it can answer, and all the ways of not answering.

use hookwright_tests::parity::{
    FIRST, Hook, Play, SECOND, Sampler, Stage, check_all_hooks_at_once, check_every_hook, failures,
    plays,
};

/// The handlers of the two plugins are of the two kinds: where one's blocks, the other's waits.
const ALONE: [(&str, &str); 2] = [
    (env!("CARGO_BIN_EXE_fixture-parity-first"), FIRST),
    (env!("CARGO_BIN_EXE_fixture-parity-second"), SECOND),
];

#[tokio::test]
async fn every_answer_of_every_hook_is_what_the_host_makes_of_it() {
    for (program, plugin) in ALONE {
        check_every_hook(program, async |stage: &Stage, hook: &Hook| {
            let mut sampler = Sampler::full(1);
            let request = stage.a_request(hook, &mut sampler);
            let plays = plays(hook, &request, &mut sampler);
            let mut faults = Vec::new();
            for play in &plays {
                faults.extend(stage.check(hook, &request, &[(plugin, play)]).await.err());
            }
            faults
        })
        .await;
    }
}

#[tokio::test]
async fn every_error_and_a_panic_reach_the_host_as_its_reply_can_say_them() {
    for (program, plugin) in ALONE {
        check_every_hook(program, async |stage: &Stage, hook: &Hook| {
            let request = stage.a_request(hook, &mut Sampler::full(2));
            let mut faults = Vec::new();
            for play in failures() {
                faults.extend(stage.check(hook, &request, &[(plugin, &play)]).await.err());
            }
            faults
        })
        .await;
    }
}

#[tokio::test]
async fn a_handler_that_does_not_end_is_given_up_and_the_next_call_is_answered() {
    let checks = ALONE.map(async |(program, plugin)| {
        check_all_hooks_at_once(program, async |stage: &Stage, hook: &Hook| {
            let mut sampler = Sampler::full(3);
            let request = stage.a_request(hook, &mut sampler);
            let answers = plays(hook, &request, &mut sampler);
            let mut faults = Vec::new();
            for play in [Play::hang(), answers[0].clone()] {
                faults.extend(stage.check(hook, &request, &[(plugin, &play)]).await.err());
            }
            faults
        })
        .await;
    });
    futures::future::join_all(checks).await;
}
