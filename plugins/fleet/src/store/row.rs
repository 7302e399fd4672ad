//! A client as a row.

use std::net::Ipv6Addr;

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::error::StoreError;
use crate::client::Client;

/// The columns in the order in which they are read and written.
pub(super) const COLUMNS: &str = "public_key, fleet, address, hostname, created_at, last_seen";

/// How many they are.
pub(super) const WIDTH: usize = 6;

/// Where the texts are among them.
pub(super) const PUBLIC_KEY: usize = 0;
pub(super) const FLEET: usize = 1;
pub(super) const ADDRESS: usize = 2;

/// How long an address is as it is stored.
const STORED_ADDRESS: usize = 39;

/// Reads the columns of [`COLUMNS`].
pub(super) fn client(row: &AnyRow) -> Result<Client, StoreError> {
    parse(row).map_err(|fault| StoreError::Unreadable {
        key: text(row, PUBLIC_KEY).unwrap_or_default().to_owned(),
        fault,
    })
}

/// Those that can be read, and a line in the log for those that cannot.
pub(super) fn readable(rows: &[AnyRow]) -> Vec<Client> {
    let mut unreadable = Unreadable::default();
    let clients = rows.iter().filter_map(|row| match client(row) {
        Ok(client) => Some(client),
        Err(error) => {
            unreadable.add(|| error.to_string());
            None
        }
    });
    let clients = clients.collect();
    unreadable.log();
    clients
}

fn parse(row: &AnyRow) -> Result<Client, String> {
    let column = |error: sqlx::Error| error.to_string();
    let public_key = text(row, PUBLIC_KEY).map_err(column)?;
    let stored = text(row, ADDRESS).map_err(column)?;
    Ok(Client {
        public_key: public_key.parse().map_err(|fault| format!("{fault}"))?,
        fleet: row.try_get(1).map_err(column)?,
        address: address(stored)?,
        hostname: row.try_get(3).map_err(column)?,
        created_at: row.try_get(4).map_err(column)?,
        last_seen: row.try_get(5).map_err(column)?,
    })
}

/// Reads a column of text as it is.
pub(super) fn text(row: &AnyRow, column: usize) -> Result<&str, sqlx::Error> {
    row.try_get(column)
}

/// Its place in the order of pages, as it is stored.
pub(super) fn place(row: &AnyRow) -> Result<(String, String), StoreError> {
    let column = |error: sqlx::Error| StoreError::Failed(format!("a row of `clients`: {error}"));
    let (fleet, address) = (text(row, FLEET).map_err(column)?, text(row, ADDRESS).map_err(column)?);
    Ok((fleet.to_owned(), address.to_owned()))
}

/// Reads an address. In another form it would have another place in the order.
pub(super) fn address(text: &str) -> Result<Ipv6Addr, String> {
    let is_stored_so = |c: char| matches!(c, '0'..='9' | 'a'..='f' | ':');
    match text.parse() {
        Ok(address) if text.len() == STORED_ADDRESS && text.chars().all(is_stored_so) => {
            Ok(address)
        }
        _ => Err(format!(
            "the address {text:?} is not eight groups of four small hexadecimal digits"
        )),
    }
}

/// Rows that were passed over.
#[derive(Debug, Default)]
pub(super) struct Unreadable {
    count: usize,
    first: Vec<String>,
}

impl Unreadable {
    pub(super) fn add(&mut self, what: impl FnOnce() -> String) {
        const SHOWN: usize = 5;
        self.count += 1;
        if self.first.len() < SHOWN {
            self.first.push(what());
        }
    }

    /// One line, however many they are.
    pub(super) fn log(&self) {
        if self.count > 0 {
            let first = self.first.join("; ");
            tracing::warn!(count = self.count, first, "rows that cannot be read are passed over");
        }
    }
}

/// `$3, $4`: so many placeholders behind so many others.
pub(super) fn placeholders(behind: usize, count: usize) -> String {
    let each = (behind + 1..=behind + count).map(|number| format!("${number}"));
    each.collect::<Vec<_>>().join(", ")
}

/// `($1, $2), ($3, $4)`: for so many rows of so many columns.
pub(super) fn rows(rows: usize, columns: usize) -> String {
    let each = (0..rows).map(|row| format!("({})", placeholders(row * columns, columns)));
    each.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_in_the_form_in_which_it_is_stored() {
        let stored = crate::address::stored("fd00::1a".parse().unwrap());
        assert_eq!(address(&stored).unwrap().to_string(), "fd00::1a");
        for bad in ["fd00::1a", "fd00::1/64", "", &stored.to_uppercase()] {
            address(bad).unwrap_err();
        }
    }

    #[test]
    fn each_value_has_its_placeholder() {
        assert_eq!(rows(2, 3), "($1, $2, $3), ($4, $5, $6)");
        assert_eq!(placeholders(2, 2), "$3, $4");
        assert_eq!(COLUMNS.split(", ").count(), WIDTH);
    }
}
