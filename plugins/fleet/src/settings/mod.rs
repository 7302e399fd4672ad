//! The settings: environment variables `FLEET_*`, and flags of `hookwright fleet serve`.

mod read;
pub mod reference;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

pub use self::read::BadSetting;
pub use self::reference::{REFERENCE, SettingInfo};
use crate::store::DatabaseUrl;
use crate::webhook::Endpoint;

/// What the operator says.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the clients are kept.
    pub database: DatabaseUrl,
    /// The file that names are resolved by.
    pub hosts_file: PathBuf,
    /// What stands behind hostname and fleet in it.
    pub domain: String,
    /// Whether it is written when the registry is opened.
    pub hosts_on_startup: bool,
    /// Where each event is written down; nowhere if there is none.
    pub audit_file: Option<PathBuf>,
    /// Who is told of each event; nobody if there is none.
    pub webhook: Option<Endpoint>,
    /// After how long unseen a client is removed; never if there is none.
    pub prune_after: Option<Duration>,
    /// How often such clients are looked for.
    pub prune_every: Duration,
}

/// What `hookwright fleet serve` was given, before the environment.
static FLAGS: OnceLock<Vec<(&'static str, String)>> = OnceLock::new();

/// Sets what wins over the environment of this process: pairs of a variable and its value. Only the
/// first call counts.
pub fn set_flags(flags: Vec<(&'static str, String)>) {
    let _ = FLAGS.set(flags);
}

impl Settings {
    /// What this process was told; `None` where the fleet is not switched on.
    ///
    /// # Errors
    ///
    /// A value cannot be used.
    pub fn of_process() -> Result<Option<Self>, BadSetting> {
        Self::read(|variable| {
            let flag =
                FLAGS.get().and_then(|flags| flags.iter().find(|(name, _)| *name == variable));
            flag.map(|(_, value)| value.into()).or_else(|| std::env::var_os(variable))
        })
    }

    /// Reads the settings from wherever they stand.
    ///
    /// # Errors
    ///
    /// A value cannot be used.
    pub fn read(of: impl Fn(&'static str) -> Option<OsString>) -> Result<Option<Self>, BadSetting> {
        let read = read::Reader::new(of);
        if !read.switch(&reference::ENABLED)? {
            return Ok(None);
        }
        Ok(Some(Self {
            database: read.database(&reference::DATABASE)?,
            hosts_file: read.path(&reference::HOSTS_FILE)?,
            domain: read.domain(&reference::DOMAIN)?,
            hosts_on_startup: read.switch(&reference::HOSTS_ON_STARTUP)?,
            audit_file: read.optional_path(&reference::AUDIT_FILE)?,
            webhook: read.webhook(&reference::WEBHOOK)?,
            prune_after: read.time(&reference::PRUNE_AFTER)?,
            prune_every: read::required(
                &reference::PRUNE_EVERY,
                read.time(&reference::PRUNE_EVERY)?,
            )?,
        }))
    }
}

#[cfg(test)]
mod tests;
