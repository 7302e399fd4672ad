//! Paths in an archive, as a server takes them.

/// The longest name of a file that Linux has, and the longest path.
const LONGEST_NAME: usize = 255;
const LONGEST_PATH: usize = 4000;

/// The path below the folder that the archive is unpacked into, or what is wrong with it.
///
/// A server joins it to that folder, whatever it begins with, and refuses the archive if the result is
/// elsewhere.
pub(super) fn below(path: &str) -> Result<String, &'static str> {
    let mut below: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if below.pop().is_none() => {
                return Err("it leaves the folder that the bundle is unpacked into");
            }
            ".." => {}
            part if part.contains('\0') => return Err("it has a zero byte in it"),
            part if part.len() > LONGEST_NAME => {
                return Err("a part of it is longer than 255 bytes");
            }
            part => below.push(part),
        }
    }
    let below = below.join("/");
    if below.len() > LONGEST_PATH { Err("it is longer than 4000 bytes") } else { Ok(below) }
}

/// A path that a manifest has, below the folder of the bundle.
pub(super) fn in_bundle(root: &str, path: &str) -> Result<String, &'static str> {
    let path = below(path)?;
    Ok(if root.is_empty() { path } else { format!("{root}/{path}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_what_is_left_of_it_below_the_folder() {
        for (path, expected) in [
            ("a/b", "a/b"),
            ("./a//b/", "a/b"),
            ("/a", "a"),
            ("a/../b", "b"),
            (".", ""),
            ("a/b/../../c", "c"),
        ] {
            assert_eq!(below(path), Ok(expected.to_owned()), "{path}");
        }
        assert_eq!(in_bundle("top", "a"), Ok("top/a".to_owned()));
    }

    #[test]
    fn a_path_that_leaves_the_folder_is_refused() {
        for path in ["..", "../a", "a/../../b", "/../a", "a/b/../../../c"] {
            assert!(below(path).unwrap_err().contains("leaves"), "{path}");
        }
        assert!(in_bundle("top", "../other").is_err(), "nor may a manifest leave its own");
        assert!(below(&"x".repeat(256)).is_err());
        assert!(below(&"x/".repeat(2500)).is_err());
    }
}
