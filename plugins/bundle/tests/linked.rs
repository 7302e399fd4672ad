//! What is linked into the bundle, and who may depend on whom.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests may fail like tests"
)]

mod program;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use hookwright_tests::run;
use program::hookwright;
use serde_json::Value;

const BUNDLE: &str = "hookwright-bundle";

/// What cargo says about the crates of the workspace.
struct Workspace {
    root: PathBuf,
    packages: Vec<Value>,
}

impl Workspace {
    fn read() -> Self {
        let metadata = cargo(&["metadata", "--no-deps", "--format-version=1"]);
        let metadata: Value = serde_json::from_str(&metadata).expect("JSON");
        let root = metadata["workspace_root"].as_str().expect("a path").into();
        Self { root, packages: metadata["packages"].as_array().expect("packages").clone() }
    }

    fn names(&self) -> BTreeSet<&str> {
        self.packages.iter().map(name).collect()
    }

    /// The crates below a folder of the workspace.
    fn below(&self, folder: &str) -> BTreeSet<&str> {
        let folder = self.root.join(folder);
        let below =
            |package: &&Value| Path::new(text(package, "manifest_path")).starts_with(&folder);
        self.packages.iter().filter(below).map(name).collect()
    }

    /// The plugins that the bundle is to link.
    fn plugins(&self) -> BTreeSet<&str> {
        self.below("plugins").into_iter().filter(|name| *name != BUNDLE).collect()
    }

    /// What a crate needs to be built and run, other than for its tests.
    fn dependencies(&self, of: &str) -> BTreeSet<&str> {
        let package = self.packages.iter().find(|package| name(package) == of);
        let package = package.unwrap_or_else(|| panic!("no crate {of}"));
        let dependencies = package["dependencies"].as_array().expect("dependencies");
        dependencies.iter().filter(|on| on["kind"].is_null()).map(name).collect()
    }

    fn dependencies_within(&self, of: &str) -> BTreeSet<&str> {
        self.dependencies(of).intersection(&self.names()).copied().collect()
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}"))
}

fn name(package: &Value) -> &str {
    text(package, "name")
}

fn cargo(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).args(["--offline", "--locked"]);
    let ended = command.output().expect("cargo runs");
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    String::from_utf8(ended.stdout).expect("UTF-8")
}

#[test]
fn every_plugin_of_the_workspace_is_named_in_the_bundles_manifest() {
    let workspace = Workspace::read();
    let plugins = workspace.plugins();
    assert!(!plugins.is_empty());
    let dependencies = workspace.dependencies(BUNDLE);
    assert!(dependencies.is_superset(&plugins), "Cargo.toml lacks one of {plugins:?}");
    // A folder without a manifest would be overlooked by cargo as well.
    let folders = std::fs::read_dir(workspace.root.join("plugins")).unwrap();
    let folders = folders.filter(|entry| entry.as_ref().is_ok_and(|entry| entry.path().is_dir()));
    assert_eq!(folders.count(), plugins.len() + 1, "each folder is a crate");
}

#[tokio::test]
async fn every_plugin_of_the_workspace_has_a_handler_in_the_binary() {
    let workspace = Workspace::read();
    let ended = run(hookwright(&["list", "--json"])).await;
    let list: Value = serde_json::from_str(&ended.stdout).expect("an object");
    let rows = list["handlers"].as_array().expect("an array");
    for plugin in workspace.plugins() {
        let package = workspace.packages.iter().find(|package| name(package) == plugin).unwrap();
        let folder = Path::new(text(package, "manifest_path")).parent().unwrap();
        let folder = folder.strip_prefix(&workspace.root).unwrap();
        let has_one = rows.iter().any(|row| Path::new(text(row, "file")).starts_with(folder));
        assert!(has_one, "no handler of {plugin}");
    }
}

#[test]
fn the_messages_know_nothing_of_the_rest() {
    assert_eq!(Workspace::read().dependencies_within("hookwright-proto"), BTreeSet::new());
}

