use std::path::Path;

use anyhow::{Result, bail};

use super::Program;

pub(super) async fn make(_folder: &Path) -> Result<Program> {
    bail!("not yet")
}
