//! What a manifest says of the files beside it, held against what is there.

use super::Faults;
use super::contents::{Contents, File, shown};
use super::manifest::{Manifest, Server};
use super::path::in_bundle;

pub(super) fn check(
    manifest: &Manifest,
    contents: &Contents,
    root: &str,
    platform: &str,
    faults: &mut Faults,
) {
    if manifest.server.is_none() && manifest.webapp.is_none() {
        manifest.refuse(faults, "server", "is missing, and so is `webapp`; expected one of them");
    }
    if let Some(server) = &manifest.server {
        check_server(manifest, server, contents, root, platform, faults);
    }
    if let Some(webapp) = &manifest.webapp {
        let (key, path) = ("webapp.bundle_path", webapp.bundle_path.as_str());
        if path.is_empty() || path.starts_with('.') {
            let path = shown(path);
            manifest.refuse(faults, key, format!("is \"{path}\"; expected a path in the bundle"));
        } else {
            find(manifest, key, path, contents, root, faults);
        }
    }
    if !manifest.icon_path.is_empty() {
        find(manifest, "icon_path", &manifest.icon_path, contents, root, faults);
    }
}

fn check_server(
    manifest: &Manifest,
    server: &Server,
    contents: &Contents,
    root: &str,
    platform: &str,
    faults: &mut Faults,
) {
    // Each may be run by somebody's server.
    for (of, path) in &server.executables {
        if !path.is_empty() {
            let key = format!("server.executables.{}", shown(of));
            executable(manifest, &key, path, contents, root, Some(of), faults);
        }
    }
    let is_for_here = server.executables.get(platform).is_some_and(|path| !path.is_empty());
    if !server.executable.is_empty() {
        let of = (!is_for_here).then_some(platform);
        executable(manifest, "server.executable", &server.executable, contents, root, of, faults);
    } else if !is_for_here {
        let key = format!("server.executables.{platform}");
        manifest.refuse(faults, &key, "is missing; expected the path of the executable");
    }
}

fn executable(
    manifest: &Manifest,
    key: &str,
    path: &str,
    contents: &Contents,
    root: &str,
    platform: Option<&str>,
    faults: &mut Faults,
) {
    let Some(file) = find(manifest, key, path, contents, root, faults) else { return };
    let path = shown(path);
    if file.mode & 0o500 != 0o500 {
        let mode = file.mode;
        manifest.refuse(
            faults,
            key,
            format!("names `{path}`, whose mode is {mode:o}; expected 755"),
        );
    }
    if platform.is_some_and(|platform| !is_program(&file.head, platform)) {
        let of = platform.unwrap_or_default();
        manifest.refuse(
            faults,
            key,
            format!("names `{path}`, which is no program of {}", shown(of)),
        );
    }
}

fn find<'c>(
    manifest: &Manifest,
    key: &str,
    path: &str,
    contents: &'c Contents,
    root: &str,
    faults: &mut Faults,
) -> Option<&'c File> {
    let shown = shown(path);
    match in_bundle(root, path) {
        Err(_) => {
            let fault = format!("is \"{shown}\", which is outside; expected a path in the bundle");
            manifest.refuse(faults, key, fault);
            None
        }
        Ok(path) => {
            let file = contents.file(&path);
            if file.is_none() {
                let fault = format!("names `{shown}`, which is not in the bundle; expected a file");
                manifest.refuse(faults, key, fault);
            }
            file
        }
    }
}

/// Whether a system would run what begins so, as far as that shows. Of other systems than Linux
/// nothing is known here.
fn is_program(head: &[u8], platform: &str) -> bool {
    let machine: u16 = match platform {
        "linux-amd64" => 62,
        "linux-arm64" => 183,
        _ => return true,
    };
    let is_elf = head.starts_with(b"\x7fELF") && head.get(18..20) == Some(&machine.to_le_bytes());
    is_elf || head.starts_with(b"#!")
}
