//! `hookwright pack`: the bundle that it makes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests may fail like tests"
)]

mod archive;
mod program;

use std::collections::BTreeMap;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use archive::{PLATFORM, check};
use flate2::read::GzDecoder;
use hookwright_tests::{Output, by_hand, run};
use program::hookwright;
use serde_json::Value;
use tar::Archive;
use tokio::process::Command;
use tokio::sync::OnceCell;

const NAME: &str = concat!("com.hookwright-", env!("CARGO_PKG_VERSION"), ".tar.gz");
const EXECUTABLE: &str = "com.hookwright/server/dist/plugin-";

/// A file in a bundle: its mode, its time, and what is in it.
struct File {
    mode: u32,
    modified: u64,
    data: Vec<u8>,
}

/// The bundle, in a folder where nothing else is, and what was said when it was packed.
struct Packed {
    folder: tempfile::TempDir,
    said: String,
}

impl Packed {
    fn path(&self) -> PathBuf {
        self.folder.path().join(NAME)
    }
}

/// Runs a command to its end, however long the machine takes to compress so much.
async fn patiently(mut command: Command) -> Output {
    let ended = command.output().await.expect("the program starts");
    Output {
        status: ended.status,
        stdout: String::from_utf8(ended.stdout).expect("stdout is UTF-8"),
        stderr: String::from_utf8(ended.stderr).expect("stderr is UTF-8"),
    }
}

/// Packs the bundle, for all tests together.
async fn packed() -> &'static Packed {
    static PACKED: OnceCell<Packed> = OnceCell::const_new();
    let pack = async || {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = hookwright(&["pack"]);
        command.current_dir(folder.path());
        let ended = patiently(command).await;
        assert_eq!((ended.code(), ended.stderr.as_str()), (Some(0), ""));
        Packed { folder, said: ended.stdout }
    };
    PACKED.get_or_init(pack).await
}

fn files(bundle: &Path) -> BTreeMap<String, File> {
    let mut archive = Archive::new(GzDecoder::new(std::fs::File::open(bundle).unwrap()));
    let mut files = BTreeMap::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let header = entry.header();
        let (mode, modified) = (header.mode().unwrap(), header.mtime().unwrap());
        let path = entry.path().unwrap().to_str().unwrap().to_owned();
        let mut data = Vec::new();
        entry.read_to_end(&mut data).unwrap();
        files.insert(path, File { mode, modified, data });
    }
    files
}

fn manifest(files: &BTreeMap<String, File>) -> Value {
    serde_json::from_slice(&files["com.hookwright/plugin.json"].data).expect("JSON")
}

#[tokio::test]
async fn the_bundle_is_the_same_each_time_and_one_that_a_server_takes() {
    let Packed { folder, said } = packed().await;
    assert!(said.starts_with(&format!("{NAME}: com.hookwright ")), "{said}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
    let bundle = packed().await.path();
    assert_eq!(check(&bundle).await.code(), Some(0));
    let other = tempfile::tempdir().unwrap();
    let again = other.path().join("again.tar.gz");
    let ended = patiently(hookwright(&["pack", "--out", again.to_str().unwrap()])).await;
    assert_eq!(ended.code(), Some(0), "{}", ended.stderr);
    assert!(std::fs::read(&bundle).unwrap() == std::fs::read(&again).unwrap());
    let files = files(&bundle);
    let times: Vec<_> = files.values().map(|file| file.modified).collect();
    assert!(times.iter().all(|time| *time == times[0]), "{times:?}");
    let modes: Vec<_> = files.values().map(|file| format!("{:o}", file.mode)).collect();
    assert_eq!(modes, ["644", "644", "755"], "of {:?}", files.keys());
}

#[tokio::test]
async fn the_manifest_names_what_is_in_the_bundle() {
    let files = files(&packed().await.path());
    let manifest = manifest(&files);
    assert_eq!(manifest["id"], "com.hookwright");
    assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"));
    let executable = manifest["server"]["executables"][PLATFORM].as_str().unwrap();
    let icon = manifest["icon_path"].as_str().unwrap();
    for path in [executable, icon] {
        assert!(files.contains_key(&format!("com.hookwright/{path}")), "{path}");
    }
    assert!(manifest["min_server_version"].is_string() && manifest["name"].is_string());
}

#[tokio::test]
async fn the_settings_are_those_of_the_plugins_configurations() {
    let manifest = manifest(&files(&packed().await.path()));
    let settings = manifest["settings_schema"]["settings"].as_array().expect("settings");
    let setting = |key: &str| {
        let found = settings.iter().find(|setting| setting["key"] == key);
        found.unwrap_or_else(|| panic!("no {key} in {settings:?}"))
    };
    for (key, kind, default) in [
        ("rejected_words", "longtext", Value::from("")),
        ("rejection", "text", Value::from("Please mind your language.")),
        ("remembered", "number", Value::from(200)),
        ("strip_metadata", "bool", Value::from(true)),
        ("odd_names", "dropdown", Value::from("refuse")),
        ("quiet_channels", "longtext", Value::from("")),
    ] {
        let setting = setting(key);
        assert_eq!(
            (&setting["type"], &setting["default"]),
            (&Value::from(kind), &default),
            "{key}"
        );
        assert!(!setting["help_text"].as_str().unwrap().is_empty(), "{key}");
    }
    let extensions = setting("refused_extensions")["default"].as_str().unwrap();
    assert!(extensions.lines().any(|line| line == "exe"), "{extensions}");
    assert_eq!(setting("rejection")["display_name"], "Content Filter: Rejection");
}

#[tokio::test]
async fn the_executable_is_this_one_without_its_symbols() {
    let Packed { said, .. } = packed().await;
    let bundle = packed().await.path();
    let files = files(&bundle);
    let folder = tempfile::tempdir().unwrap();
    let stripped = &files[&format!("{EXECUTABLE}{PLATFORM}")].data;
    let whole = std::fs::metadata(env!("CARGO_BIN_EXE_hookwright")).unwrap().len();
    assert!((stripped.len() as u64) < whole);
    assert!(said.contains("the executable has been stripped of its symbols"), "{said}");

    let program = folder.path().join("packed");
    std::fs::write(&program, stripped).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    let mut command = by_hand(program.to_str().unwrap());
    command.args(["list", "--json"]);
    let listed = run(command).await;
    assert_eq!(listed.stdout, run(hookwright(&["list", "--json"])).await.stdout);

    // What it packs has no symbols left to take out, and is the same bundle.
    let mut command = by_hand(program.to_str().unwrap());
    command.args(["pack", "--out", "again.tar.gz"]).current_dir(folder.path());
    let ended = patiently(command).await;
    assert!(ended.stdout.contains("had no symbols to strip"), "{} {}", ended.stdout, ended.stderr);
    let again = std::fs::read(folder.path().join("again.tar.gz")).unwrap();
    assert!(again == std::fs::read(bundle).unwrap());
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_named_and_nothing_is_left_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("taken.tar.gz")).unwrap();
    let mut command = hookwright(&["pack", "--out", "taken.tar.gz"]);
    command.current_dir(folder.path());
    let ended = patiently(command).await;
    assert_eq!((ended.code(), ended.stdout.as_str()), (Some(3), ""));
    assert!(ended.stderr.contains("taken.tar.gz"), "{}", ended.stderr);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_bundle_is_either_made_or_checked() {
    let ended = run(hookwright(&["pack", "--out", "x.tar.gz", "--check", "y.tar.gz"])).await;
    assert_eq!(ended.code(), Some(2));
}
