//! Which hostnames are taken, and which one a client gets.

use std::collections::{HashMap, HashSet};

use sqlx::AssertSqlSafe;

use super::super::error::StoreError;
use super::super::row;
use super::Known;
use crate::client::{Registration, Wish};
use crate::name;

impl Known<'_> {
    pub(super) async fn read_names(&mut self, wanted: &[&Registration]) -> Result<(), StoreError> {
        let mut fleets: HashMap<&str, HashSet<&str>> = HashMap::new();
        for wanted in wanted {
            if let Wish::Name(name) = &wanted.hostname {
                fleets.entry(&wanted.fleet).or_default().insert(name);
            }
        }
        if fleets.is_empty() {
            return Ok(());
        }
        // Fleet by fleet: asked for pairs, SQLite reads them all.
        let mut conditions = Vec::with_capacity(fleets.len());
        let mut bound = 0;
        for names in fleets.values() {
            let (fleet, count) = (bound + 1, names.len());
            let names = row::placeholders(fleet, count);
            conditions.push(format!("(fleet = ${fleet} AND hostname IN ({names}))"));
            bound = fleet + count;
        }
        let sql = format!("SELECT fleet, hostname FROM clients WHERE {}", conditions.join(" OR "));
        let mut query = sqlx::query_as::<_, (String, String)>(AssertSqlSafe(sql));
        for (fleet, names) in &fleets {
            query = query.bind((*fleet).to_owned());
            for name in names {
                query = query.bind((*name).to_owned());
            }
        }
        let taken = query.fetch_all(&mut *self.connection).await;
        for (fleet, names) in fleets {
            let free = names.into_iter().map(|name| ((fleet.to_owned(), name.to_owned()), false));
            self.names.extend(free);
        }
        for place in taken.map_err(|e| StoreError::of(self.kind, &e))? {
            self.names.insert(place, true);
        }
        Ok(())
    }

    /// The name that is wished for if it is free; else the one that the client got for that wish
    /// before; else the first free one with a number.
    pub(super) async fn name_for(
        &mut self,
        fleet: &str,
        wish: &str,
        had: Option<&str>,
    ) -> Result<String, StoreError> {
        if had == Some(wish) || !self.is_taken(fleet, wish).await? {
            return Ok(wish.to_owned());
        }
        if let Some(had) = had.filter(|had| name::is_suffixed(had, wish)) {
            return Ok(had.to_owned());
        }
        // Where there are no gaps, this is the first free one, found in few steps among any number.
        let (mut taken, mut free) = (1, 2);
        while self.is_taken(fleet, &name::with_suffix(wish, free)).await? {
            (taken, free) = (free, free.saturating_mul(2));
        }
        while free - taken > 1 {
            let between = taken + (free - taken) / 2;
            match self.is_taken(fleet, &name::with_suffix(wish, between)).await? {
                true => taken = between,
                false => free = between,
            }
        }
        Ok(name::with_suffix(wish, free))
    }

    async fn is_taken(&mut self, fleet: &str, name: &str) -> Result<bool, StoreError> {
        let place = (fleet.to_owned(), name.to_owned());
        if let Some(taken) = self.names.get(&place) {
            return Ok(*taken);
        }
        let found = sqlx::query("SELECT fleet FROM clients WHERE fleet = $1 AND hostname = $2")
            .bind(place.0.clone())
            .bind(place.1.clone())
            .fetch_optional(&mut *self.connection)
            .await
            .map_err(|e| StoreError::of(self.kind, &e))?;
        self.names.insert(place, found.is_some());
        Ok(found.is_some())
    }
}
