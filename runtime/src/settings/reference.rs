//! The one list of settings: what each is called, what it means, what it may be.
//!
//! Reading goes through these rows, so a setting cannot be read without being listed here; its
//! default is the text below, read like any other value.

/// What there is to know about one setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettingInfo {
    /// The environment variable.
    pub variable: &'static str,
    /// The key in the TOML file, for a setting that may also stand there.
    pub toml_key: Option<&'static str>,
    /// Whether the value is a number, which TOML writes without quotes.
    pub is_number: bool,
    /// Whether messages must not repeat the value.
    pub is_secret: bool,
    /// The value when nothing sets it; empty when there is none.
    pub default: &'static str,
    /// What a value has to be.
    pub expected: &'static str,
    /// What it does.
    pub meaning: &'static str,
}

/// What a row need not say.
const ROW: SettingInfo = SettingInfo {
    variable: "",
    toml_key: None,
    is_number: false,
    is_secret: false,
    default: "",
    expected: "text in UTF-8",
    meaning: "",
};

/// Makes one constant of each row, and the list of them all.
macro_rules! settings {
    ($($name:ident { $($field:tt)* })*) => {
        $(pub(super) const $name: SettingInfo = SettingInfo { $($field)* };)*

        /// Every setting, in the order in which they are explained.
        pub const REFERENCE: &[SettingInfo] = &[$($name),*];
    };
}

