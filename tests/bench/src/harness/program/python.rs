//! The server in Python: its source, and a virtual environment to run it in.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use hookwright_bench::program::BUILD_ID;
use hookwright_proto::FILE_DESCRIPTOR_SET;
use tokio::process::Command;

use super::{Program, child};

const SERVER: &str = include_str!("../../../python/server.py");
const REQUIREMENTS: &str = include_str!("../../../python/requirements.txt");

/// Writes the server as it was when this harness was built, and makes the environment anew if what
/// is in it is not what is wanted. Or takes what was made before.
pub(super) async fn make(folder: &Path, build: bool) -> Result<Program> {
    let (server, environment) = (folder.join("server.py"), folder.join("venv"));
    let python = environment.join("bin/python");
    let source = vec!["-B".into(), server.clone().into()];
    let program = Program { source, ..Program::at(python.clone()) };
    if !build {
        ensure!(python.exists(), "it has not been made, and with --no-build it is not");
        return Ok(program);
    }
    std::fs::create_dir_all(folder)?;
    std::fs::write(&server, SERVER)?;
    std::fs::write(folder.join("build-id"), BUILD_ID)?;
    std::fs::write(folder.join("descriptors.bin"), FILE_DESCRIPTOR_SET)?;
    let installed = environment.join("requirements.txt");
    if std::fs::read_to_string(&installed).ok().as_deref() != Some(REQUIREMENTS) {
        let _ = std::fs::remove_dir_all(&environment);
        // A system's Python may come without the part that makes such environments.
        let made = child::run(Command::new("python3").args(["-m", "venv"]).arg(&environment)).await;
        if made.is_err() {
            let mut virtualenv = Command::new("python3");
            let other =
                child::run(virtualenv.args(["-m", "virtualenv", "-q"]).arg(&environment)).await;
            other.or(made)?;
        }
        let list = folder.join("requirements.txt");
        std::fs::write(&list, REQUIREMENTS)?;
        let mut pip = Command::new(&python);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]);
        child::run(pip.arg(&list)).await.context("grpcio cannot be installed")?;
        std::fs::write(&installed, REQUIREMENTS)?;
    }
    Ok(program)
}
