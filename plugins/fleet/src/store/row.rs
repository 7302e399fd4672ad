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

/// Reads the columns of [`COLUMNS`].
pub(super) fn client(row: &AnyRow) -> Result<Client, StoreError> {
    let column = |error: sqlx::Error| wrong(&error.to_string());
    let public_key: &str = row.try_get(0).map_err(column)?;
    let address: &str = row.try_get(2).map_err(column)?;
    Ok(Client {
        public_key: public_key.parse().map_err(|fault| wrong(&format!("{fault}")))?,
        fleet: row.try_get(1).map_err(column)?,
        address: self::address(address)?,
        hostname: row.try_get(3).map_err(column)?,
        created_at: row.try_get(4).map_err(column)?,
        last_seen: row.try_get(5).map_err(column)?,
    })
}

/// Reads an address.
pub(super) fn address(text: &str) -> Result<Ipv6Addr, StoreError> {
    text.parse().map_err(|fault| wrong(&format!("{text:?}: {fault}")))
}

fn wrong(fault: &str) -> StoreError {
    StoreError::Failed(format!("a row of `clients`: {fault}"))
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
    fn each_value_has_its_placeholder() {
        assert_eq!(rows(2, 3), "($1, $2, $3), ($4, $5, $6)");
        assert_eq!(placeholders(2, 2), "$3, $4");
        assert_eq!(COLUMNS.split(", ").count(), WIDTH);
    }
}
