//! What the commands say: what was asked for on stdout, everything else on stderr.

use std::fmt;
use std::io::{self, Write as _};

/// An error with its causes. Some errors show their cause themselves, which is said only once.
pub(crate) fn chain(error: &anyhow::Error) -> String {
    let mut texts: Vec<String> = error.chain().map(ToString::to_string).collect();
    texts.dedup_by(|cause, error| error.ends_with(cause.as_str()));
    texts.join(": ")
}

/// An error that is the user's to mend: the command line, a setting, or what was given as JSON.
#[derive(Debug)]
pub(crate) struct Fault(anyhow::Error);

impl Fault {
    pub(crate) fn usage(error: impl Into<anyhow::Error>) -> Self {
        Self(error.into())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&chain(&self.0))
    }
}

impl std::error::Error for Fault {}

/// Writes to stdout. A reader that has left is no error: it had enough.
pub(crate) fn print(data: impl AsRef<[u8]>) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(data.as_ref()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Writes a line to stderr, whoever may be listening.
pub(crate) fn say(line: impl fmt::Display) {
    let _ = writeln!(io::stderr(), "{line}");
}
