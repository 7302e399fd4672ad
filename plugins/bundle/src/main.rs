//! The plugin process: the plugins that it is made of, and its command line.

mod call;
mod cli;
mod demo;
mod interrupt;
mod list;

use std::process::ExitCode;

/// The plugin crates. One line each; a crate that is not named here is not in the binary.
macro_rules! plugins {
    ($($plugin:ident,)+) => {
        $(use $plugin as _;)+

        /// The same crates by name, so that the start can tell that none was dropped.
        const PLUGINS: &[&str] = &[$(stringify!($plugin)),+];
    };
}

plugins! {
    content_filter,
    welcome,
}

fn main() -> ExitCode {
    cli::run(PLUGINS)
}
