//! `HookName` as text.

use std::fmt;
use std::str::FromStr;

use super::table::TABLE;
use super::{HookInfo, Rpc};
use crate::HookName;

impl HookName {
    /// How many hooks there are.
    pub const COUNT: usize = TABLE.len();

    /// All hooks, in the order of the host's table, and then the events.
    ///
    /// ```
    /// use hookwright::HookName;
    ///
    /// let served = HookName::all().filter(|hook| hook.has_rpc()).count();
    /// assert_eq!(served, 41);
    /// ```
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        TABLE.iter().map(|info| info.name)
    }

    /// What the table says about this hook.
    #[must_use]
    pub const fn info(self) -> &'static HookInfo {
        // The rows are in the order of the variants: both come from the same table.
        &TABLE[self as usize]
    }

    /// The canonical name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.info().text
    }

    /// Whether the gRPC contract has the hook. What it lacks is an event, or a hook that only hosts
    /// that speak net/rpc send ([`Self::is_netrpc_only`]).
    #[must_use]
    pub const fn has_rpc(self) -> bool {
        !self.is_event() && !self.is_netrpc_only()
    }

    /// Whether only hosts that speak net/rpc send the hook, as released servers do. A handler for it is
    /// like any other; a host that speaks gRPC is not told of it.
    ///
    /// ```
    /// use hookwright::HookName;
    ///
    /// assert!(HookName::DraftWillBeUpserted.is_netrpc_only());
    /// assert!(!HookName::MessageWillBePosted.is_netrpc_only());
    /// ```
    #[must_use]
    pub const fn is_netrpc_only(self) -> bool {
        self.info().is_netrpc_only
    }

    /// Whether its handlers serve pages: a request and a response of HTTP, each a stream.
    #[must_use]
    pub const fn is_stream(self) -> bool {
        matches!(self.info().rpc, Rpc::Stream)
    }

    /// Whether it is an event of an application's own.
    #[must_use]
    pub const fn is_event(self) -> bool {
        matches!(self.info().rpc, Rpc::Event)
    }

    /// All events, in the order of the table.
    pub fn events() -> impl Iterator<Item = Self> {
        Self::all().filter(|hook| hook.is_event())
    }
}

impl fmt::Display for HookName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for HookName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for HookName {
    type Err = UnknownHook;

    fn from_str(text: &str) -> Result<Self, UnknownHook> {
        // Fifty names, compared by length first; no map is faster or simpler.
        TABLE
            .iter()
            .find(|info| info.text == text)
            .map(|info| info.name)
            .ok_or_else(|| UnknownHook { text: text.to_owned() })
    }
}

/// A text that is not the canonical name of a hook.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not the name of a hook{}", suggestion(text))]
pub struct UnknownHook {
    text: String,
}

/// The hook whose name is the same but for case and separators, if there is one.
fn suggestion(text: &str) -> String {
    let plain = |text: &str| text.replace(['_', '-', ' ', '.'], "").to_lowercase();
    let wanted = plain(text);
    TABLE
        .iter()
        .find(|info| plain(info.text) == wanted)
        .map(|info| format!("; did you mean `{}`?", info.text))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back_and_sits_in_its_own_row() {
        assert_eq!(HookName::all().len(), HookName::COUNT);
        for hook in HookName::all() {
            assert_eq!(hook.info().name, hook);
            assert_eq!(hook.as_str().parse(), Ok(hook));
        }
    }

    #[test]
    fn an_unknown_name_is_named_and_a_near_miss_is_suggested() {
        let error = "on_saml_login".parse::<HookName>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`on_saml_login` is not the name of a hook; did you mean `OnSAMLLogin`?"
        );
        let error = "Nonsense".parse::<HookName>().unwrap_err();
        assert_eq!(error.to_string(), "`Nonsense` is not the name of a hook");
    }

    #[test]
    fn function_names_and_ids_are_unique() {
        let mut functions: Vec<_> = TABLE.iter().map(|info| info.function_name).collect();
        let mut ids: Vec<_> = TABLE.iter().map(|info| info.id).collect();
        functions.sort_unstable();
        functions.dedup();
        ids.retain(Option::is_some);
        ids.dedup();
        let hooks = TABLE.len() - HookName::events().count();
        assert_eq!((functions.len(), ids.len()), (TABLE.len(), hooks));
    }
}
