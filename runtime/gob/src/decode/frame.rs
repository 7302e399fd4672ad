//! What is under way within a value.

use std::sync::Arc;

use crate::types::Reference;
use crate::{StructType, Text, Type};

/// Something under way, whose finished parts begin at `start`.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) start: usize,
    pub(super) shape: Shape,
}

#[derive(Debug)]
pub(super) enum Shape {
    /// `next` is the number of the field after the last one.
    Struct {
        shape: Arc<StructType>,
        next: u32,
    },
    List {
        element: Reference,
        left: u64,
    },
    /// Keys and values take turns; `left` counts both.
    Map {
        key: Reference,
        value: Reference,
        left: u64,
    },
    /// Without a type, its definition or its value has not come yet.
    Interface {
        name: Text,
        ty: Option<Type>,
    },
}
