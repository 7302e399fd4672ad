//! The host and the plugin in Go, on the packages of Mattermost's own server.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use hookwright_bench::program::BUILD_ID;
use tokio::process::Command;

use super::{Program, child};

/// The module, as it was when this harness was built.
const SOURCES: [(&str, &str); 6] = [
    ("go.mod", include_str!("../../../mattermost/go.mod")),
    ("go.sum", include_str!("../../../mattermost/go.sum")),
    ("host/main.go", include_str!("../../../mattermost/host/main.go")),
    ("host/load.go", include_str!("../../../mattermost/host/load.go")),
    ("host/server.go", include_str!("../../../mattermost/host/server.go")),
    ("plugin/main.go", include_str!("../../../mattermost/plugin/main.go")),
];

/// The two programs.
#[derive(Debug)]
pub(crate) struct Mattermost {
    pub(crate) host: Program,
    pub(crate) plugin: Program,
}

/// Builds them, or takes those that were built before.
pub(super) async fn make(folder: &Path, build: bool) -> Result<Mattermost> {
    let at = |name: &str| Program::at(folder.join("bin").join(name));
    let made = Mattermost { host: at("host"), plugin: at("plugin") };
    if build {
        for (name, source) in SOURCES {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().unwrap_or(folder))?;
            std::fs::write(path, source)?;
        }
        let mut build = Command::new("go");
        build.current_dir(folder).args(["build", "-o", "bin/", "-ldflags"]);
        build.arg(format!("-X main.build={BUILD_ID}")).args(["./host", "./plugin"]);
        child::run(&mut build).await.context("this is measured against a plugin in Go")?;
    }
    for program in [&made.host, &made.plugin] {
        ensure!(
            program.path.exists(),
            "{} has not been built, and with --no-build it is not",
            program.path.display()
        );
        program.check_build().await?;
    }
    Ok(made)
}
