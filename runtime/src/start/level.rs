//! The log level while the process runs: what the operator's file says of it by now.

use crate::log::LogControl;
use crate::settings::{Environment, Settings};

/// Reads the settings anew, and takes their log level. Faults leave everything as it is.
pub(super) fn reader(environment: Environment, log: LogControl) -> impl Fn() + Send + 'static {
    move || match Settings::read(&environment) {
        Ok(Settings { log_level, .. }) => {
            // Said at whichever of the two lets more through.
            let quieter = log_level > log.level();
            if !quieter {
                log.set_level(log_level);
            }
            tracing::info!(level = %log_level, "the log level was read anew");
            log.set_level(log_level);
        }
        Err(error) => {
            let level = log.level();
            tracing::warn!(%error, %level, "the log level stays: the settings cannot be used");
        }
    }
}
