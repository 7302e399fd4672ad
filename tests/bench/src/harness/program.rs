//! The programs of the sides: built, and all of one build.

mod golang;
mod python;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use hookwright_bench::program::{ASK_BUILD_ID, BUILD_ID};
use tokio::process::Command;

use super::cli::Arguments;
use super::side::Side;
use super::work::Work;

/// A program with its arguments.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    pub(crate) arguments: Vec<OsString>,
}

/// All that can be started.
#[derive(Debug)]
pub(crate) struct Programs {
    /// Beside this program.
    folder: PathBuf,
    python: Result<Program>,
    go: Result<Program>,
}

impl Programs {
    /// Builds what is to be built, those of other languages only where they are asked for.
    pub(crate) async fn build(arguments: &Arguments) -> Result<Self> {
        let me = std::env::current_exe().context("this program has no path")?;
        let folder = me.parent().context("this program is in no folder")?.to_path_buf();
        if !arguments.no_build {
            let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
            cargo.args(["build", "-q", "-p", "hookwright-bench", "--bins"]);
            if !cfg!(debug_assertions) {
                cargo.arg("--release");
            }
            succeed(cargo.current_dir(env!("CARGO_MANIFEST_DIR"))).await?;
        }
        let made = folder.join("bench-sides");
        let python = match arguments.wants(Side::E) || arguments.wants(Side::EThread) {
            true => python::make(&made.join("python")).await,
            false => Err(anyhow!("it was not asked for")),
        };
        let go = match arguments.wants(Side::F) {
            true => golang::make(&made.join("go")).await,
            false => Err(anyhow!("it was not asked for")),
        };
        Ok(Self { folder, python, go })
    }

    /// The program of a side for some work; an error says why it is missing.
    pub(crate) fn of(&self, side: Side, work: Work) -> Result<Program> {
        let with = |program: &Result<Program>, argument: &str| match program {
            Ok(program) => {
                let mut program = program.clone();
                program.arguments.push(argument.into());
                Ok(program)
            }
            Err(why) => bail!("{why:#}"),
        };
        match side {
            Side::A => Ok(self.floor("inline", work)),
            Side::B => Ok(self.floor("blocking", work)),
            Side::C => Ok(self.plugin("async", work)),
            Side::D => Ok(self.plugin("sync", work)),
            Side::E => with(&self.python, "async"),
            Side::EThread => with(&self.python, "thread"),
            Side::F => self.go.as_ref().cloned().map_err(|why| anyhow!("{why:#}")),
        }
    }

    /// The floor for some work.
    pub(crate) fn floor(&self, place: &str, work: Work) -> Program {
        let arguments = vec![place.into(), work.plugins().to_string().into()];
        Program { path: self.folder.join("bench_floor"), arguments }
    }

    /// The plugins of ours for some work.
    pub(crate) fn plugin(&self, kind: &str, work: Work) -> Program {
        let name = match work.plugins() {
            1 => format!("bench_plugin_{kind}"),
            plugins => format!("bench_chain_{plugins}_{kind}"),
        };
        self.beside(&name)
    }

    /// A program of this package.
    pub(crate) fn beside(&self, name: &str) -> Program {
        Program { path: self.folder.join(name), arguments: Vec::new() }
    }
}

impl Program {
    /// Refuses a program of another build than this one: each says of which it is.
    pub(crate) async fn check_build(&self) -> Result<()> {
        let said = self.build_id().await?;
        ensure!(
            said == BUILD_ID,
            "{} is of build {said}, and this harness of build {BUILD_ID}: figures of different builds are not compared; build anew and start again",
            self.path.display()
        );
        Ok(())
    }

    async fn build_id(&self) -> Result<String> {
        let mut command = Command::new(&self.path);
        // What is interpreted has its source before the side.
        let source = self.arguments.iter().find(|argument| Path::new(argument).is_absolute());
        command.args(source).arg(ASK_BUILD_ID).stdin(Stdio::null()).kill_on_drop(true);
        let ended = command.output().await.with_context(|| self.path.display().to_string())?;
        ensure!(
            ended.status.success(),
            "{} does not say of which build it is",
            self.path.display()
        );
        Ok(String::from_utf8_lossy(&ended.stdout).trim().to_owned())
    }
}

/// Runs a program that has to succeed; what it says is for whoever reads why it has not.
async fn succeed(command: &mut Command) -> Result<()> {
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).kill_on_drop(true);
    let ended = command.output().await.with_context(|| format!("{name} cannot be run"))?;
    if !ended.status.success() {
        let words = String::from_utf8_lossy(&ended.stderr);
        bail!("{name}: {}: {}", ended.status, words.trim());
    }
    Ok(())
}
