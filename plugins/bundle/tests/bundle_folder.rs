//! The folder `bundle/` of a plugin's crate, as the build takes it up.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "the build speaks to cargo by stdout")]

#[path = "../build/bundle.rs"]
mod bundle;
#[allow(dead_code, reason = "which plugins there are is not asked here")]
#[path = "../build/plugins.rs"]
mod plugins;

use std::os::unix::fs::symlink;
use std::path::Path;

use plugins::Plugin;
use toml::Table;

/// The code of the bundle's constant with this one plugin, or why there is none.
fn build(plugin: &Path) -> Result<String, String> {
    let here: Table = "[package]\nname = \"bundle\"".parse().unwrap();
    let plugins = [Plugin { name: "one".to_owned(), folder: plugin.to_owned() }];
    bundle::code(&here, &plugins).map_err(|error| format!("{error:#}"))
}

#[test]
fn files_are_taken_up_by_their_path_and_hidden_ones_are_not() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("bundle/public")).unwrap();
    for name in ["public/page.html", "words.txt", ".hidden"] {
        std::fs::write(folder.path().join("bundle").join(name), "").unwrap();
    }
    let code = build(folder.path()).unwrap();
    assert!(code.contains("(\"public/page.html\", include_bytes!("), "{code}");
    assert!(code.contains("\"words.txt\"") && !code.contains(".hidden"), "{code}");
}

#[test]
fn a_link_is_refused_by_its_path_wherever_it_leads() {
    for (link, target) in [
        ("bundle/secret", "/etc/hostname"),
        ("bundle/public/folder", "/etc"),
        ("bundle/public/gone", "nowhere"),
        ("bundle/again", "words.txt"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("bundle/public")).unwrap();
        std::fs::write(folder.path().join("bundle/words.txt"), "").unwrap();
        symlink(target, folder.path().join(link)).unwrap();
        let refused = build(folder.path()).unwrap_err();
        let said = format!("{}: it is a symbolic link", folder.path().join(link).display());
        assert!(refused.starts_with(&said), "{refused}");
    }
    let folder = tempfile::tempdir().unwrap();
    symlink("/etc", folder.path().join("bundle")).unwrap();
    assert!(build(folder.path()).unwrap_err().contains("bundle: it is a symbolic link"));
}

#[test]
fn what_is_neither_a_file_nor_a_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("bundle")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("bundle/s")).unwrap();
    let refused = build(folder.path()).unwrap_err();
    assert!(refused.contains("bundle/s: it is neither a file nor a folder"), "{refused}");
}
