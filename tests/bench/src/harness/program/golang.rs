//! The plugin in Go: built of its source and of messages generated from our own descriptors.

use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use hookwright_bench::program::BUILD_ID;
use hookwright_proto::FILE_DESCRIPTOR_SET;
use prost::Message as _;
use prost_types::FileDescriptorSet;
use prost_types::compiler::{CodeGeneratorRequest, CodeGeneratorResponse};
use tokio::process::Command;

use super::{Program, child};

/// The module, as it was when this harness was built.
const SOURCES: [(&str, &str); 3] = [
    ("go.mod", include_str!("../../../go/go.mod")),
    ("go.sum", include_str!("../../../go/go.sum")),
    ("main.go", include_str!("../../../go/main.go")),
];
/// The package of the generated messages.
const MESSAGES: &str = "hookwright/tests/bench/pb";

/// Builds it, or takes the one that was built before.
pub(super) async fn make(folder: &Path, build: bool) -> Result<Program> {
    let program = Program::at(folder.join("bench_go"));
    if !build {
        ensure!(program.path.exists(), "it has not been built, and with --no-build it is not");
        return Ok(program);
    }
    std::fs::create_dir_all(folder.join("pb"))?;
    for (name, source) in SOURCES {
        std::fs::write(folder.join(name), source)?;
    }
    for (name, source) in generate(folder).await? {
        std::fs::write(folder.join("pb").join(name), source)?;
    }
    let mut build = Command::new("go");
    build.current_dir(folder).args(["build", "-o", "bench_go", "-ldflags"]);
    child::run(build.arg(format!("-X main.build={BUILD_ID}")).arg(".")).await?;
    Ok(program)
}

/// What Go's own generator makes of the descriptors: file by file.
async fn generate(folder: &Path) -> Result<Vec<(String, String)>> {
    let request = request()?;
    let mut generator = Command::new("go");
    generator.current_dir(folder).args(["tool", "protoc-gen-go"]);
    let ended = child::run_with(&mut generator, request.encode_to_vec()).await;
    let ended = ended.context("protoc-gen-go")?;
    let response = CodeGeneratorResponse::decode(ended.stdout.as_slice())?;
    if let Some(error) = response.error {
        bail!("protoc-gen-go: {error}");
    }
    let file = |name: &str| Path::new(name).file_name().map(|name| name.to_string_lossy().into());
    let files = response.file.into_iter();
    Ok(files.filter_map(|it| Some((file(it.name())?, it.content().to_owned()))).collect())
}

/// Asks for Mattermost's messages.
fn request() -> Result<CodeGeneratorRequest> {
    let descriptors = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET)?;
    let ours = descriptors.file.iter().filter(|file| file.package() == "mattermost.pluginapi.v1");
    let ours: Vec<String> = ours.map(|file| file.name().to_owned()).collect();
    let packages: Vec<_> = ours.iter().map(|file| format!("M{file}={MESSAGES}")).collect();
    Ok(CodeGeneratorRequest {
        file_to_generate: ours,
        parameter: Some(packages.join(",")),
        proto_file: descriptors.file,
        ..Default::default()
    })
}
