//! Structs: the fields that are there.

use std::sync::Arc;

use thiserror::Error;

use super::Value;
use crate::StructType;

/// A struct, of which some fields are there and others are not.
///
/// Go's encoder leaves out fields that are zero, and its decoder leaves alone what is not there. A
/// field that is there and zero is something else: it sets the field to zero.
///
/// ```
/// use hookwright_gob::{Schema, Struct, Type, Value};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let point = Schema::new().structure("Point", [("X", Type::INT), ("Y", Type::INT)])?;
/// let shape = point.as_struct().ok_or("a struct")?;
///
/// let mut value = Struct::new(&shape);
/// value.set("Y", Value::Int(0))?;
/// assert_eq!(value.get("X"), None);
/// assert_eq!(value.get("Y"), Some(&Value::Int(0)));
/// assert!(value.set("Z", Value::Int(1)).is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Struct {
    shape: Arc<StructType>,
    /// By their numbers, in their order.
    fields: Vec<(u32, Value)>,
}

/// A struct has no field of that name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("gob: struct {structure} has no field {field}")]
pub struct NoSuchField {
    /// The name of the struct.
    pub structure: String,
    /// The name in quotes, or the number, of the field.
    pub field: String,
}

impl Struct {
    /// A struct without any field.
    #[must_use]
    pub fn new(shape: &Arc<StructType>) -> Self {
        Self::of_fields(Arc::clone(shape), Vec::new())
    }

    pub(crate) fn of_fields(shape: Arc<StructType>, fields: Vec<(u32, Value)>) -> Self {
        Self { shape, fields }
    }

    /// The names of the fields that it may have.
    #[must_use]
    pub fn shape(&self) -> &Arc<StructType> {
        &self.shape
    }

    /// How many fields are there.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether no field is there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// A field, if it is there.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.get_at(self.shape.index_of(name)?)
    }

    /// A field by its number, if it is there.
    #[must_use]
    pub fn get_at(&self, index: u32) -> Option<&Value> {
        let place = self.place(index).ok()?;
        self.fields.get(place).map(|(_, value)| value)
    }

    /// A field, if it is there, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        let place = self.place(self.shape.index_of(name)?).ok()?;
        self.fields.get_mut(place).map(|(_, value)| value)
    }

    /// Sets a field, zero or not.
    ///
    /// # Errors
    ///
    /// The type has no such field.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) -> Result<(), NoSuchField> {
        match self.shape.index_of(name) {
            Some(index) => self.set_at(index, value),
            None => Err(self.lacks(format!("{name:?}"))),
        }
    }

    /// Sets a field by its number, zero or not.
    ///
    /// # Errors
    ///
    /// The type has no field of that number.
    pub fn set_at(&mut self, index: u32, value: impl Into<Value>) -> Result<(), NoSuchField> {
        if self.shape.field(index).is_none() {
            return Err(self.lacks(format!("number {index}")));
        }
        let field = (index, value.into());
        match self.place(index) {
            Ok(place) => self.fields[place] = field,
            Err(place) => self.fields.insert(place, field),
        }
        Ok(())
    }

    /// Takes a field away. What Go has there stays as it is.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let place = self.place(self.shape.index_of(name)?).ok()?;
        Some(self.fields.remove(place).1)
    }

    /// The fields that are there, by their names, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.numbered().map(|(index, value)| (self.shape.field_name(index).unwrap_or(""), value))
    }

    /// The fields that are there, by their numbers, in their order.
    pub fn numbered(&self) -> impl ExactSizeIterator<Item = (u32, &Value)> {
        self.fields.iter().map(|(index, value)| (*index, value))
    }

    /// The fields that are there, without copies.
    pub fn into_numbered(self) -> impl ExactSizeIterator<Item = (u32, Value)> {
        self.fields.into_iter()
    }

    fn place(&self, index: u32) -> Result<usize, usize> {
        self.fields.binary_search_by_key(&index, |(index, _)| *index)
    }

    fn lacks(&self, field: String) -> NoSuchField {
        NoSuchField { structure: self.shape.name().to_owned(), field }
    }
}

/// The same fields are there, under the same names and in the same order, with equal values.
impl PartialEq for Struct {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other.iter()).all(|(one, two)| one == two)
    }
}
