//! A plugin that opens further connections to its host, as commands tell it:
//!
//! - `health [ID]` accepts, serves gRPC's health service there, and answers with the id;
//! - `check ID` dials, and answers with the health of the service `brokered` there;
//! - `echo [ID]` accepts, gives each connection back what it says, and answers with the id;
//! - `say ID TEXT` dials, says a word and answers with what came back.
//!
//! What fails is the answer as well.

mod grpc;
mod raw;

use hookwright::prelude::*;

hookwright::plugin! { id: "com.example.broker" }

#[hook(HookName::ExecuteCommand)]
async fn command(cx: Context, args: CommandArgs) -> Option<CommandResponse> {
    let words: Vec<&str> = args.command.split_whitespace().collect();
    let answer = match obey(&cx, &words).await {
        Ok(answer) => answer,
        Err(error) => format!("{error:#}"),
    };
    Some(CommandResponse { text: answer, ..CommandResponse::default() })
}

async fn obey(cx: &Context, words: &[&str]) -> Result<String> {
    match words {
        ["health"] => grpc::serve(cx, cx.broker().next_id()).await,
        ["health", id] => grpc::serve(cx, id.parse()?).await,
        ["check", id] => grpc::check(cx, id.parse()?).await,
        ["echo"] => raw::echo(cx, cx.broker().next_id()).await,
        ["echo", id] => raw::echo(cx, id.parse()?).await,
        ["say", id, text] => raw::say(cx, id.parse()?, text).await,
        _ => anyhow::bail!("expected health, check, echo or say"),
    }
}
