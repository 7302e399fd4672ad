//! One check for every hook.

use futures::future::join_all;

use super::{HOOKS, Hook, Stage};
use crate::host::Protocol;

/// Both protocols.
const BOTH: [Protocol; 2] = [Protocol::Grpc, Protocol::NetRpc];

/// Checks the hooks one after the other in one process, over both protocols, and fails with all that is
/// not as expected.
///
/// # Panics
///
/// If anything is not as expected.
pub async fn check_every_hook<C>(program: &str, check: C)
where
    C: AsyncFn(&Stage, &Hook) -> Vec<String>,
{
    for protocol in BOTH {
        check_every_hook_over(protocol, program, &check).await;
    }
}

/// The same over one of them.
///
/// # Panics
///
/// If anything is not as expected.
pub async fn check_every_hook_over<C>(protocol: Protocol, program: &str, check: C)
where
    C: AsyncFn(&Stage, &Hook) -> Vec<String>,
{
    let stage = Stage::start_over(program, protocol).await;
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
    for protocol in BOTH {
        let check = async |hook| check(&Stage::start_over(program, protocol).await, hook).await;
        assert_none(program, &join_all(HOOKS.iter().map(check)).await.concat());
    }
}

fn assert_none(program: &str, faults: &[String]) {
    let few = faults.iter().take(12).map(String::as_str).collect::<Vec<_>>().join("\n\n");
    assert!(faults.is_empty(), "{} calls of {program} are wrong:\n\n{few}\n", faults.len());
}
