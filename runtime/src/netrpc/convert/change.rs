//! What a handler changed, and nothing else.

use bytes::Bytes;
use hookwright_gob::{Kind, Struct, Type, Value};
use prost::DecodeError;
use serde_json::Value as Json;

use super::plan::{Field, How, Plans};
use super::protobuf::Message;
use super::scalar;
use super::structure::set;

impl Plans {
    /// What has changed between two messages, as a struct that Go decodes over the one that it has.
    /// What was emptied is there as a zero. A key cannot be taken out of a map there: it gets the
    /// value that is as good as none.
    ///
    /// # Errors
    ///
    /// The bytes are no messages.
    pub(crate) fn patch(
        &self,
        plan: usize,
        before: Bytes,
        after: Bytes,
    ) -> Result<Struct, DecodeError> {
        self.changed(plan, &Message::read(before)?, &Message::read(after)?)
    }

    fn changed(
        &self,
        plan: usize,
        before: &Message,
        after: &Message,
    ) -> Result<Struct, DecodeError> {
        let mut changed = Struct::new(&self.plans[plan].shape);
        for field in &self.plans[plan].fields {
            if same_bytes(field, before, after) {
                continue;
            }
            if let Some(value) = self.change(field, before, after)? {
                set(&mut changed, field.name, value);
            }
        }
        Ok(changed)
    }

    fn change(
        &self,
        field: &Field,
        before: &Message,
        after: &Message,
    ) -> Result<Option<Value>, DecodeError> {
        let number = field.proto.number;
        if let How::Inline(plan) = field.how {
            let inner = self.changed(plan, before, after)?;
            return Ok((!inner.is_empty()).then(|| inner.into()));
        }
        if let How::Message(plan) = field.how {
            let earlier = before.message(number)?.unwrap_or_default();
            let later = after.message(number)?.unwrap_or_default();
            let inner = self.changed(plan, &earlier, &later)?;
            return Ok((!inner.is_empty()).then(|| inner.into()));
        }
        let (earlier, later) = (self.take(field, before)?, self.take(field, after)?);
        let Some(later) = later.or_else(|| scalar::zero(&field.wire)) else { return Ok(None) };
        let Some(earlier) = earlier else { return Ok((!later.is_zero()).then_some(later)) };
        Ok(match (&field.how, earlier, later) {
            (_, earlier, later) if same(&earlier, &later) => None,
            (How::Object | How::StringMap, Value::Map(earlier), Value::Map(later)) => {
                let none = if field.how == How::Object { Value::NIL } else { "".into() };
                Some(Value::Map(changed_pairs(&earlier, later, &none)))
            }
            (How::Messages(plan), _, Value::List(elements)) => {
                // Go decodes each over the one that was in its place.
                let whole = |element| self.with_zeros(*plan, element);
                Some(Value::List(elements.into_iter().map(whole).collect()))
            }
            (.., later) => Some(later),
        })
    }

    /// The same struct, with a zero for each field that is not there.
    fn with_zeros(&self, plan: usize, value: Value) -> Value {
        let Value::Struct(mut value) = value else { return value };
        for field in &self.plans[plan].fields {
            if let (None, Some(zero)) = (value.get(field.name), scalar::zero(&field.wire)) {
                set(&mut value, field.name, zero);
            }
        }
        value.into()
    }

    /// Changes a received struct, of that type, as its message was changed. What the message has no
    /// field for stays as it is.
    ///
    /// # Errors
    ///
    /// The bytes are no messages.
    pub(crate) fn overlay(
        &self,
        plan: usize,
        (ty, received): (&Type, &mut Struct),
        before: Bytes,
        after: Bytes,
    ) -> Result<(), DecodeError> {
        self.overlaid(plan, ty, received, &Message::read(before)?, &Message::read(after)?)
    }

    fn overlaid(
        &self,
        plan: usize,
        ty: &Type,
        received: &mut Struct,
        before: &Message,
        after: &Message,
    ) -> Result<(), DecodeError> {
        for field in &self.plans[plan].fields {
            let Some(field_type) = ty.field(field.name) else { continue };
            if same_bytes(field, before, after) {
                continue;
            }
            let number = field.proto.number;
            let has = received.get_mut(field.name);
            match (&field.how, has) {
                (How::Inline(plan), Some(Value::Struct(inner))) => {
                    self.overlaid(*plan, &field_type, inner, before, after)?;
                    continue;
                }
                (How::Message(plan), Some(Value::Struct(inner))) => {
                    if let Some(later) = after.message(number)? {
                        let earlier = before.message(number)?.unwrap_or_default();
                        self.overlaid(*plan, &field_type, inner, &earlier, &later)?;
                        continue;
                    }
                }
                (How::Messages(plan), Some(Value::List(elements))) => {
                    let kept = std::mem::take(elements);
                    let list = self.relisted((*plan, number), &field_type, kept, before, after)?;
                    *elements = list;
                    continue;
                }
                (How::Object, Some(Value::Map(pairs))) => {
                    let (earlier, later) = (self.take(field, before)?, self.take(field, after)?);
                    let (earlier, later) = (pairs_of(earlier), pairs_of(later));
                    pairs.retain(|(key, _)| find(&later, key).is_some());
                    for (key, value) in later {
                        if find(&earlier, &key).is_some_and(|earlier| same(earlier, &value)) {
                            continue;
                        }
                        match pairs.iter_mut().find(|(other, _)| *other == key) {
                            Some((_, place)) => *place = value,
                            None => pairs.push((key, value)),
                        }
                    }
                    continue;
                }
                _ => {}
            }
            match self.take(field, after)? {
                Some(value) => {
                    let _ = received.set(field.name, fitted(value, &field_type));
                }
                None => {
                    received.remove(field.name);
                }
            }
        }
        Ok(())
    }

