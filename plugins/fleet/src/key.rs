//! Public keys, as WireGuard writes them.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A public key: 32 bytes, whose base64 has 44 characters.
///
/// ```
/// use fleet::key::PublicKey;
///
/// let text = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=";
/// assert_eq!(text.parse::<PublicKey>()?.to_string(), text);
/// assert!("xTIB".parse::<PublicKey>().is_err());
/// # Ok::<(), fleet::key::BadKey>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PublicKey([u8; 32]);

/// A text that is no public key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the public key {fault}: expected 44 characters of base64, which are 32 bytes, as `wg pubkey` writes them"
)]
pub struct BadKey {
    fault: String,
}

impl From<[u8; 32]> for PublicKey {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl FromStr for PublicKey {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let bad = |fault: String| BadKey { fault };
        if text.is_empty() {
            return Err(bad("is empty".to_owned()));
        }
        let bytes =
            STANDARD.decode(text).map_err(|fault| bad(format!("is no base64 ({fault})")))?;
        let length = bytes.len();
        let bytes = bytes.try_into().map_err(|_| bad(format!("has {length} bytes")))?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_key_of_32_bytes_is_told_by_what_it_is() {
        let fault = |text: &str| text.parse::<PublicKey>().unwrap_err().to_string();
        assert!(fault("").starts_with("the public key is empty: expected 44 characters"));
        assert!(fault("not base64!").contains("is no base64"));
        assert!(fault(&STANDARD.encode([7; 31])).contains("has 31 bytes"));
        assert!(fault(&STANDARD.encode([7; 33])).contains("has 33 bytes"));
        // The same bytes written in another way would be the same client twice.
        assert!(fault("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dh=").contains("is no base64"));
        assert!(fault("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg").contains("is no base64"));
    }
}
