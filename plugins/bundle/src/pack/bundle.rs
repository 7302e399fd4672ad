//! What a binary knows of the bundle that it is packed into.

/// What was said when the binary was built; `build/bundle.rs` makes it.
#[derive(Debug)]
pub(crate) struct Bundle {
    pub(crate) id: Option<&'static str>,
    pub(crate) name: Option<&'static str>,
    pub(crate) description: Option<&'static str>,
    pub(crate) homepage_url: Option<&'static str>,
    pub(crate) support_url: Option<&'static str>,
    pub(crate) release_notes_url: Option<&'static str>,
    pub(crate) min_server_version: Option<&'static str>,
    /// What stands above the settings in the System Console.
    pub(crate) settings_header: Option<&'static str>,
    /// And below them.
    pub(crate) settings_footer: Option<&'static str>,
    pub(crate) version: &'static str,
    /// The files beside the executable, by their path in the bundle.
    pub(crate) files: &'static [(&'static str, &'static [u8])],
}

impl Bundle {
    pub(crate) fn has(&self, path: &str) -> bool {
        self.files.iter().any(|(name, _)| *name == path)
    }
}
