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
        Settings are environment variables, read once at start, but for the log level (process.md). Those with a key may also stand in \
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
        [plugins.\"com.hookwright.content-filter\"]\nrejected_words = [\"scammer\"]\n```\n\
        \n## The operator's word on handlers\n\n\
        A table `[handlers.\"PLUGIN\".HOOK]` overrides what a handler says of itself; what it leaves \
        out stays, and one for a handler that is not there is refused.\n\n\
        | key | |\n| --- | --- |\n\
        | `enabled` | `false` takes the handler out: it is neither run nor reported to the host |\n\
        | `priority` | a whole number; lower runs earlier, and equals by plugin id |\n\
        | `timeout` | its time limit, such as `250ms`; never beyond the hook's |\n\
        | `on_failure` | `open`: its failure is logged and the call goes on; `closed`: it is the answer |\n\
        | `on_caller_gone` | `cancel`: it is given up when its caller goes; `finish`: it runs on |\n\n\
        Of an event (`[handlers.\"PLUGIN\".\"client.added\"]`) the table is for all handlers that the \
        plugin has of it; these always run on, and their failure is never the answer.\n\n\
        ```toml\n[handlers.\"com.hookwright.content-filter\".MessageWillBePosted]\n\
        priority = -10\ntimeout = \"250ms\"\non_failure = \"closed\"\n```\n\
        \n## Bounds\n\n\
        A handler takes a slot of its plugin and one of all plugins. What finds no slot waits, up to \
        its time limit; what finds no place to wait is refused at once (RESOURCE_EXHAUSTED, in the \
        reply where that has a place for errors). A synchronous handler that passed its limit keeps \
        its slot until it ends. A handler that panics or passes its limit too often is set aside: \
        its calls fail at once (UNAVAILABLE) until, after a pause, one of them tries it again. Under \
        the policy `open` the host goes on without it meanwhile, so a filter that guards something \
        should be `closed`.\n\
        \n## Metrics\n\n\
        `/metrics` under the plugin's own web path (`/plugins/ID/metrics` on the server) is a page for \
        Prometheus, for whoever is signed in at the server and for who sends the token that \
        `HOOKWRIGHT_METRICS_TOKEN` sets. `HOOKWRIGHT_METRICS=public` shows it to all who reach the server. \
        Each metric says on the page what it is: how handlers \
        ended and how long they ran (`hookwright_handler_ends_total`, `hookwright_handler_seconds`), \
        what runs, waits and hangs (`hookwright_handlers_running`, `_waiting`, `_abandoned`), who is set \
        aside (`hookwright_handler_set_aside`), what nobody heard of \
        (`hookwright_failures_swallowed_total`), and what plugins count themselves with the crate \
        `metrics`. A server that speaks net/rpc asks for metrics itself (the hook `ServeMetrics`), and \
        gets the same page, without a token, at every path that no plugin has a `ServeMetrics` handler \
        for; at `/hookwright` it is there whatever the plugins have.\n\
        \n## Sizes\n\n\
        A message has at most 64 MiB, either way. A call that reaches no handler (a larger request, such \
        as a large upload; one that cannot be read; more calls at once than there may be) is refused \
        where a handler of its hook is `closed`; else the host gets an error and goes on as if there \
        were no plugin. Both are logged. HTTP requests and responses have no limit.\n",
    );
    page
}
