//! Printing in every way in which a plugin may, and starting programs.

use std::io::{self, Write as _};
use std::process::{Command, Stdio};

use hookwright::Result;

/// Does what the text says, if it is about printing.
pub(crate) fn as_told(what: &str) -> Result<()> {
    let (how, text) = what.split_once(": ").unwrap_or((what, ""));
    match how {
        "print" => write!(io::stdout(), "{text}")?,
        "complain" => write!(io::stderr(), "{text}")?,
        "print bytes" => io::stdout().write_all(&bytes(text.parse()?))?,
        "print from a program" => {
            let script = "printf '%s' \"$0\"; printf '%s' \"$0\" >&2";
            Command::new("sh").args(["-c", script, text]).status()?;
        }
        "print what stdin has" => {
            Command::new("cat").status()?;
        }
        "print the environment" => {
            Command::new("env").status()?;
        }
        "print the descriptors" => {
            Command::new("ls").args(["-l", "/proc/self/fd"]).status()?;
        }
        "leave a program" => {
            // With the outputs of this process, and for longer than it.
            let left = Command::new("sleep").arg("1000").stdin(Stdio::null()).spawn()?;
            tracing::info!(id = left.id(), "left a program");
        }
        _ => {}
    }
    Ok(())
}

/// Bytes of every value, which are text in no encoding.
#[expect(clippy::cast_possible_truncation, reason = "the low byte is what is wanted")]
fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|index| (index % 251) as u8).collect()
}
