//! What a handler changed, and nothing else.

use bytes::Bytes;
use hookwright_gob::{Struct, Value};

use super::super::fault::Fault;
use super::super::plan::{Field, How, Plans};
use super::super::protobuf::Message;
use super::super::scalar;
use super::super::structure::set;
use super::pairs::Pairs;
use super::{same, same_bytes};

impl Plans {
    /// What has changed between two messages, as a struct that Go decodes over the one that it has.
    /// What was emptied is there as a zero. A key cannot be taken out of a map there: it gets the
    /// value that is as good as none.
    ///
    /// # Errors
    ///
    /// The bytes are no messages.
    pub(crate) fn patch(&self, plan: usize, before: Bytes, after: Bytes) -> Result<Struct, Fault> {
        self.changed(plan, &Message::read(before)?, &Message::read(after)?)
    }

    fn changed(&self, plan: usize, before: &Message, after: &Message) -> Result<Struct, Fault> {
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
    ) -> Result<Option<Value>, Fault> {
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
                Some(Value::Map(changed_pairs(&earlier, later, &no_value(&field.how))))
            }
            (How::Messages(plan), earlier, Value::List(elements)) => {
                Some(self.in_places(*plan, elements, Some(&earlier)))
            }
            (.., later) => Some(later),
        })
    }

    /// A list as Go decodes it: each element over the one that was in its place.
    fn in_places(&self, plan: usize, elements: Vec<Value>, earlier: Option<&Value>) -> Value {
        let mut earlier = earlier.and_then(Value::as_list).unwrap_or_default().iter();
        let whole = |element| self.in_place(plan, element, earlier.next());
        Value::List(elements.into_iter().map(whole).collect())
    }

    /// A struct that is decoded over another one, and has nothing of it afterwards: what is not there
    /// is a zero, at any depth.
    fn in_place(&self, plan: usize, value: Value, earlier: Option<&Value>) -> Value {
        let Value::Struct(mut value) = value else { return value };
        for field in &self.plans[plan].fields {
            let had = earlier.and_then(|earlier| earlier.get(field.name));
            let sent = match (&field.how, value.remove(field.name), had) {
                (How::Message(plan) | How::Inline(plan), Some(now), had) => {
                    Some(self.in_place(*plan, now, had))
                }
                (How::Message(plan) | How::Inline(plan), None, Some(had)) => {
                    let none = Struct::new(&self.plans[*plan].shape).into();
                    Some(self.in_place(*plan, none, Some(had)))
                }
                (How::Messages(plan), Some(Value::List(now)), had) => {
                    Some(self.in_places(*plan, now, had))
                }
                (How::Object | How::StringMap, now, Some(Value::Map(had))) => {
                    let now = match now {
                        Some(Value::Map(now)) => now,
                        _ => Vec::new(),
                    };
                    Some(Value::Map(changed_pairs(had, now, &no_value(&field.how))))
                }
                (_, now, _) => now.or_else(|| scalar::zero(&field.wire)),
            };
            if let Some(sent) = sent {
                set(&mut value, field.name, sent);
            }
        }
        value.into()
    }
}

/// What a key has that is as good as gone.
fn no_value(how: &How) -> Value {
    if *how == How::Object { Value::NIL } else { "".into() }
}

fn changed_pairs(
    earlier: &[(Value, Value)],
    later: Vec<(Value, Value)>,
    none: &Value,
) -> Vec<(Value, Value)> {
    let gone: Vec<_> = {
        let kept = Pairs::of(&later);
        let gone = earlier.iter().filter(|(key, _)| kept.get(key).is_none());
        gone.map(|(key, _)| (key.clone(), none.clone())).collect()
    };
    let earlier = Pairs::of(earlier);
    let is_new = |(key, value): &(Value, Value)| {
        !earlier.get(key).is_some_and(|earlier| same(earlier, value))
    };
    later.into_iter().filter(is_new).chain(gone).collect()
}
