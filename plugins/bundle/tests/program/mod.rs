//! The program under test.

use hookwright_tests::by_hand;
use tokio::process::Command;

/// The program with these arguments, as a person starts it.
pub(crate) fn hookwright(arguments: &[&str]) -> Command {
    let mut command = by_hand(env!("CARGO_BIN_EXE_hookwright"));
    command.args(arguments);
    command
}
