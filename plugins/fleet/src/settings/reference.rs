//! The one list of settings: what each is called, what it means, what it may be. Reading goes
//! through these rows, and the defaults are read like any other value.

/// What there is to know about one setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettingInfo {
    /// The environment variable.
    pub variable: &'static str,
    /// The value when nothing sets it; empty where there is none.
    pub default: &'static str,
    /// What a value has to be.
    pub expected: &'static str,
    /// What it does.
    pub meaning: &'static str,
    /// Whether messages must not repeat the value.
    pub is_secret: bool,
}

macro_rules! settings {
    ($($name:ident = $variable:literal, $default:literal, $expected:literal, $secret:literal, $meaning:literal;)*) => {
        $(pub(super) const $name: SettingInfo = SettingInfo {
            variable: $variable,
            default: $default,
            expected: $expected,
            meaning: $meaning,
            is_secret: $secret,
        };)*

        /// Every setting, in the order in which they are explained.
        pub const REFERENCE: &[SettingInfo] = &[$($name),*];
    };
}

settings! {
    ENABLED = "FLEET_ENABLED", "off", "on or off", false,
        "Whether there is a registry of clients at all; `hookwright fleet serve` is that with it on.";
    DATABASE = "FLEET_DATABASE", "", "sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE", true,
        "Where the clients are kept; without it, in `fleet.db` in $STATE_DIRECTORY or else in the working folder.";
    HOSTS_FILE = "FLEET_HOSTS_FILE", "/run/wg_fleet_hosts", "the path of a file in a folder that exists", false,
        "The file that is written from the clients with a hostname.";
    DOMAIN = "FLEET_DOMAIN", "internal", "labels of letters, digits and hyphens with dots between them", false,
        "What stands behind hostname and fleet in the hosts file.";
    HOSTS_ON_STARTUP = "FLEET_HOSTS_ON_STARTUP", "on", "on or off", false,
        "Whether the hosts file is written at start, and not only when a client changes.";
    AUDIT_FILE = "FLEET_AUDIT_FILE", "", "the path of a file", false,
        "Where each event is appended as a line of JSON; without it, nowhere.";
    WEBHOOK = "FLEET_WEBHOOK", "", "an URL of http or https", true,
        "Where each event is sent as JSON by POST; without it, nowhere.";
    PRUNE_AFTER = "FLEET_PRUNE_AFTER", "", "a time above 0, such as 30days or 90min", false,
        "How long a client may be unseen before it is removed; without it, for ever.";
    PRUNE_EVERY = "FLEET_PRUNE_EVERY", "1min", "a time above 0, such as 1min", false,
        "How often clients are looked for that were not seen for so long.";
}
