//! Where a value went wrong.

use std::fmt::Write as _;

use super::frame::{Frame, Shape};
use super::machine::Machine;
use crate::{Kind, Type, Value};

/// Keys longer than this are cut.
const KEY: usize = 40;
/// Of a deep value only this many steps are named, from the outermost.
const STEPS: usize = 32;

impl Machine {
    /// Fields, elements and keys, down to what was being read.
    pub(super) fn path(&self, outermost: Option<&Type>) -> String {
        let mut path = match outermost.map(|ty| (ty, ty.kind())) {
            Some((_, Kind::Struct(shape))) if !shape.name().is_empty() => shape.name().to_owned(),
            Some((ty, _)) => ty.to_string(),
            None => String::new(),
        };
        for (place, frame) in self.frames.iter().take(STEPS).enumerate() {
            let end = self.frames.get(place + 1).map_or(self.parts.len(), |next| next.start);
            self.step(frame, end, &mut path);
        }
        if self.frames.len() > STEPS {
            path.push_str(".…");
        }
        path
    }

    /// Writing to a string does not fail.
    fn step(&self, frame: &Frame, end: usize, path: &mut String) {
        let done = end.saturating_sub(frame.start);
        let _ = match &frame.shape {
            Shape::Struct { next: 0, .. } => Ok(()),
            Shape::Struct { shape, next, .. } => {
                write!(path, ".{}", shape.field_name(next - 1).unwrap_or("?"))
            }
            Shape::List { .. } => write!(path, "[{done}]"),
            Shape::Map { .. } if done.is_multiple_of(2) => write!(path, "[key {}]", done / 2),
            Shape::Map { .. } => match end.checked_sub(1).and_then(|last| self.parts.get(last)) {
                Some((_, Value::String(key))) => {
                    let key: String = key.to_str_lossy().chars().take(KEY).collect();
                    write!(path, "[{key:?}]")
                }
                _ => write!(path, "[value {}]", done / 2),
            },
            Shape::Interface { name, .. } => {
                let name: String = name.to_str_lossy().chars().take(KEY).collect();
                write!(path, ".({name})")
            }
        };
    }
}
