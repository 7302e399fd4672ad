//! Which handler a path belongs to.

use hookwright::Handler;

/// The handler with the longest mount path that holds the path.
pub(super) fn find<'a>(handlers: &'a [Handler], path: &str) -> Option<&'a Handler> {
    handlers
        .iter()
        .filter(|handler| holds(handler.registration.path.unwrap_or("/"), path))
        .max_by_key(|handler| handler.registration.path.unwrap_or("/").len())
}

/// Whether a mount path is the path, or a folder above it.
fn holds(mount: &str, path: &str) -> bool {
    let Some(rest) = path.strip_prefix(mount.trim_end_matches('/')) else {
        return false;
    };
    rest.is_empty() || rest.starts_with('/')
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn a_mount_holds_whole_segments() {
        for (mount, path, held) in [
            ("/", "/", true),
            ("/", "/any/thing", true),
            ("/", "", true),
            ("/files", "/files", true),
            ("/files", "/files/a", true),
            ("/files", "/filesystem", false),
            ("/files", "/", false),
            ("/a/b", "/a", false),
        ] {
            assert_eq!(holds(mount, path), held, "{mount} {path}");
        }
    }
}
