//! The programs of the sides: built, and all of one build.

mod build;
mod golang;
mod mattermost;
mod python;

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use hookwright_bench::program::{ASK_BUILD_ID, BUILD_ID};
use tokio::process::Command;

use super::child;
use super::cli::Arguments;
use super::side::Side;
use super::work::Work;
pub(crate) use mattermost::Mattermost;

/// A program with its arguments.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    /// What an interpreter is told before the program begins: its source among it.
    source: Vec<OsString>,
    arguments: Vec<OsString>,
}

/// All that can be started.
#[derive(Debug)]
pub(crate) struct Programs {
    /// Beside this program.
    folder: PathBuf,
    python: Result<Program>,
    go: Result<Program>,
    mattermost: Result<Mattermost>,
}

impl Programs {
    /// Builds what is to be built, those of other languages only where they are asked for.
    pub(crate) async fn build(arguments: &Arguments) -> Result<Self> {
        let me = std::env::current_exe().context("this program has no path")?;
        let folder = me.parent().context("this program is in no folder")?.to_path_buf();
        let make = !arguments.no_build;
        if make {
            build::ours(arguments).await?;
        }
        let made = folder.join("bench-sides");
        let python = match arguments.wants(Side::E) || arguments.wants(Side::EThread) {
            true => python::make(&made.join("python"), make).await,
            false => Err(anyhow!("it was not asked for")),
        };
        let go = match arguments.wants(Side::F) {
            true => golang::make(&made.join("go"), make).await,
            false => Err(anyhow!("it was not asked for")),
        };
        let mattermost = match arguments.netrpc {
            true => mattermost::make(&made.join("mattermost"), make).await,
            false => Err(anyhow!("it was not asked for")),
        };
        Ok(Self { folder, python, go, mattermost })
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

    /// The host and the plugin in Go, on Mattermost's own packages.
    pub(crate) fn mattermost(&self) -> Result<&Mattermost> {
        self.mattermost.as_ref().map_err(|why| anyhow!("{why:#}"))
    }

    /// The floor for some work.
    pub(crate) fn floor(&self, place: &str, work: Work) -> Program {
        let arguments = vec![place.into(), work.plugins().to_string().into()];
        Program { arguments, ..self.beside("bench_floor") }
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
        Program::at(self.folder.join(name))
    }
}

impl Program {
    fn at(path: PathBuf) -> Self {
        Self { path, source: Vec::new(), arguments: Vec::new() }
    }

    /// All that it is started with.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = &OsString> {
        self.source.iter().chain(&self.arguments)
    }

    /// Refuses a program of another build than this one: each says of which it is.
    pub(crate) async fn check_build(&self) -> Result<()> {
        let mut ask = Command::new(&self.path);
        let said = child::run(ask.args(&self.source).arg(ASK_BUILD_ID)).await;
        let said = said.context("it does not say of which build it is")?;
        let said = String::from_utf8_lossy(&said.stdout);
        ensure!(
            said.trim() == BUILD_ID,
            "{} is of build {}, and this harness of build {BUILD_ID}: figures of different builds are not compared; build anew and start again",
            self.path.display(),
            said.trim()
        );
        Ok(())
    }
}
