//! What a process is given by whoever starts it.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};

/// What variables of these names say is between a host and the process that it started, and not for
/// the programs that the process starts: one that is a host or a plugin itself would take them for its
/// own.
const HOSTS: [&str; 3] = ["PLUGIN_", "MATTERMOST_PLUGIN", "HOOKWRIGHT_"];

/// Whether a variable is between a host and the process that it started.
pub(crate) fn is_hosts(variable: &OsStr) -> bool {
    let name = variable.as_encoded_bytes();
    HOSTS.iter().any(|prefix| name.starts_with(prefix.as_bytes()))
}

/// The environment variables and the working folder, as a value: whatever reads them can be tested
/// without touching those of the process.
#[derive(Clone)]
pub struct Environment {
    variables: BTreeMap<OsString, OsString>,
    working_folder: PathBuf,
}

impl Environment {
    /// Those of this process.
    #[must_use]
    pub fn of_process() -> Self {
        Self {
            variables: std::env::vars_os().collect(),
            // The working folder may have been deleted; what is relative to it then fails by name.
            working_folder: std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
        }
    }

    /// No variables, in this folder.
    pub fn in_folder(working_folder: impl Into<PathBuf>) -> Self {
        Self { variables: BTreeMap::new(), working_folder: working_folder.into() }
    }

    /// The same with one more variable.
    #[must_use]
    pub fn with(mut self, variable: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.variables.insert(variable.into(), value.into());
        self
    }

    /// The value of a variable. One that is empty counts as unset: it is how a variable is taken
    /// away where unsetting it is not possible.
    #[must_use]
    pub fn get(&self, variable: &str) -> Option<&OsStr> {
        let value = self.variables.get(OsStr::new(variable))?;
        (!value.is_empty()).then_some(value)
    }

    /// The names of the variables, without those that are not text.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().filter_map(|name| name.to_str())
    }

    /// The folder that relative paths start from.
    #[must_use]
    pub fn working_folder(&self) -> &Path {
        &self.working_folder
    }
}

/// Shows names only: an environment holds other people's secrets.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("variables", &self.variables.keys())
            .field("working_folder", &self.working_folder)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_counts_as_unset() {
        let environment = Environment::in_folder("/").with("A", "1").with("B", "");
        assert_eq!(environment.get("A"), Some(OsStr::new("1")));
        assert_eq!(environment.get("B"), None);
        assert_eq!(environment.get("C"), None);
    }

    #[test]
    fn what_a_host_says_is_known_by_its_name() {
        for name in ["PLUGIN_MIN_PORT", "MATTERMOST_PLUGIN", "HOOKWRIGHT_CONFIG"] {
            assert!(is_hosts(OsStr::new(name)), "{name}");
        }
        for name in ["PATH", "MATTERMOST_URL", "MY_PLUGIN_X", ""] {
            assert!(!is_hosts(OsStr::new(name)), "{name}");
        }
    }

    #[test]
    fn debug_shows_names_and_no_values() {
        let environment = Environment::in_folder("/").with("TOKEN", "hunter2");
        let shown = format!("{environment:?}");
        assert!(shown.contains("TOKEN") && !shown.contains("hunter2"), "{shown}");
    }
}
