//! The server in Python: its source, and a virtual environment to run it in.

use std::path::Path;

use anyhow::{Context as _, Result};
use hookwright_bench::program::BUILD_ID;
use hookwright_proto::FILE_DESCRIPTOR_SET;
use tokio::process::Command;

use super::{Program, succeed};

const SERVER: &str = include_str!("../../../python/server.py");
const REQUIREMENTS: &str = include_str!("../../../python/requirements.txt");

/// Writes the server as it was when this harness was built, and makes the environment anew if what
/// is in it is not what is wanted.
pub(super) async fn make(folder: &Path) -> Result<Program> {
    std::fs::create_dir_all(folder)?;
    let (server, environment) = (folder.join("server.py"), folder.join("venv"));
    std::fs::write(&server, SERVER)?;
    std::fs::write(folder.join("build-id"), BUILD_ID)?;
    std::fs::write(folder.join("descriptors.bin"), FILE_DESCRIPTOR_SET)?;
    let installed = environment.join("requirements.txt");
    let python = environment.join("bin/python");
    if std::fs::read_to_string(&installed).ok().as_deref() != Some(REQUIREMENTS) {
        let _ = std::fs::remove_dir_all(&environment);
        // A system's Python may come without the part that makes such environments.
        let made = succeed(Command::new("python3").args(["-m", "venv"]).arg(&environment)).await;
        if made.is_err() {
            let mut virtualenv = Command::new("python3");
            let other =
                succeed(virtualenv.args(["-m", "virtualenv", "-q"]).arg(&environment)).await;
            other.and(Ok(())).or(made)?;
        }
        let list = folder.join("requirements.txt");
        std::fs::write(&list, REQUIREMENTS)?;
        let mut pip = Command::new(&python);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]);
        succeed(pip.arg(&list)).await.context("grpcio cannot be installed")?;
        std::fs::write(&installed, REQUIREMENTS)?;
    }
    Ok(Program { path: python, arguments: vec!["-B".into(), server.into()] })
}
