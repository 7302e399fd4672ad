//! A received struct that is sent back, changed as its message was.

use bytes::Bytes;
use hookwright_gob::{Basic, Kind, Struct, Type, Value};
use serde_json::Value as Json;

use super::super::fault::Fault;
use super::super::plan::{How, Plans};
use super::super::protobuf::Message;
use super::pairs::{Pairs, Places};
use super::{same, same_bytes};

impl Plans {
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
    ) -> Result<(), Fault> {
        self.overlaid(plan, ty, received, &Message::read(before)?, &Message::read(after)?)
    }

    fn overlaid(
        &self,
        plan: usize,
        ty: &Type,
        received: &mut Struct,
        before: &Message,
        after: &Message,
    ) -> Result<(), Fault> {
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
                    merge(pairs, &earlier, later);
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

    /// A list whose elements keep what the message lacks, each as the one of its id had it, or the one
    /// that was the same. Any other is a new one.
    fn relisted(
        &self,
        (plan, number): (usize, u32),
        list: &Type,
        received: Vec<Value>,
        before: &Message,
        after: &Message,
    ) -> Result<Vec<Value>, Fault> {
        let element_type = list.element().unwrap_or(Type::INTERFACE);
        let id = self.plans[plan].fields.iter().find(|field| matches!(field.name, "Id" | "ID"));
        let id = id.map(|field| field.proto.number);
        let mut kept = Vec::new();
        for (earlier, value) in before.all(number).zip(received) {
            kept.push((Message::read(earlier.bytes().unwrap_or_default())?, value));
        }
        let mut elements = Vec::new();
        for later in after.all(number) {
            let later = Message::read(later.bytes().unwrap_or_default())?;
            let own = kept.iter().position(|(earlier, _)| match id {
                Some(id) => earlier.get(id) == later.get(id),
                None => *earlier == later,
            });
            elements.push(match own.map(|own| kept.remove(own)) {
                Some((earlier, Value::Struct(mut element))) => {
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
    ) -> Result<Option<Json>, Fault> {
        let message = Message::read(message)?;
        let field = self.plans[plan].fields.iter().find(|known| known.name == field);
        field.map_or(Ok(None), |field| self.json_of(field, &message))
    }

    /// Changes a received struct that the contract has as JSON. Every setting is there then, zeros
    /// included.
    pub(crate) fn overlay_json(&self, name: &str, ty: &Type, received: &mut Value, after: &Json) {
        let before = self.json.to_json(name, received);
        if let Value::Struct(received) = received {
            self.json.overlay(name, received, &before, after);
        }
        fill(ty, received);
    }
}

fn pairs_of(value: Option<Value>) -> Vec<(Value, Value)> {
    match value {
        Some(Value::Map(pairs)) => pairs,
        _ => Vec::new(),
    }
}

/// Changes a received map as its message was changed.
fn merge(
    received: &mut Vec<(Value, Value)>,
    earlier: &[(Value, Value)],
    later: Vec<(Value, Value)>,
) {
    let (earlier, kept) = (Pairs::of(earlier), Places::of(&later));
    received.retain(|(key, _)| kept.get(key).is_some());
    let places = Places::of(received);
    for (key, value) in later {
        if earlier.get(&key).is_some_and(|earlier| same(earlier, &value)) {
            continue;
        }
        match places.get(&key).and_then(|place| received.get_mut(place)) {
            Some((_, place)) => *place = value,
            None => received.push((key, value)),
        }
    }
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
fn fill(ty: &Type, value: &mut Value) {
    match (ty.kind(), value) {
        (Kind::Struct(shape), Value::Struct(fields)) => {
            for name in shape.field_names() {
                let Some(ty) = ty.field(name) else { continue };
                match fields.get_mut(name) {
                    Some(field) => fill(&ty, field),
                    None => {
                        if let Some(zero) = zero(&ty) {
                            let _ = fields.set(name, zero);
                        }
                    }
                }
            }
        }
        (Kind::Slice { element }, Value::List(elements)) => {
            elements.iter_mut().for_each(|value| fill(&element, value));
        }
        (Kind::Map { value: ty, .. }, Value::Map(pairs)) => {
            pairs.iter_mut().for_each(|(_, value)| fill(&ty, value));
        }
        _ => {}
    }
}

/// The zero of a number, a flag or a text.
fn zero(ty: &Type) -> Option<Value> {
    let Kind::Basic(basic) = ty.kind() else { return None };
    Some(match basic {
        Basic::Bool => Value::Bool(false),
        Basic::Int => Value::Int(0),
        Basic::Uint => Value::Uint(0),
        Basic::Float => Value::Float(0.0),
        Basic::String => "".into(),
        _ => return None,
    })
}
