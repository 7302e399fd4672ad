//! Searches that the contract has by pages and Go by a cursor: the pages before the one that was asked for
//! are read, as each says where the next begins.

use bytes::Bytes;
use hookwright::proto::{SearchPropertyFieldsRequest, SearchPropertyValuesRequest};
use hookwright_gob::{Struct, Type, Value};
use hookwright_netrpc::{CallError, Client};
use prost::Message as _;

use super::api::Method;
use super::convert::Plans;

/// The argument that has the cursor, and the result that has the page.
const OPTIONS: &str = "B";
const PAGE: &str = "A";
const ERROR: &str = "B";

/// A search for a page that is not the first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Search {
    before: u32,
    per_page: usize,
    /// The name of the id in the cursor.
    id: &'static str,
}

/// Where a search has got to.
#[derive(Debug)]
pub(super) enum Walked {
    /// The arguments ask for the page now.
    There,
    /// There are not so many pages.
    Past,
    /// A page before it could not be had: the server's answer.
    Failed(Value),
}

impl Search {
    /// What a request searches for, if it has to be walked to.
    pub(super) fn of(method: &str, request: &Bytes) -> Option<Self> {
        let request = request.clone();
        let (page, per_page, id) = match method {
            "SearchPropertyFields" => {
                let options = SearchPropertyFieldsRequest::decode(request).ok()?.opts?;
                (options.page, options.per_page, "PropertyFieldID")
            }
            "SearchPropertyValues" => {
                let options = SearchPropertyValuesRequest::decode(request).ok()?.opts?;
                (options.page, options.per_page, "PropertyValueID")
            }
            _ => return None,
        };
        let before = u32::try_from(page).ok().filter(|before| *before > 0)?;
        Some(Self { before, per_page: usize::try_from(per_page).unwrap_or(0), id })
    }

    /// Reads the pages before the one that is meant, and sets the cursor after them.
    pub(super) async fn walk(
        self,
        method: &Method,
        (client, plans): (&Client, &Plans),
        arguments: &mut Struct,
    ) -> Result<Walked, CallError> {
        for _ in 0..self.before {
            let reply = method.call((client, plans), arguments.clone()).await?;
            if reply.get(ERROR).is_some_and(|error| !error.is_zero()) {
                return Ok(Walked::Failed(reply));
            }
            let page = reply.get(PAGE).and_then(Value::as_list).unwrap_or_default();
            let Some(last) = page.last().filter(|_| page.len() >= self.per_page) else {
                return Ok(Walked::Past);
            };
            self.set_cursor(method.ty(plans), arguments, last);
        }
        Ok(Walked::There)
    }

    fn set_cursor(self, ty: &Type, arguments: &mut Struct, last: &Value) {
        let options = ty.field(OPTIONS);
        let cursor = options.and_then(|ty| ty.field("Cursor")).and_then(|ty| ty.as_struct());
        let (Some(cursor), Some(Value::Struct(options))) = (cursor, arguments.get_mut(OPTIONS))
        else {
            return;
        };
        let mut cursor = Struct::new(&cursor);
        for (of, name) in [("ID", self.id), ("CreateAt", "CreateAt")] {
            if let Some(value) = last.get(of) {
                // The table has both.
                let _ = cursor.set(name, value.clone());
            }
        }
        let _ = options.set("Cursor", cursor);
    }
}