#[test]
fn gobs_know_nothing_of_what_is_sent_as_gobs() {
    assert_eq!(Workspace::read().dependencies_within("hookwright-gob"), BTreeSet::new());
    let workspace = Workspace::read();
    let netrpc = workspace.dependencies_within("hookwright-netrpc");
    assert_eq!(netrpc, BTreeSet::from(["hookwright-gob"]));
}

#[test]
fn what_a_plugin_depends_on_knows_nothing_of_serving() {
    let workspace = Workspace::read();
    let within = workspace.dependencies_within("hookwright");
    assert_eq!(within, BTreeSet::from(["hookwright-macros", "hookwright-proto"]));

    // What is built for `hookwright` alone, without the features that others ask for.
    let tree = ["tree", "--package=hookwright", "--edges=normal", "--prefix=none"];
    let tree = cargo(&[&tree[..], &["--format={p} [{f}]"]].concat());
    let heavy = ["tonic", "hyper", "h2", "tower", "rustls", "openssl", "sqlx", "axum", "mio"];
    for line in tree.lines() {
        let (crate_name, rest) = line.split_once(' ').expect("a name and a version");
        assert!(!heavy.contains(&crate_name), "{line}");
        if crate_name == "tokio" {
            for feature in ["rt-multi-thread", "net", "process", "signal", "full"] {
                let features = rest.split(['[', ',', ']']);
                assert!(!features.into_iter().any(|has| has == feature), "{line}");
            }
        }
    }
    assert!(tree.lines().any(|line| line.starts_with("tokio ")), "{tree}");
}

#[test]
fn plugins_depend_on_hookwright_and_never_on_the_runtime() {
    let workspace = Workspace::read();
    let of_tests = workspace.below("tests/plugins");
    assert!(!of_tests.is_empty());
    for plugin in &of_tests {
        // They may share what they are made of, and bring what an author may bring.
        let within = workspace.dependencies_within(plugin);
        assert!(
            within.contains("hookwright") && !within.contains("hookwright-runtime"),
            "{plugin}"
        );
    }
    // An application with a gRPC service and a database brings them itself.
    let application = BTreeSet::from(["hookwright", "hookwright-proto"]);
    assert_eq!(workspace.dependencies_within("fleet"), application);
    for plugin in workspace.plugins().iter().filter(|plugin| **plugin != "fleet") {
        let within = workspace.dependencies_within(plugin);
        assert_eq!(within, BTreeSet::from(["hookwright"]), "{plugin}");
        for heavy in ["tonic", "tokio-postgres", "rustls", "sqlx"] {
            assert!(!workspace.dependencies(plugin).contains(heavy), "{plugin}: {heavy}");
        }
    }
}

#[test]
fn nothing_that_is_shipped_depends_on_the_test_kit() {
    let workspace = Workspace::read();
    let depends = |name: &&str| workspace.dependencies(name).contains("hookwright-testing");
    let dependents: Vec<_> = workspace.names().into_iter().filter(depends).collect();
    let tests = |name: &&str| *name == "hookwright-tests";
    assert!(dependents.iter().all(tests), "{dependents:?}");
    let within = workspace.dependencies_within("hookwright-testing");
    let needed = ["hookwright", "hookwright-proto", "hookwright-runtime"];
    assert_eq!(within, BTreeSet::from(needed));
}

#[test]
fn the_runtime_knows_no_plugin_and_only_the_bundle_knows_both() {
    let workspace = Workspace::read();
    let within = workspace.dependencies_within("hookwright-runtime");
    let expected = [
        "hookwright",
        "hookwright-environment",
        "hookwright-gob",
        "hookwright-netrpc",
        "hookwright-proto",
    ];
    assert_eq!(within, BTreeSet::from(expected));

    let plugins = workspace.plugins();
    let knows_both = |name: &&str| {
        let on = workspace.dependencies(name);
        on.contains("hookwright-runtime") && !on.is_disjoint(&plugins)
    };
    let both: Vec<_> = workspace.names().into_iter().filter(knows_both).collect();
    assert_eq!(both, [BUNDLE]);
}
