//! Why a message has no struct.

use prost::DecodeError;

/// Why a message has no struct.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The bytes are no message.
    #[error(transparent)]
    Unreadable(#[from] DecodeError),
    /// It asks for what no struct of Go can ask for, by this field.
    #[error("Go has nothing for {0}")]
    Lacking(String),
}
