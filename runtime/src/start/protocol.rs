//! What a host and its plugins agree on before they meet.

use super::cookie::Cookie;

/// The protocol of an application: how a plugin knows its hosts, and which versions it speaks.
///
/// ```
/// use hookwright_runtime::start::{Cookie, Launch, Protocol};
///
/// let cookie = Cookie { key: "CHAT_PLUGIN", value: "7d1c" };
/// let launch = Launch::ByHost(Protocol { cookie, versions: &[1, 2] });
/// # drop(launch);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Protocol {
    /// What its hosts set in the environment.
    pub cookie: Cookie,
    /// The versions that are served, in any order. The highest that the host has too is announced to
    /// it, or the lowest if there is none.
    pub versions: &'static [u32],
}

impl Protocol {
    /// That of Mattermost's servers.
    pub const MATTERMOST: Self = Self { cookie: Cookie::MATTERMOST, versions: &[1] };
}
