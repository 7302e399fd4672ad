//! The cookie: how a plugin knows that a host launched it, and not a curious user.

use crate::settings::Environment;

/// An environment variable that only hosts set. It protects nobody from anything: it is there so
/// that a plugin run by hand explains itself, and does not sit and wait for a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cookie {
    /// The name of the variable.
    pub key: &'static str,
    /// The value that it has under a host. An empty one is never right.
    pub value: &'static str,
}

impl Cookie {
    /// The one that Mattermost sets.
    pub const MATTERMOST: Self =
        Self { key: "MATTERMOST_PLUGIN", value: "Securely message teams, anywhere." };

    /// Whether a host launched this process.
    ///
    /// # Errors
    ///
    /// When the variable is unset or has another value, or when there is no cookie to compare with.
    /// Nothing may be written to stdout then: the error is for stderr, with an exit code of 1.
    pub fn check(&self, environment: &Environment) -> Result<(), NotLaunched> {
        if self.key.is_empty() || self.value.is_empty() {
            return Err(NotLaunched::NoCookie);
        }
        match environment.get(self.key) {
            Some(value) if value == self.value => Ok(()),
            _ => Err(NotLaunched::ByHand),
        }
    }
}

/// No host launched this process. Displays advice for whoever did.
// The first lines are those of go-plugin itself, which is what people search the web for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotLaunched {
    /// A person started it.
    #[error(
        "This binary is a plugin. These are not meant to be executed directly.
Start the server that it belongs to, such as Mattermost: a server finds its plugins, launches
them and talks to them by itself.
To work with this one by hand, see its commands: `demo`, `list`, `call`, `serve --standalone`."
    )]
    ByHand,
    /// Whoever built the program gave it a cookie without a name or a value.
    #[error(
        "Misconfigured ServeConfig given to serve this plugin: no magic cookie
key or value was set. This is a fault of the program and not of the host: `Launch::ByHost` has to
be given a `Cookie` whose `key` and `value` are not empty."
    )]
    NoCookie,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: Option<&str>) -> Result<(), NotLaunched> {
        let bare = Environment::in_folder("/");
        let environment = match value {
            Some(value) => bare.with("MATTERMOST_PLUGIN", value),
            None => bare,
        };
        Cookie::MATTERMOST.check(&environment)
    }

    #[test]
    fn the_cookie_of_the_host_is_accepted() {
        assert_eq!(check(Some("Securely message teams, anywhere.")), Ok(()));
    }

    #[test]
    fn no_cookie_or_another_one_is_refused() {
        for value in [None, Some(""), Some("hello"), Some("Securely message teams, anywhere")] {
            assert_eq!(check(value), Err(NotLaunched::ByHand), "{value:?}");
        }
    }

    #[test]
    fn an_empty_cookie_is_a_fault_of_the_program() {
        let environment = Environment::in_folder("/").with("KEY", "");
        for (key, value) in [("KEY", ""), ("", "value"), ("", "")] {
            assert_eq!(Cookie { key, value }.check(&environment), Err(NotLaunched::NoCookie));
        }
        let fault = NotLaunched::NoCookie.to_string();
        assert!(fault.starts_with("Misconfigured ServeConfig"), "{fault}");
    }

    #[test]
    fn the_advice_begins_as_go_plugin_does_and_names_the_commands() {
        let advice = NotLaunched::ByHand.to_string();
        let mut lines = advice.lines();
        assert_eq!(
            lines.next(),
            Some("This binary is a plugin. These are not meant to be executed directly.")
        );
        assert!(lines.all(|line| line.len() <= 100 && !line.starts_with(' ')), "{advice}");
        for command in ["`demo`", "`list`", "`call`", "`serve --standalone`"] {
            assert!(advice.contains(command), "{command}");
        }
    }
}
