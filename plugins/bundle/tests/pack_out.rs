//! `hookwright pack --out`: what becomes of a path where something is already.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests may fail like tests"
)]

mod archive;
mod program;

use std::fs::{File, Permissions};
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _, symlink};
use std::path::Path;
use std::process::ExitStatus;

use archive::check;
use program::hookwright;

/// Packs into a path, however long the machine takes to compress so much, and returns what was said
/// on stderr.
async fn pack(out: &Path) -> (ExitStatus, String) {
    let ended = hookwright(&["pack", "--out", out.to_str().expect("UTF-8")]).output().await;
    let ended = ended.expect("the program starts");
    (ended.status, String::from_utf8(ended.stderr).expect("UTF-8"))
}

fn entries(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_link_stays_and_what_it_leads_to_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    std::fs::create_dir(place("elsewhere")).unwrap();
    std::fs::write(place("elsewhere/real"), "before").unwrap();
    // The second leads to what is not there yet.
    for (link, target) in [("first", "elsewhere/real"), ("second", "elsewhere/new")] {
        symlink(target, place(link)).unwrap();
        let (status, said) = pack(&place(link)).await;
        assert_eq!((status.code(), said.as_str()), (Some(0), ""));
        assert!(place(link).is_symlink(), "{link}");
        assert_eq!(check(&place(target)).await.code(), Some(0), "{target}");
    }
    assert_eq!(entries(&place("elsewhere")), ["new", "real"], "nothing else is left");
    assert_eq!(entries(folder.path()), ["elsewhere", "first", "second"]);
}

#[tokio::test]
async fn what_is_no_regular_file_is_written_into_and_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (pipe, read) = (folder.path().join("pipe"), folder.path().join("read.tar.gz"));
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo runs").success());
    // A process of its own, which ends with the test if nobody ever writes.
    let mut reading = tokio::process::Command::new("cp");
    let mut reading = reading.args([&pipe, &read]).kill_on_drop(true).spawn().expect("cp runs");
    let (status, said) = pack(&pipe).await;
    assert_eq!((status.code(), said.as_str()), (Some(0), ""));
    assert!(std::fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo(), "it is still a pipe");
    assert!(reading.wait().await.unwrap().success());
    assert_eq!(check(&read).await.code(), Some(0));
    assert_eq!(entries(folder.path()), ["pipe", "read.tar.gz"]);
}

#[tokio::test]
async fn a_device_that_takes_nothing_is_a_fault_and_stays_a_device() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("full");
    symlink("/dev/full", &link).unwrap();
    let (status, said) = pack(&link).await;
    assert_eq!(status.code(), Some(3), "{said}");
    assert!(said.contains(&format!("{}: No space left", link.display())), "{said}");
    assert!(std::fs::metadata(&link).unwrap().file_type().is_char_device());
}

#[tokio::test]
async fn a_bundle_that_goes_to_stdout_is_all_that_goes_there() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let to_stdout = || hookwright(&["pack", "--out", "/dev/stdout"]);
    let piped = to_stdout().output().await.unwrap();
    std::fs::write(place("piped"), &piped.stdout).unwrap();
    let file = File::create(place("redirected")).unwrap();
    let redirected = to_stdout().stdout(file).spawn().unwrap().wait_with_output().await.unwrap();
    for (name, ended) in [("piped", piped), ("redirected", redirected)] {
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(0), "{said}");
        assert!(said.starts_with("/dev/stdout: com.hookwright "), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        let checked = check(&place(name)).await;
        assert_eq!(checked.code(), Some(0), "{name}: {}", checked.stdout);
    }
    assert_eq!(entries(folder.path()), ["piped", "redirected"]);
}

#[tokio::test]
async fn a_file_that_is_replaced_keeps_its_mode_through_a_link_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    symlink("real", place("link")).unwrap();
    // The second is more than a umask commonly leaves.
    for (name, mode) in [("real", 0o600), ("link", 0o666)] {
        std::fs::write(place("real"), "before").unwrap();
        std::fs::set_permissions(place("real"), Permissions::from_mode(mode)).unwrap();
        let (status, said) = pack(&place(name)).await;
        assert_eq!((status.code(), said.as_str()), (Some(0), ""));
        let found = std::fs::metadata(place("real")).unwrap().permissions().mode() & 0o7777;
        assert_eq!(found, mode, "{name}: {found:o}");
        assert_eq!(check(&place("real")).await.code(), Some(0), "{name}");
    }
}
