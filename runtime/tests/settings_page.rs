//! `docs/settings.md` is made of the list of settings, and must not drift from it.

#![allow(clippy::unwrap_used, reason = "a test; writing to a string does not fail")]

use std::fmt::Write as _;
use std::path::Path;

use hookwright_runtime::settings::REFERENCE;

#[test]
fn the_page_says_what_the_list_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/settings.md");
    let page = page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/settings.md is not what the list says; `UPDATE_DOCS=1 cargo test -p hookwright-runtime --test settings_page` writes it anew"
    );
}

fn page() -> String {
    let mut page = String::from(
        "# Settings\n\n\
        This page is made from the list in `runtime/src/settings/reference.rs`.\n\n\
        Settings are environment variables, read once at start. Those with a key may also stand in \
        the TOML file that `HOOKWRIGHT_CONFIG` names; the environment wins. A value that cannot be \
        used is refused, with its name, what it is and what was expected, and the process ends with \
        2. An empty variable counts as not set.\n\n\
        | variable | key | default | expected | |\n| --- | --- | --- | --- | --- |\n",
    );
    for info in REFERENCE {
        let code = |text: &str| if text.is_empty() { String::new() } else { format!("`{text}`") };
        writeln!(
            page,
            "| `{}` | {} | {} | {} | {} |",
            info.variable,
            code(info.toml_key.unwrap_or_default()),
            code(info.default),
            info.expected,
            info.meaning
        )
        .unwrap();
    }
    page.push_str(
        "\nOver a unix socket, clients on gRPC's C core (Python's `grpcio` among them) send the \
        escaped path as `:authority`, which is none: give them the channel option \
        `grpc.default_authority`, such as `localhost`. Hosts in Go need nothing.\n\
        \n```toml\nlisten = \"unix\"\nsync_handlers = 8\n\n\
        [plugins.\"com.hookwright.content-filter\"]\nrejected_words = [\"scammer\"]\n```\n",
    );
    page
}
