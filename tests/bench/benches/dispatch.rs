//! The wall time of each step of the dispatch, beside a direct call that comes to the same.
//!
//! `cargo bench -p hookwright-bench --bench dispatch`

#![expect(clippy::expect_used, reason = "a measurement that cannot be made ends with its reason")]

use criterion::{Criterion, criterion_group, criterion_main};
use hookwright_bench::steps::{STEPS, Steps};

fn dispatch(criterion: &mut Criterion) {
    let steps = Steps::new(10).expect("an engine");
    for step in STEPS {
        criterion.bench_function(step, |bencher| {
            bencher.iter_custom(|times| {
                let times = usize::try_from(times).expect("not more than memory has");
                let begun = std::time::Instant::now();
                steps.take(step, times).expect("a step");
                begun.elapsed()
            });
        });
    }
}

criterion_group!(benches, dispatch);
criterion_main!(benches);
