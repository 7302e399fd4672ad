//! Ids as the server makes them.

/// What the server's ids are made of.
const LETTERS: &[u8; 32] = b"ybndrfg8ejkmcpqxot1uwisza345h769";
const LENGTH: usize = 26;

/// A new id of 26 characters, as the server makes them for all that it stores.
///
/// It is unlike any other, but not hard to guess: it is no secret.
///
/// ```
/// let id = hookwright::api::new_id();
/// assert_eq!(id.len(), 26);
/// assert_ne!(id, hookwright::api::new_id());
/// ```
#[must_use]
pub fn new_id() -> String {
    let letter = |_| fastrand::choice(LETTERS).copied().map(char::from);
    (0..LENGTH).filter_map(letter).collect()
}
