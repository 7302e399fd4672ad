//! What can be wrong with a stream, and where.

use std::fmt;

use thiserror::Error;

/// A value, a definition or a message that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    pub(super) fault: DecodeFault,
    pub(super) path: String,
    pub(super) offset: usize,
    pub(super) is_stream_lost: bool,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DecodeFault {
    /// More was expected of the message.
    #[error("the message ends where more was expected")]
    Truncated,
    /// A number longer than any.
    #[error("a number of {size} bytes, where at most 8 were expected")]
    NumberTooLong {
        /// Its bytes.
        size: usize,
    },
    /// A string, or the like, that does not fit its message.
    #[error("a length of {length}, where {left} bytes of the message are left")]
    Length {
        /// The length.
        length: u64,
        /// What is left.
        left: usize,
    },
    /// A value whose type the stream has not defined.
    #[error("type id {id}, which the stream has not defined")]
    UnknownType {
        /// The id.
        id: i64,
    },
    /// An id that no type of a sender may have.
    #[error("a definition of type id {id}, where 64 to 2147483647 was expected")]
    ReservedType {
        /// The id.
        id: i64,
    },
    /// A type whose id is taken.
    #[error("a second definition of type id {id}")]
    DefinedTwice {
        /// The id.
        id: u32,
    },
    /// A definition that makes no sense.
    #[error("a definition of type id {id} {reason}")]
    BadDefinition {
        /// The id.
        id: u32,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Something behind a definition.
    #[error("a message that goes on after a type's definition")]
    ExtraData,
    /// Something else before a value that is not a struct.
    #[error("the number {found}, where 0 was expected before a value that is not a struct")]
    NotZero {
        /// What was found.
        found: u64,
    },
    /// A field that the definition does not have.
    #[error("a field number beyond the {fields} fields of struct {structure}")]
    NoSuchField {
        /// The name of the struct.
        structure: String,
        /// How many it has.
        fields: usize,
    },
    /// An array of another length than its type's.
    #[error("an array of {found} elements, where {expected} were expected")]
    ArrayLength {
        /// The length of the value.
        found: u64,
        /// The length of the type.
        expected: u64,
    },
    /// The name of an interface's type, longer than Go takes it.
    #[error(
        "an interface whose type has a name of {length} bytes, where at most 1024 were expected"
    )]
    NameTooLong {
        /// The bytes of the name.
        length: usize,
    },
    /// More than [`Limits::message`](crate::Limits::message).
    #[error("a message of {length} bytes, where at most {limit} are taken")]
    MessageTooLong {
        /// The bytes of the message.
        length: u64,
        /// The limit.
        limit: usize,
    },
    /// More than [`Limits::depth`](crate::Limits::depth).
    #[error("a value nested deeper than {limit} levels")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// More than [`Limits::elements`](crate::Limits::elements).
    #[error("a value of more than {limit} elements")]
    TooManyElements {
        /// The limit.
        limit: usize,
    },
    /// More than [`Limits::memory`](crate::Limits::memory).
    #[error("a value of more than {limit} bytes of memory")]
    TooMuchMemory {
        /// The limit.
        limit: usize,
    },
    /// More than [`Limits::types`](crate::Limits::types).
    #[error("a stream of more than {limit} types")]
    TooManyTypes {
        /// The limit.
        limit: usize,
    },
    /// More than [`Limits::type_memory`](crate::Limits::type_memory).
    #[error("a stream whose types take more than {limit} bytes of memory")]
    TypesTooLarge {
        /// The limit.
        limit: usize,
    },
}

impl DecodeError {
    /// What is wrong.
    #[must_use]
    pub fn fault(&self) -> &DecodeFault {
        &self.fault
    }

    /// Where in the value: fields, elements and keys, from the outermost. It is empty if no value
    /// had begun.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// How many bytes of the message had been read.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Whether nothing that follows can be understood, because it is not known where the next message
    /// begins. After other errors the stream may go on, with the next message.
    #[must_use]
    pub fn is_stream_lost(&self) -> bool {
        self.is_stream_lost
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "gob: {}, at byte {} of a message", self.fault, self.offset)?;
        match self.path.as_str() {
            "" => Ok(()),
            path => write!(f, ", in {path}"),
        }
    }
}

impl std::error::Error for DecodeError {}