settings! {
    PLUGIN_ID {
        variable: "MATTERMOST_PLUGIN_ID",
        meaning: "The id that the host knows the plugin by; else the `id` in `plugin.json`.",
        ..ROW
    }
    PLUGIN_PATH {
        variable: "MATTERMOST_PLUGIN_PATH",
        meaning: "The plugin's folder; else the working folder, if it has a `plugin.json`.",
        ..ROW
    }
    API_TARGET {
        variable: "MATTERMOST_PLUGIN_API_TARGET",
        expected: "an address: host:port, http://host:port or unix:/path",
        meaning: "Where the host serves its plugin API; without it there is no API.",
        ..ROW
    }
    HOOK_TIMEOUT {
        variable: "MATTERMOST_PLUGIN_HOOK_TIMEOUT",
        is_number: true,
        default: "30",
        expected: "seconds above 0 and up to 86400, such as 30 or 2.5",
        meaning: "The longest that any hook may take, in seconds.",
        ..ROW
    }
    LOG_LEVEL {
        variable: "MATTERMOST_PLUGIN_LOG_LEVEL",
        default: "info",
        expected: "trace, debug, info, warn or error",
        meaning: "The least level that is logged.",
        ..ROW
    }
    OWN_LOG_LEVEL {
        variable: "HOOKWRIGHT_LOG_LEVEL",
        toml_key: Some("log_level"),
        expected: "trace, debug, info, warn or error",
        meaning: "The same, and it wins. At SIGHUP the file is read anew for this one key.",
        ..ROW
    }
    LOG {
        variable: "HOOKWRIGHT_LOG",
        toml_key: Some("log"),
        default: "auto",
        expected: "auto, stderr, api or both",
        meaning: "Where the log goes: to stderr, which the host reads, to the server's log by its API, or to both; auto is stderr over gRPC, and api over net/rpc.",
        ..ROW
    }
    MIN_PORT {
        variable: "PLUGIN_MIN_PORT",
        is_number: true,
        default: "0",
        expected: "a port from 0 to 65535",
        meaning: "The first TCP port to try; 0 here and below lets the system pick one.",
        ..ROW
    }
    MAX_PORT {
        variable: "PLUGIN_MAX_PORT",
        is_number: true,
        default: "0",
        expected: "a port from 0 to 65535",
        meaning: "The last TCP port to try.",
        ..ROW
    }
    PROTOCOL_VERSIONS {
        variable: "PLUGIN_PROTOCOL_VERSIONS",
        meaning: "The versions that the host speaks, as numbers between commas.",
        ..ROW
    }
    UNIX_SOCKET_DIR {
        variable: "PLUGIN_UNIX_SOCKET_DIR",
        meaning: "The folder for the unix socket; else $TMPDIR, else /tmp.",
        ..ROW
    }
    UNIX_SOCKET_GROUP {
        variable: "PLUGIN_UNIX_SOCKET_GROUP",
        meaning: "The group, by name or number, that may use the unix socket.",
        ..ROW
    }
    CLIENT_CERT {
        variable: "PLUGIN_CLIENT_CERT",
        expected: "one certificate in PEM",
        meaning: "The host's certificate, in PEM: nobody else may connect, and TLS is spoken.",
        ..ROW
    }
    MULTIPLEX_GRPC {
        variable: "PLUGIN_MULTIPLEX_GRPC",
        default: "false",
        expected: "a bool as Go writes it: true, false, 1 or 0",
        meaning: "Whether all connections of the host go through one socket, over yamux.",
        ..ROW
    }
    PROTOCOL {
        variable: "HOOKWRIGHT_PROTOCOL",
        toml_key: Some("protocol"),
        default: "auto",
        expected: "auto, grpc or netrpc",
        meaning: "What to speak with the host; auto is gRPC where MATTERMOST_PLUGIN_API_TARGET is set, \
                  else net/rpc where the `plugin.json` of the binary's bundle names it, else gRPC. \
                  The process that `hookwright call` starts speaks gRPC in any case.",
        ..ROW
    }
    LISTEN {
        variable: "HOOKWRIGHT_LISTEN",
        toml_key: Some("listen"),
        default: "auto",
        expected: "auto, tcp or unix",
        meaning: "What to listen on; auto is unix where PLUGIN_UNIX_SOCKET_DIR is set or net/rpc is spoken, else tcp.",
        ..ROW
    }
    DEADLINE_MARGIN {
        variable: "HOOKWRIGHT_DEADLINE_MARGIN",
        toml_key: Some("deadline_margin"),
        default: "500ms",
        expected: "a time up to 30s, such as 500ms or 0s",
        meaning: "How long before the caller's deadline a hook is given up, to answer in time.",
        ..ROW
    }
    DRAIN_TIMEOUT {
        variable: "HOOKWRIGHT_DRAIN_TIMEOUT",
        toml_key: Some("drain_timeout"),
        default: "5s",
        expected: "a time above 0 and up to 10min, such as 5s",
        meaning: "How long running hooks may go on once the process is told to stop.",
        ..ROW
    }
    OUTLIVE_HOST {
        variable: "HOOKWRIGHT_OUTLIVE_HOST",
        toml_key: Some("outlive_host"),
        default: "off",
        expected: "on or off",
        meaning: "Whether the process goes on when its host has died, for another to reattach to it.",
        ..ROW
    }
    SYNC_HANDLERS {
        variable: "HOOKWRIGHT_SYNC_HANDLERS",
        toml_key: Some("sync_handlers"),
        is_number: true,
        default: "16",
        expected: "a whole number from 1 to 512",
        meaning: "How many synchronous handlers of one plugin may run at a time.",
        ..ROW
    }
    SYNC_WAITING {
        variable: "HOOKWRIGHT_SYNC_WAITING",
        toml_key: Some("sync_waiting"),
        is_number: true,
        default: "256",
        expected: "a whole number from 0 to 65536",
        meaning: "How many synchronous handlers of one plugin may wait to run; more are refused.",
        ..ROW
    }
    ASYNC_HANDLERS {
        variable: "HOOKWRIGHT_ASYNC_HANDLERS",
        toml_key: Some("async_handlers"),
        is_number: true,
        default: "256",
        expected: "a whole number from 1 to 65536",
        meaning: "How many asynchronous handlers of one plugin may run at a time.",
        ..ROW
    }
    ASYNC_WAITING {
        variable: "HOOKWRIGHT_ASYNC_WAITING",
        toml_key: Some("async_waiting"),
        is_number: true,
        default: "256",
        expected: "a whole number from 0 to 65536",
        meaning: "How many asynchronous handlers of one plugin may wait to run; more are refused.",
        ..ROW
    }
    ALL_HANDLERS {
        variable: "HOOKWRIGHT_ALL_HANDLERS",
        toml_key: Some("all_handlers"),
        is_number: true,
        default: "1024",
        expected: "a whole number from 1 to 65536",
        meaning: "How many handlers of all plugins may run at a time.",
        ..ROW
    }
    ALL_WAITING {
        variable: "HOOKWRIGHT_ALL_WAITING",
        toml_key: Some("all_waiting"),
        is_number: true,
        default: "1024",
        expected: "a whole number from 0 to 65536",
        meaning: "How many handlers of all plugins may wait until fewer run; more are refused.",
        ..ROW
    }
    CALLS {
        variable: "HOOKWRIGHT_CALLS",
        toml_key: Some("calls"),
        is_number: true,
        default: "4096",
        expected: "a whole number from 1 to 65536",
        meaning: "How many calls of hooks may be under way; more are refused.",
        ..ROW
    }
    WEB_REQUESTS {
        variable: "HOOKWRIGHT_WEB_REQUESTS",
        toml_key: Some("web_requests"),
        is_number: true,
        default: "4096",
        expected: "a whole number from 1 to 65536",
        meaning: "How many HTTP requests, and calls of plugins' own gRPC services, may be under way, open responses included; more are refused.",
        ..ROW
    }
    PLUGIN_WEB_REQUESTS {
        variable: "HOOKWRIGHT_PLUGIN_WEB_REQUESTS",
        toml_key: Some("plugin_web_requests"),
        is_number: true,
        default: "1024",
        expected: "a whole number from 1 to 65536",
        meaning: "The same for one plugin.",
        ..ROW
    }
    QUARANTINE_FAILURES {
        variable: "HOOKWRIGHT_QUARANTINE_FAILURES",
        toml_key: Some("quarantine_failures"),
        is_number: true,
        default: "10",
        expected: "a whole number from 0 to 1000",
        meaning: "After how many panics or passed limits a handler is set aside; 0 is never.",
        ..ROW
    }
    QUARANTINE_WINDOW {
        variable: "HOOKWRIGHT_QUARANTINE_WINDOW",
        toml_key: Some("quarantine_window"),
        default: "1min",
        expected: "a time above 0 and up to 1h, such as 1min",
        meaning: "Within what time they must fall.",
        ..ROW
    }
    QUARANTINE_PAUSE {
        variable: "HOOKWRIGHT_QUARANTINE_PAUSE",
        toml_key: Some("quarantine_pause"),
        default: "30s",
        expected: "a time above 0 and up to 1h, such as 30s",
        meaning: "How long it is left alone before one call tries it again.",
        ..ROW
    }
    WATCHDOG {
        variable: "HOOKWRIGHT_WATCHDOG",
        toml_key: Some("watchdog"),
        default: "30s",
        expected: "a time up to 1h, such as 30s; 0s is never",
        meaning: "How long async handlers may block all threads until the process is ended.",
        ..ROW
    }
    METRICS {
        variable: "HOOKWRIGHT_METRICS",
        toml_key: Some("metrics"),
        default: "on",
        expected: "on, off or public",
        meaning: "Who may read /metrics on the plugin's web path: on is who is signed in, or has the token.",
        ..ROW
    }
    METRICS_TOKEN {
        variable: "HOOKWRIGHT_METRICS_TOKEN",
        toml_key: Some("metrics_token"),
        is_secret: true,
        expected: "a text of 16 characters or more",
        meaning: "A secret; who sends it (Authorization: Bearer TOKEN) may read /metrics.",
        ..ROW
    }
    REFLECTION {
        variable: "HOOKWRIGHT_REFLECTION",
        toml_key: Some("reflection"),
        default: "off",
        expected: "on or off",
        meaning: "Whether gRPC reflection tells what is served, for grpcurl and the like.",
        ..ROW
    }
    CONFIG {
        variable: "HOOKWRIGHT_CONFIG",
        meaning: "A TOML file with the keys above, `[plugins.\"ID\"]` tables, each the \
                  configuration of a plugin where no host gives one, and `[handlers.\"ID\".HOOK]` \
                  tables, each the operator's word on a handler. The environment wins.",
        ..ROW
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_row_has_a_name_of_its_own_and_a_meaning_on_one_line() {
        let names: BTreeSet<_> = REFERENCE.iter().map(|info| info.variable).collect();
        assert_eq!(names.len(), REFERENCE.len());
        for info in REFERENCE {
            assert!(info.meaning.ends_with('.') && !info.meaning.contains('\n'), "{info:?}");
        }
    }

    #[test]
    fn only_what_is_ours_may_stand_in_the_file() {
        for info in REFERENCE {
            let ours = info.variable.strip_prefix("HOOKWRIGHT_").map(str::to_lowercase);
            assert!(info.toml_key.is_none_or(|key| ours.as_deref() == Some(key)), "{info:?}");
        }
    }
}
