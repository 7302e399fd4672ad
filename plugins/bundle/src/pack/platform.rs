//! The platform, as Go names it.

use std::env::consts::{ARCH, OS};

/// The platform that this program is built for, such as `linux-amd64`: the key of its executable in a
/// manifest.
pub(super) fn here() -> String {
    let system = if OS == "macos" { "darwin" } else { OS };
    let processor = match ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    };
    format!("{system}-{processor}")
}

#[cfg(test)]
mod tests {
    #[test]
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    fn a_platform_is_named_as_go_does() {
        assert_eq!(super::here(), "linux-amd64");
    }
}
