//! One check for every hook.

use futures::future::join_all;

use super::{HOOKS, Hook, Stage};

/// Checks the hooks one after the other in one process, and fails with all that is not as expected.
///
/// # Panics
///
/// If anything is not as expected.
pub async fn check_every_hook<C>(program: &str, check: C)
where
    C: AsyncFn(&Stage, &Hook) -> Vec<String>,
{
    let stage = Stage::start(program).await;
    let mut faults = Vec::new();
    for hook in &HOOKS {
        faults.extend(check(&stage, hook).await);
    }
    assert_none(program, &faults);
}

/// Checks all hooks at the same time, each in a process of its own: for checks that wait.
///
/// # Panics
///
/// If anything is not as expected.
pub async fn check_all_hooks_at_once<C>(program: &str, check: C)
where
    C: AsyncFn(&Stage, &Hook) -> Vec<String>,
{
    let check = &check;
    let checks = HOOKS.iter().map(async |hook| check(&Stage::start(program).await, hook).await);
    assert_none(program, &join_all(checks).await.concat());
}

fn assert_none(program: &str, faults: &[String]) {
    let few = faults.iter().take(12).map(String::as_str).collect::<Vec<_>>().join("\n\n");
    assert!(faults.is_empty(), "{} calls of {program} are wrong:\n\n{few}\n", faults.len());
}
