//! What a measuring program is told on its command line.

use clap::Parser;

/// Measures a release build, and prints the figures as a table.
#[derive(Debug, Clone, Copy, Parser)]
pub struct Options {
    /// Print the figures as JSON.
    #[arg(long)]
    pub json: bool,
    /// Fail where a time is beyond its bound as well. Wants a machine with nothing else to do.
    #[arg(long)]
    pub check: bool,
}

impl Options {
    /// Reads the command line.
    ///
    /// # Errors
    ///
    /// This is a debug build, of which a measurement says nothing. A command line that cannot be
    /// used ends the process with its reason and with exit code 2.
    pub fn read() -> Result<Self, &'static str> {
        let options = Self::parse();
        match cfg!(debug_assertions) {
            true => Err("a debug build measures nothing of interest; use --release"),
            false => Ok(options),
        }
    }
}
