//! The fields of a struct.

use super::Reference;

/// The name and the fields of a struct type.
#[derive(Debug)]
pub struct StructType {
    name: Box<str>,
    fields: Box<[Field]>,
    /// The fields' numbers in the order of their names.
    by_name: Box<[u32]>,
}

#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: Box<str>,
    pub(crate) reference: Reference,
}

impl StructType {
    pub(crate) fn new(name: Box<str>, fields: Box<[Field]>) -> Self {
        let mut by_name: Box<[u32]> = (0..).take(fields.len()).collect();
        by_name.sort_by_key(|index| &fields[*index as usize].name);
        Self { name, fields, by_name }
    }

    /// What the type is called. It may be empty, and means nothing to a receiver.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many fields there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there are no fields.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The names of the fields, in their order.
    pub fn field_names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.fields.iter().map(|field| &*field.name)
    }

    /// The name of a field, by its number.
    #[must_use]
    pub fn field_name(&self, index: u32) -> Option<&str> {
        self.field(index).map(|field| &*field.name)
    }

    /// The number of a field, by its name. It is the same for the life of the type, so whoever asks
    /// for it often keeps it.
    #[must_use]
    pub fn index_of(&self, name: &str) -> Option<u32> {
        let named = |index: &u32| &*self.fields[*index as usize].name;
        let place = self.by_name.partition_point(|index| named(index) < name);
        self.by_name.get(place).copied().filter(|index| named(index) == name)
    }

    pub(crate) fn field(&self, index: u32) -> Option<&Field> {
        self.fields.get(index as usize)
    }

    pub(crate) fn fields(&self) -> &[Field] {
        &self.fields
    }
}
