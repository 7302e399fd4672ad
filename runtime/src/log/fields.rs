//! Named values, kept as the JSON text that they will be in a record.

use std::fmt::{self, Write as _};
use std::ops::Range;

use super::text::Escaped;

/// Members of a JSON object, each written once as `,"name":value`, in one buffer.
///
/// A span keeps its fields like this from the moment they are recorded, so that an event inside
/// it copies them and formats nothing again.
#[derive(Debug, Default)]
pub(super) struct Fields {
    text: String,
    members: Vec<Member>,
}

/// Where a member lies follows from the lengths of those before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member {
    pub(super) name: &'static str,
    /// The bytes of the comma, the name and the colon.
    pub(super) key_len: usize,
    /// The bytes of all of it.
    pub(super) len: usize,
    /// The bytes of the value that are left out of it already.
    pub(super) cut: usize,
}

impl Fields {
    /// The longest text that a value is kept with, in escaped bytes.
    pub(super) const LONGEST_TEXT: usize = super::line::LIMIT;

    /// Sets a member to a string.
    pub(super) fn text(&mut self, name: &'static str, value: fmt::Arguments<'_>) {
        self.text_within(name, Self::LONGEST_TEXT, value);
    }

    /// Sets a member to as much of a string as fits into `room` bytes.
    pub(super) fn text_within(
        &mut self,
        name: &'static str,
        room: usize,
        value: fmt::Arguments<'_>,
    ) {
        self.set(name, |out| {
            out.push('"');
            let mut escaped = Escaped::new(out, room);
            // The value's own formatting may fail halfway; what it gave until then is kept.
            let _ = escaped.write_fmt(value);
            let cut = escaped.cut();
            out.push('"');
            cut
        });
    }

    /// Sets a member to a value whose text is JSON as it stands: a number or a boolean.
    pub(super) fn literal(&mut self, name: &'static str, value: fmt::Arguments<'_>) {
        self.set(name, |out| {
            let _ = out.write_fmt(value);
            0
        });
    }

    /// Takes over copies of all members of `later`, which replace those of the same name.
    pub(super) fn absorb(&mut self, later: &Self) {
        for member in &later.members {
            self.remove(member.name);
        }
        self.text.push_str(&later.text);
        self.members.extend_from_slice(&later.members);
    }

    /// Takes a member out; gives what it was.
    pub(super) fn remove(&mut self, name: &str) -> Option<Member> {
        let index = self.members.iter().position(|member| member.name == name)?;
        let range = self.range(index);
        self.text.drain(range);
        Some(self.members.remove(index))
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.members.iter().any(|member| member.name == name)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Forgets the members and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.members.clear();
    }

    /// The bytes of memory that the text has.
    pub(super) fn capacity(&self) -> usize {
        self.text.capacity()
    }

    pub(super) fn members(&self) -> &[Member] {
        &self.members
    }

    /// Every member with its key and its value as text.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Member, &str, &str)> {
        self.members.iter().scan(0, |start, member| {
            let (key, value) = self.text[*start..*start + member.len].split_at(member.key_len);
            *start += member.len;
            Some((*member, key, value))
        })
    }

    /// All members as text, each with a comma before it.
    pub(super) fn buffer(&mut self) -> &mut String {
        &mut self.text
    }

    fn set(&mut self, name: &'static str, value: impl FnOnce(&mut String) -> usize) {
        self.remove(name);
        let start = self.text.len();
        self.text.push_str(",\"");
        let _ = Escaped::new(&mut self.text, usize::MAX).write_str(name);
        self.text.push_str("\":");
        let key_len = self.text.len() - start;
        let cut = value(&mut self.text);
        self.members.push(Member { name, key_len, len: self.text.len() - start, cut });
    }

    fn range(&self, index: usize) -> Range<usize> {
        let start = self.members[..index].iter().map(|member| member.len).sum();
        start..start + self.members[index].len
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Fields {
        let mut fields = Fields::default();
        fields.literal("a", format_args!("1"));
        fields.text("b", format_args!("two\n"));
        fields.literal("c", format_args!("true"));
        fields
    }

    #[test]
    fn members_are_written_in_the_order_they_came() {
        assert_eq!(sample().buffer(), r#","a":1,"b":"two\n","c":true"#);
    }

    #[test]
    fn a_later_member_replaces_the_one_of_its_name() {
        let mut fields = sample();
        fields.text("a", format_args!("new"));
        assert_eq!(fields.buffer(), r#","b":"two\n","c":true,"a":"new""#);
    }

    #[test]
    fn absorbed_members_replace_those_of_their_name() {
        let mut fields = sample();
        let mut later = Fields::default();
        later.literal("b", format_args!("2"));
        later.literal("d", format_args!("4"));
        fields.absorb(&later);
        assert_eq!(fields.buffer(), r#","a":1,"c":true,"b":2,"d":4"#);
        let names: Vec<_> =
            fields.iter().map(|(member, key, value)| (member.name, key, value)).collect();
        assert_eq!(
            names,
            [
                ("a", ",\"a\":", "1"),
                ("c", ",\"c\":", "true"),
                ("b", ",\"b\":", "2"),
                ("d", ",\"d\":", "4")
            ]
        );
    }

    #[test]
    fn a_member_set_again_and_again_takes_no_more_memory() {
        let mut fields = sample();
        let before = fields.buffer().len();
        for _ in 0..1000 {
            fields.literal("a", format_args!("1"));
        }
        assert_eq!(fields.buffer().len(), before);
    }
}