    /// A list whose elements keep what the message lacks, each as the one in its place had it.
    fn relisted(
        &self,
        (plan, number): (usize, u32),
        list: &Type,
        received: Vec<Value>,
        before: &Message,
        after: &Message,
    ) -> Result<Vec<Value>, DecodeError> {
        let element_type = list.element().unwrap_or(Type::INTERFACE);
        let mut received = received.into_iter();
        let mut earlier = before.all(number);
        let mut elements = Vec::new();
        for later in after.all(number) {
            let later = Message::read(later.bytes().unwrap_or_default())?;
            let earlier = earlier.next().and_then(super::protobuf::Field::bytes);
            elements.push(match (received.next(), earlier) {
                (Some(Value::Struct(mut element)), Some(earlier)) => {
                    let earlier = Message::read(earlier)?;
                    self.overlaid(plan, &element_type, &mut element, &earlier, &later)?;
                    element.into()
                }
                _ => fitted(self.fields(plan, &later)?.into(), &element_type),
            });
        }
        Ok(elements)
    }

    /// The JSON that a message has for a field.
    ///
    /// # Errors
    ///
    /// The bytes are no message.
    pub(crate) fn json_result(
        &self,
        plan: usize,
        field: &str,
        message: Bytes,
    ) -> Result<Option<Json>, DecodeError> {
        let message = Message::read(message)?;
        let field = self.plans[plan].fields.iter().find(|known| known.name == field);
        field.map_or(Ok(None), |field| self.json_of(field, &message))
    }

    /// Changes a received struct that the contract has as JSON. Every setting is there then, zeros
    /// included.
    pub(crate) fn overlay_json(
        &self,
        name: &str,
        (ty, received): (&Type, &mut Struct),
        after: &Json,
    ) {
        let before = self.json.to_json(name, &Value::Struct(received.clone()));
        self.json.overlay(name, received, &before, after);
        fill(ty, received);
    }
}

/// Whether a field was left alone. Maps may have their entries in another order.
fn same_bytes(field: &Field, before: &Message, after: &Message) -> bool {
    let number = field.proto.number;
    match field.how {
        How::Inline(_) => false,
        _ => before.all(number).eq(after.all(number)),
    }
}

fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Map(one), Value::Map(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, value)| find(other, key).is_some_and(|it| same(value, it)))
        }
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Interface(Some(one)), Value::Interface(Some(other))) => {
            one.name == other.name && same(&one.value, &other.value)
        }
        _ => one == other,
    }
}

fn find<'a>(pairs: &'a [(Value, Value)], key: &Value) -> Option<&'a Value> {
    pairs.iter().find(|(other, _)| other == key).map(|(_, value)| value)
}

fn pairs_of(value: Option<Value>) -> Vec<(Value, Value)> {
    match value {
        Some(Value::Map(pairs)) => pairs,
        _ => Vec::new(),
    }
}

fn changed_pairs(
    earlier: &[(Value, Value)],
    later: Vec<(Value, Value)>,
    none: &Value,
) -> Vec<(Value, Value)> {
    let gone = earlier.iter().filter(|(key, _)| find(&later, key).is_none());
    let gone: Vec<_> = gone.map(|(key, _)| (key.clone(), none.clone())).collect();
    let is_new = |(key, value): &(Value, Value)| {
        !find(earlier, key).is_some_and(|earlier| same(earlier, value))
    };
    later.into_iter().filter(is_new).chain(gone).collect()
}

/// A value as far as a type has room for it: an older server lacks fields.
fn fitted(value: Value, ty: &Type) -> Value {
    match (value, ty.kind()) {
        (Value::Struct(fields), Kind::Struct(shape)) => {
            let mut fitted = Struct::new(&shape);
            for (name, value) in fields.iter() {
                if let Some(ty) = ty.field(name) {
                    let _ = fitted.set(name, self::fitted(value.clone(), &ty));
                }
            }
            fitted.into()
        }
        (Value::List(elements), Kind::Slice { element }) => {
            Value::List(elements.into_iter().map(|value| fitted(value, &element)).collect())
        }
        (Value::Map(pairs), Kind::Map { value: ty, .. }) => {
            Value::Map(pairs.into_iter().map(|(key, value)| (key, fitted(value, &ty))).collect())
        }
        (value, _) => value,
    }
}

/// Puts a zero where Go has left one out, so that a value decoded anew has it too.
fn fill(ty: &Type, value: &mut Struct) {
    use hookwright_gob::Basic;
    let Some(shape) = ty.as_struct() else { return };
    for name in shape.field_names() {
        let Some(field) = ty.field(name) else { continue };
        match (field.kind(), value.get_mut(name)) {
            (Kind::Struct(_), Some(Value::Struct(inner))) => fill(&field, inner),
            (Kind::Basic(basic), None) => {
                let zero = match basic {
                    Basic::Bool => Value::Bool(false),
                    Basic::Int => Value::Int(0),
                    Basic::Uint => Value::Uint(0),
                    Basic::Float => Value::Float(0.0),
                    Basic::String => "".into(),
                    _ => continue,
                };
                let _ = value.set(name, zero);
            }
            _ => {}
        }
    }
}
