use std::path::PathBuf;

use tempfile::TempDir;
use tokio::net::UnixStream;

use super::super::{Listen, bind};
use super::*;
use crate::socket::Network;

fn in_dir(folder: &Path, group: Option<String>) -> Result<Listener, BindError> {
    bind(&Listen::Folder { folder: Some(folder.to_owned()), group })
}

fn error_at(path: PathBuf) -> String {
    bind(&Listen::Path(path)).unwrap_err().to_string()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o777
}

#[tokio::test]
async fn a_socket_in_a_folder_can_be_connected_to_and_is_removed_at_the_end() {
    let folder = TempDir::new().unwrap();
    let listener = in_dir(folder.path(), None).unwrap();
    let address = listener.address();
    assert_eq!(address.network, Network::Unix);
    let path = PathBuf::from(&address.text);
    assert_eq!(path.parent(), Some(folder.path()));
    assert!(path.file_name().unwrap().to_str().unwrap().starts_with("plugin"));
    assert_eq!(mode(&path), 0o600);
    UnixStream::connect(&path).await.unwrap();
    drop(listener);
    assert!(!path.exists());
}

#[tokio::test]
async fn without_a_folder_the_socket_lies_with_the_temporary_files() {
    let listener = bind(&Listen::Folder { folder: None, group: None }).unwrap();
    assert!(Path::new(&listener.address().text).starts_with(std::env::temp_dir()));
}

#[tokio::test]
async fn a_group_gets_the_socket_too() {
    let folder = TempDir::new().unwrap();
    // The one group that any user may give a file to is their own.
    let own = fs::metadata(folder.path()).unwrap().gid();
    let listener = in_dir(folder.path(), Some(own.to_string())).unwrap();
    let metadata = fs::metadata(listener.address().text).unwrap();
    assert_eq!((metadata.gid(), metadata.mode() & 0o777), (own, 0o660));
}

#[tokio::test]
async fn an_unknown_group_is_refused_and_leaves_nothing_behind() {
    let folder = TempDir::new().unwrap();
    for group in ["no such group", "-1", "4294967295", "4294967296"] {
        let error = in_dir(folder.path(), Some(group.to_owned())).unwrap_err().to_string();
        let expected = format!("there is no group {group:?} for the unix socket: ");
        assert!(error.starts_with(&expected), "{error}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_group_is_found_by_its_whole_name() {
    let groups = "root:x:0:\nchat-old:x:7:\nchat:x:1001:ann,bob\nbroken\nodd:x:many:";
    assert_eq!(find_group(groups, "chat"), Some(1001));
    for name in ["cha", "broken", "odd", "", "ann"] {
        assert_eq!(find_group(groups, name), None, "{name}");
    }
}

#[tokio::test]
async fn a_folder_that_cannot_hold_a_socket_is_named() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    for bad in [file.join("below"), folder.path().join("missing")] {
        let error = in_dir(&bad, None).unwrap_err().to_string();
        let expected = format!("cannot make a unix socket in the folder {}: ", bad.display());
        assert!(error.starts_with(&expected), "{error}");
    }
}

#[tokio::test]
async fn a_path_that_is_too_long_is_refused_with_its_length() {
    let path = |length: usize| PathBuf::from(format!("/{}", "a".repeat(length - 1)));
    let error = error_at(path(LONGEST + 1));
    let expected = format!("has {} bytes and at most {LONGEST} are possible", LONGEST + 1);
    assert!(error.contains(&expected), "{error}");
    let deep = Path::new("/tmp").join("a".repeat(LONGEST));
    assert!(matches!(in_dir(&deep, None), Err(BindError::PathTooLong { .. })));
}

#[tokio::test]
async fn the_longest_path_that_is_let_through_can_be_bound() {
    let folder = TempDir::new().unwrap();
    let rest = LONGEST - folder.path().as_os_str().len() - 1;
    let listener = bind(&Listen::Path(folder.path().join("a".repeat(rest)))).unwrap();
    assert_eq!(listener.address().text.len(), LONGEST);
}

#[tokio::test]
async fn a_path_that_a_handshake_cannot_carry_is_refused() {
    for path in ["/tmp/a|b", "/tmp/a\nb", "/tmp/a\rb"] {
        let error = error_at(path.into());
        assert!(error.contains("without `|` and control characters"), "{error}");
        assert!(!error.contains('\n'), "{error}");
    }
}

#[tokio::test]
async fn a_path_in_use_is_refused_with_advice_and_left_alone() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("socket");
    let _first = bind(&Listen::Path(path.clone())).unwrap();
    assert_eq!(mode(&path), 0o600);
    let error = error_at(path.clone());
    assert!(error.ends_with("left it behind: remove it)"), "{error}");
    assert!(path.exists());
}

#[tokio::test]
async fn a_file_that_took_the_place_of_the_socket_is_left_alone() {
    let folder = TempDir::new().unwrap();
    let (path, other) = (folder.path().join("socket"), folder.path().join("other"));
    let listener = bind(&Listen::Path(path.clone())).unwrap();
    fs::write(&other, "not ours").unwrap();
    fs::rename(&other, &path).unwrap();
    drop(listener);
    assert_eq!(fs::read_to_string(&path).unwrap(), "not ours");
}
