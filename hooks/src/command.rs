//! Programs that handlers start.

use std::ffi::OsStr;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// What variables of these names say is between a host and the process that it started.
const HIDDEN: [&str; 3] = ["PLUGIN_", "MATTERMOST_PLUGIN", "HOOKWRIGHT_"];

/// The cookie of a host that is not Mattermost.
static COOKIE: OnceLock<&'static str> = OnceLock::new();

/// A program for a handler to start, as [`Command::new`] makes it, without what is between the host
/// and this process alone: the variables by which the host said how to serve, the token of the
/// metrics among them, and the host's own stdin.
///
/// A program that is a host or a plugin itself takes such variables for its own. Started with
/// `Command::new` it has them all.
///
/// What it prints goes where the plugin's own output goes, unless the caller says otherwise; it never
/// has the pipes that the host reads, so it may live longer than the plugin.
///
/// ```
/// let version = hookwright::command("cat").arg("/proc/version").output();
/// # drop(version);
/// ```
#[must_use]
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        if hidden_from_programs(&name) {
            command.env_remove(name);
        }
    }
    command
}

/// Whether a variable is not for programs that this process starts.
#[must_use]
pub fn hidden_from_programs(variable: &OsStr) -> bool {
    let name = variable.as_encoded_bytes();
    HIDDEN.iter().any(|prefix| name.starts_with(prefix.as_bytes()))
        || COOKIE.get().is_some_and(|cookie| name == cookie.as_bytes())
}

/// Adds the variable by which the host of this process is known. Only the first counts.
pub fn hide_from_programs(cookie: &'static str) {
    let _ = COOKIE.set(cookie);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_host_says_is_hidden_and_nothing_else() {
        hide_from_programs("BASIC_PLUGIN");
        for name in [
            "PLUGIN_MIN_PORT",
            "MATTERMOST_PLUGIN",
            "MATTERMOST_PLUGIN_ID",
            "HOOKWRIGHT_CONFIG",
            "BASIC_PLUGIN",
        ] {
            assert!(hidden_from_programs(OsStr::new(name)), "{name}");
        }
        for name in ["PATH", "MATTERMOST_URL", "MY_PLUGIN_X", "BASIC_PLUGIN_X", ""] {
            assert!(!hidden_from_programs(OsStr::new(name)), "{name}");
        }
    }
}
