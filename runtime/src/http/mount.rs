//! Which handler a path belongs to.

use std::sync::Arc;

use crate::engine::Link;

/// The handler with the longest mount path that holds the path.
pub(super) fn find<'a>(chain: &'a [Arc<Link>], path: &str) -> Option<&'a Arc<Link>> {
    let mounts = chain.iter().filter_map(|link| Some((link, link.handler.registration.mount()?)));
    let fitting = mounts.filter(|(_, mount)| holds(mount, path));
    fitting.max_by_key(|(_, mount)| mount.len()).map(|(link, _)| link)
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
