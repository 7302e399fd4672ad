//! What is said: the report on stdout, everything else on stderr.

use std::fmt;
use std::io::{self, Write as _};

/// Writes to stdout. A reader that has left is no error: it had enough.
pub(crate) fn print(text: impl fmt::Display) -> io::Result<()> {
    match writeln!(io::stdout(), "{text}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

/// Writes a line to stderr, whoever may be listening.
pub(crate) fn say(line: impl fmt::Display) {
    let _ = writeln!(io::stderr(), "{line}");
}
