//! The correspondence of the structs of Go that net/rpc carries and the messages of the gRPC contract,
//! as data: which field is which, and of what type it is on the wire.
//!
//! - `fields.tsv` has a row for each field of a struct that a message has too; a struct may correspond
//!   to several messages. Arguments and results of a method are structs as well, by their names.
//! - `lacking.tsv` has a row for each field of a message that no struct has: a call that sets it is
//!   refused, or it is left out, and the row says why that does no harm.
//! - `json.tsv` has a row for each field of a struct that the contract has as JSON, with its tag.
//!
//! What a row does not say follows from the two types; `how` says what does not.

mod proto;
#[cfg(test)]
mod tests;
mod wire;

use std::collections::HashMap;

pub(crate) use self::proto::{Messages, ProtoField, ProtoType};
pub(crate) use self::wire::WireType;

const FIELDS: &str = include_str!("fields.tsv");
const LACKING: &str = include_str!("lacking.tsv");
const JSON: &str = include_str!("json.tsv");

/// A struct's name in Go, and the message that it corresponds to.
pub(crate) type Pair = (&'static str, &'static str);

/// One field.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// Its name in Go.
    pub(crate) field: &'static str,
    /// Its type as a gob.
    pub(crate) wire: WireType,
    /// Its name in the message, or its tag in JSON. Empty where there is none.
    pub(crate) name: &'static str,
    /// What cannot be known by the types.
    pub(crate) how: &'static str,
}

/// A field of a message for which Go has nothing.
#[derive(Debug, Clone)]
pub(crate) struct Lacking {
    /// The message, or `*Request` for every request.
    pub(crate) message: &'static str,
    pub(crate) field: &'static str,
    /// Whether a call that sets it is not made.
    pub(crate) is_refused: bool,
}

/// All rows, by their structs.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) structs: HashMap<Pair, Vec<Row>>,
    pub(crate) json: HashMap<&'static str, Vec<Row>>,
    pub(crate) lacking: Vec<Lacking>,
}

impl Table {
    /// Reads the data.
    ///
    /// # Errors
    ///
    /// The line that cannot be read.
    pub(crate) fn read() -> Result<Self, String> {
        let (mut structs, mut json) = (HashMap::<_, Vec<_>>::new(), HashMap::<_, Vec<_>>::new());
        let known = |text: &'static str| if text == "-" { "" } else { text };
        for line in FIELDS.lines().skip(1) {
            let [of, message, field, wire, name, how] = columns(line)?;
            let rows = structs.entry((of, message)).or_default();
            // A struct without fields has one row, which says no more.
            if !known(field).is_empty() {
                let wire = WireType::parse(wire).ok_or_else(|| unreadable(line))?;
                rows.push(Row { field, wire, name: known(name), how: known(how) });
            }
        }
        for line in JSON.lines().skip(1) {
            let [of, field, wire, name] = columns(line)?;
            let rows = json.entry(of).or_default();
            if !known(field).is_empty() {
                let wire = WireType::parse(wire).ok_or_else(|| unreadable(line))?;
                rows.push(Row { field, wire, name: known(name), how: "" });
            }
        }
        let lacking = LACKING.lines().skip(1).map(|line| {
            let [message, field, what, _why] = columns(line)?;
            let is_refused = match what {
                "refused" => true,
                "left out" => false,
                _ => return Err(unreadable(line)),
            };
            Ok(Lacking { message, field, is_refused })
        });
        let lacking = lacking.collect::<Result<_, _>>()?;
        Ok(Self { structs, json, lacking })
    }
}

fn columns<const N: usize>(line: &'static str) -> Result<[&'static str; N], String> {
    line.split('\t').collect::<Vec<_>>().try_into().map_err(|_| unreadable(line))
}

fn unreadable(line: &str) -> String {
    format!("the table of net/rpc has a line that cannot be read: {line:?}")
}
