//! Where definitions live: types refer to each other, and to themselves.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use super::{Basic, Marshaler, Repr, StructType, Type};

/// The definitions of one schema or one stream. More may come; what is there stays as it is.
#[derive(Default)]
pub(crate) struct Arena(RwLock<Vec<Definition>>);

/// A type, by what it is made of.
#[derive(Debug, Clone)]
pub(crate) enum Definition {
    Undefined,
    Array { element: Reference, length: u64 },
    Slice { element: Reference },
    Map { key: Reference, value: Reference },
    Struct(Arc<StructType>),
    Opaque { name: Arc<str>, marshaler: Marshaler },
}

/// A type, as a definition names it.
#[derive(Debug, Clone)]
pub(crate) enum Reference {
    Basic(Basic),
    /// Of the same arena. It is not counted, so that types that contain themselves can be dropped.
    Here(u32),
    Elsewhere(Type),
}

impl Arena {
    pub(crate) fn definition(&self, index: u32) -> Definition {
        let definitions = self.0.read().unwrap_or_else(PoisonError::into_inner);
        definitions.get(index as usize).cloned().unwrap_or(Definition::Undefined)
    }

    /// Adds a definition, and says where it is.
    pub(crate) fn push(&self, definition: Definition) -> u32 {
        let mut definitions = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let index = definitions.len();
        definitions.push(definition);
        // Memory is at an end long before the numbers are.
        u32::try_from(index).unwrap_or(u32::MAX)
    }

    /// Defines what was undefined. `false`: it is defined already.
    pub(crate) fn define(&self, index: u32, definition: Definition) -> bool {
        let mut definitions = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match definitions.get_mut(index as usize) {
            Some(place @ Definition::Undefined) => {
                *place = definition;
                true
            }
            _ => false,
        }
    }

    /// A type as a definition in this arena names it.
    pub(crate) fn reference(self: &Arc<Self>, ty: &Type) -> Reference {
        match &ty.0 {
            Repr::Basic(basic) => Reference::Basic(*basic),
            Repr::Defined { arena, index } if Arc::ptr_eq(arena, self) => Reference::Here(*index),
            Repr::Defined { .. } => Reference::Elsewhere(ty.clone()),
        }
    }
}

impl Reference {
    pub(crate) fn in_arena(&self, arena: &Arc<Arena>) -> Type {
        match self {
            Self::Basic(basic) => Type::basic(*basic),
            Self::Here(index) => Type(Repr::Defined { arena: Arc::clone(arena), index: *index }),
            Self::Elsewhere(ty) => ty.clone(),
        }
    }
}

impl fmt::Debug for Arena {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arena").finish_non_exhaustive()
    }
}
