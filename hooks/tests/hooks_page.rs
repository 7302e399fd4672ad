//! `docs/hooks.md` is made of the table, and must not drift from it.

#![allow(clippy::unwrap_used, reason = "a test; writing to a string does not fail")]

use std::fmt::Write as _;
use std::path::Path;

use hookwright::{ErrorReader, HookInfo, HookLimit, HookName, Rpc};

#[test]
fn the_page_says_what_the_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/hooks.md");
    let page = page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/hooks.md is not what the table says; `UPDATE_DOCS=1 cargo test -p hookwright --test hooks_page` writes it anew"
    );
}

fn page() -> String {
    let mut page = String::from(
        "# Hooks\n\n\
        This page is made from the table in `hooks/src/hooks/table.rs`.\n\n\
        A handler takes its context, `cx: &Context` or `cx: Context`, and then the arguments of its \
        hook. It returns what the hook is answered with, or a `Result` of that. *On failure* is what \
        an error, a panic or a passed time limit means unless the handler says otherwise: under \
        `open` the next handler runs and the host goes on as if the plugin had not been there, under \
        `closed` the failure is the answer, and a filter refuses. Where *users see the error*, its \
        text is also its id, since that is what the host shows. A time limit of 30 s is the global \
        one, `MATTERMOST_PLUGIN_HOOK_TIMEOUT`.\n\n\
        A `Verdict<T>` is `Allow`, `Replace(T)` or a rejection (`Verdict::reject(\"why\")`); of posts \
        `Verdict::dismiss()` drops them without a word. A `Gate` is a verdict that cannot replace. An \
        `Upload` has new `info`, new `content`, or both; what is `None` stays. Content cannot be made \
        empty, since the wire has no way to say so: that is an error of the handler, so reject such a \
        file. Servers of today do not store a file for which both are new; where only the content \
        changes, leave the `info` out.\n\n\
        Of a `Post`, a `Draft` and a `ScheduledPost` the trait `hookwright::props::Props` reads and sets \
        properties by their types, attachments among them. Where the server is of those that speak \
        net/rpc, what a handler leaves alone stays there as it was, of types that the messages have no \
        room for as well, and changed attachments arrive as what the server registers. A number that a \
        handler sets arrives as a plugin in Go reads one from JSON: as a `float64`, whole or not, also \
        where an `int64` was before. Such a server also \
        sends more than the messages have fields for, and handlers read it from the context: \
        `cx.mentions()` in ExecuteCommand, `cx.session()` in WebSocketMessageHasBeenPosted, and \
        `cx.beyond::<T>(\"post.Metadata.Emojis\")` for any other part, by the name of the argument and the \
        server's own names. On a host that speaks gRPC these are `None`.\n\n\
        A handler of ServeHTTP may switch to another protocol by the mechanism of hyper, as axum's \
        `WebSocketUpgrade` does, where the server is of those that speak net/rpc. The call lasts as long as \
        the connection: it counts among the requests under way, and `cx.cancelled()` says when the \
        connection has ended or the process stops. A host that speaks gRPC has no way to switch; there the \
        extractor answers 426. What a client sends before it has the answer is lost.\n\n\
        How the handlers of several plugins act together:\n\n\
        | class | |\n| --- | --- |\n\
        | notify | everyone is told; nobody can stop it |\n\
        | filter | the value passes from one to the next; the first rejection stops |\n\
        | lifecycle | everyone runs in order, and an error is the answer, also one that does not end the chain |\n\
        | value | the first that does not decline (`None`) answers |\n\
        | gather | everyone answers, and the answers are joined, added up or and-ed |\n\
        | stream | goes to one plugin as a stream |\n\
        | event | everyone is told, also after one has failed; a plugin may have several handlers |\n",
    );
    let served = |info: &&HookInfo| info.name.has_rpc();
    let rows = || HookName::all().map(HookName::info);
    page.push_str("\n## Served over gRPC\n");
    for info in rows().filter(served) {
        entry(&mut page, info);
    }
    page.push_str(
        "\n## Served over net/rpc alone\n\nMattermost's gRPC contract lacks these hooks: hosts that speak \
        net/rpc send them, as released servers do from some version on, and hosts that speak gRPC are not \
        told of them. A handler is like any other. To call one without a server, as `hookwright call` and \
        the test kit do, the process has the gRPC service `hookwright.hooks.v1.Hooks`.\n",
    );
    for info in rows().filter(|info| info.is_netrpc_only) {
        entry(&mut page, info);
    }
    page.push_str(
        "\n## Events\n\nNo host sends them: an application triggers them itself, in Rust or over gRPC \
        ([events.md](events.md)). A handler of several takes an `Event`. The time limit is that of each \
        handler.\n",
    );
    for info in HookName::events().map(HookName::info) {
        entry(&mut page, info);
    }
    page
}

fn entry(page: &mut String, info: &HookInfo) {
    let limit = match info.limit {
        HookLimit::Global => "30 s".to_owned(),
        HookLimit::Within(limit) => format!("{} s", limit.as_secs()),
        HookLimit::Unlimited => "none".to_owned(),
    };
    let arguments: Vec<_> =
        info.arguments.iter().map(|(name, ty)| format!(", {name}: {ty}")).collect();
    write!(page, "\n### {}\n\n{}\n\n", info.text, info.doc).unwrap();
    match info.rpc {
        Rpc::Unary { request, reply, answer, unanswered, .. } => {
            let arrow = if answer == "()" { String::new() } else { format!(" -> {answer}") };
            writeln!(
                page,
                "```rust\nfn {}(cx: &Context{}){arrow}\n```\n",
                info.function_name,
                arguments.concat()
            )
            .unwrap();
            writeln!(page, "`{request}` → `{reply}`; when nobody answers: {unanswered}\n").unwrap();
        }
        Rpc::Stream => {
            let function = info.function_name;
            writeln!(
                page,
                "```rust\nfn {function}(cx: &Context, request: Request) -> Response\n```\n"
            )
            .unwrap();
            page.push_str("`hookwright::http` has the types. ");
            page.push_str(match info.is_netrpc_only {
                false => "Without a handler for its path a request is answered with 404.\n\n",
                true => {
                    "Without a handler for its path, and at `/hookwright` always, a request is \
                    answered with the metrics of the runtime, unless they are switched off.\n\n"
                }
            });
        }
        Rpc::Event => {
            let arguments = arguments.concat();
            let function = info.function_name;
            writeln!(page, "```rust\nfn {function}(cx: &Context{arguments})\n```\n").unwrap();
            writeln!(page, "`hookwright::events` has the types.\n").unwrap();
        }
    }
    let id = info.id.map_or(String::new(), |id| format!("id {id} · "));
    writeln!(
        page,
        "{id}class {} · on failure {} · time limit {limit}{}",
        info.class.as_str(),
        info.on_failure.as_str(),
        match info.error_to {
            ErrorReader::User => " · users see the error",
            ErrorReader::Administrator => "",
        },
    )
    .unwrap();
}
