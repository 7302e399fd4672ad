//! The programs that measurements start: release builds, beside the measuring one.

use std::process::Command;

/// The path of a binary of the same build, made if it is not there.
///
/// # Errors
///
/// Why there is none.
pub fn built(package: &str, binary: &str) -> Result<String, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--release", "-q", "-p", package, "--bin", binary])
        .status();
    match built {
        Ok(status) if status.success() => {}
        other => return Err(format!("{binary} of {package} was not built: {other:?}")),
    }
    let me = std::env::current_exe().map_err(|fault| fault.to_string())?;
    let program = me.with_file_name(binary).into_os_string();
    program.into_string().map_err(|path| format!("{}: not UTF-8", path.display()))
}
