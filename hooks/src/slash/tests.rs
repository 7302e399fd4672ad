use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use proptest::prelude::*;
use prost::Message as _;
use serde::Deserialize;
use tokio::time::Instant;

use super::*;
use crate::api::{ApiError, Client, Permission, Transport};
use crate::kv::fake::context;
use crate::{CommandArgs, Error, Result, proto};

/// A server that takes commands, and where only `admin` may do anything.
#[derive(Debug, Default)]
struct Server {
    registered: Mutex<Vec<proto::Command>>,
}

#[async_trait]
impl Transport for Server {
    async fn call(
        &self,
        method: &'static str,
        request: Bytes,
        _deadline: Instant,
    ) -> Result<Bytes, ApiError> {
        match method {
            "RegisterCommand" => {
                let request = proto::RegisterCommandRequest::decode(request).unwrap();
                self.registered.lock().unwrap().extend(request.command);
                Ok(Bytes::new())
            }
            "HasPermissionTo" => {
                let request = proto::HasPermissionToRequest::decode(request).unwrap();
                assert_eq!(request.permission_id, "manage_system");
                let has_permission = request.user_id == "admin";
                let reply = proto::HasPermissionToResponse { has_permission, ..Default::default() };
                Ok(reply.encode_to_vec().into())
            }
            other => panic!("{other} is not called"),
        }
    }
}

#[derive(Debug, Deserialize)]
struct Ask {
    question: String,
    hours: u8,
    anonymous: bool,
    kind: Option<Kind>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Single,
    Multi,
}

#[derive(Debug, Deserialize)]
struct Say {
    to_whom: String,
    text: String,
}

fn poll() -> Command {
    Command::new("poll", "Asks the channel.")
        .subcommand(
            Command::new("ask", "Starts a poll.")
                .argument(Argument::text("question", "What to ask"))
                .argument(Argument::integer("hours", "How long it is open").default("24"))
                .argument(Argument::flag("anonymous", "Hide who voted"))
                .argument(
                    Argument::choice("kind", "How many answers", ["single", "multi"])
                        .optional()
                        .named(),
                )
                .run(|call: Call<Ask>| async move {
                    let Ask { question, hours, anonymous, kind } = call.arguments;
                    Ok(format!("{question}|{hours}|{anonymous}|{kind:?}"))
                }),
        )
        .subcommand(
            Command::new("say", "Says something.")
                .argument(Argument::user("to-whom", "Who hears it"))
                .argument(Argument::rest("text", "What to say"))
                .run_sync(|call: Call<Say>| {
                    Ok(format!("{}: {}", call.arguments.to_whom, call.arguments.text))
                }),
        )
        .subcommand(
            Command::new("admin", "For administrators.")
                .permission(Permission::MANAGE_SYSTEM)
                .subcommand(
                    Command::new("purge", "Deletes all polls.")
                        .run_sync(|_call: Call| Ok(in_channel("purged"))),
                ),
        )
        .subcommand(
            Command::new("typo", "Declares another argument than it takes.")
                .argument(Argument::text("question", "What to ask"))
                .run_sync(|call: Call<Say>| Ok(call.arguments.text)),
        )
        .subcommand(Command::new("fail", "Fails.").run(|call: Call| async move {
            match call.request.user_id == "hard" {
                true => Err::<(), _>(anyhow::anyhow!("the disk is full")),
                false => Err(Error::not_found("There is no such poll.")),
            }
        }))
}

async fn response(line: &str, user_id: &str) -> Result<Option<crate::CommandResponse>> {
    let cx = context(Client::new(Arc::new(Server::default()), None));
    let args =
        CommandArgs { command: line.into(), user_id: user_id.into(), ..CommandArgs::default() };
    poll().answer(cx, args).await
}

async fn text(line: &str) -> String {
    response(line, "someone").await.unwrap().unwrap().text
}

#[tokio::test]
async fn arguments_are_read_by_place_and_by_name_and_have_their_types() {
    for (line, expected) in [
        ("/poll ask Lunch?", "Lunch?|24|false|None"),
        ("/poll ask \"Lunch at noon?\" 2", "Lunch at noon?|2|false|None"),
        ("/POLL  Ask Lunch? --anonymous 3", "Lunch?|3|true|None"),
        ("/poll ask --hours=3 --question \"a b\"", "a b|3|false|None"),
        ("/poll ask --question=\"a b\" 3 --kind MULTI", "a b|3|false|Some(Multi)"),
        ("/poll ask Lunch? --kind=single --anonymous=no", "Lunch?|24|false|Some(Single)"),
        ("/poll ask \u{2014}hours 3 \u{2014}anonymous x", "x|3|true|None"),
        ("/poll ask \"--anonymous\"", "--anonymous|24|false|None"),
        ("/poll ask -- --anonymous", "--anonymous|24|false|None"),
        ("/poll ask \u{2014}really?", "\u{2014}really?|24|false|None"),
        ("/poll say @anna  he said \"hi ", "anna: he said \"hi"),
    ] {
        assert_eq!(text(line).await, expected, "{line}");
    }
}

#[tokio::test]
async fn a_whole_number_may_be_any_of_64_bits() {
    #[derive(Deserialize)]
    struct Ends {
        high: u64,
        low: i64,
    }
    let command = Command::new("ends", "Names the ends.")
        .argument(Argument::integer("high", "The highest"))
        .argument(Argument::integer("low", "The lowest"))
        .run_sync(|call: Call<Ends>| Ok(format!("{} {}", call.arguments.high, call.arguments.low)));
    for line in ["/ends 18446744073709551615 -9223372036854775808", "/ends 9223372036854775808 0"] {
        let cx = context(Client::new(Arc::new(Server::default()), None));
        let args = CommandArgs { command: line.into(), ..CommandArgs::default() };
        let answer = command.answer(cx, args).await.unwrap().unwrap();
        assert_eq!(format!("/ends {}", answer.text), line);
    }
}

#[tokio::test]
async fn the_rest_of_a_line_is_text_as_it_was_typed_whatever_options_it_speaks_of() {
    for (typed, text_of_it) in [
        ("Hello, type /poll ask --help to begin", "Hello, type /poll ask --help to begin"),
        ("--- Hello ---", "--- Hello ---"),
        ("---", "---"),
        ("-- Hello", "-- Hello"),
        ("--", "--"),
        ("a -- b  --text c", "a -- b  --text c"),
        ("\"--help\" is an option", "\"--help\" is an option"),
        // What would be read as an option is text after two dashes, these among it.
        ("-- --help", "--help"),
        ("-- --loud x", "--loud x"),
        ("-- -- Hello", "-- Hello"),
        ("\u{2014} a dash", "\u{2014} a dash"),
    ] {
        assert_eq!(text(&format!("/poll say @anna {typed}")).await, format!("anna: {text_of_it}"));
    }
    for line in ["/poll say --help", "/poll say @anna --help", "/poll say @anna --to-whom --help"] {
        assert!(text(line).await.starts_with("Says something.\n`/poll say"), "{line}");
    }
    let unknown = text("/poll say @anna --loud Hello").await;
    assert!(unknown.starts_with("There is no `--loud`."), "{unknown}");
    assert_eq!(text("/poll say --to-whom anna -- Hello").await, "anna: -- Hello");
    assert_eq!(text("/poll say -- @anna --help").await, "anna: --help");
    assert_eq!(text("/poll ask ---").await, "---|24|false|None");
}

#[tokio::test]
async fn what_does_not_fit_is_answered_with_what_was_expected_and_how_to_call() {
    const USAGE: &str = "Usage: `/poll ask QUESTION [HOURS] [--anonymous] [--kind single|multi]`. More: `/poll --help`.";
    for (line, expected) in [
        ("/poll ask", "`question` is missing: What to ask"),
        ("/poll ask a many", "`hours` takes a whole number, not `many`."),
        ("/poll ask a -", "`hours` takes a whole number, not `-`."),
        (
            "/poll ask a 18446744073709551616",
            "`hours` takes a whole number that is not so high, not `18446744073709551616`.",
        ),
        (
            "/poll ask a -9223372036854775809",
            "`hours` takes a whole number that is not so low, not `-9223372036854775809`.",
        ),
        ("/poll ask a 18446744073709551615", "`hours` takes a whole number from 0 to 255."),
        ("/poll ask a 300", "`hours` takes a whole number from 0 to 255."),
        ("/poll ask a 1 b", "`b` is more than it takes."),
        ("/poll ask a --loud", "There is no `--loud`."),
        ("/poll ask a --kind", "`--kind` needs a value: How many answers"),
        ("/poll ask a --kind x", "`--kind` takes one of `single`, `multi`, not `x`."),
        ("/poll ask a --hours 1 --hours=2", "`hours` is given twice."),
        ("/poll ask a 1 --hours 2", "`hours` is given twice."),
        ("/poll ask \"a", "A quotation mark is not closed before `a`."),
        ("/poll ask --question=\"a", "A quotation mark is not closed before `--question=a`."),
    ] {
        assert_eq!(text(line).await, format!("{expected}\n{USAGE}"), "{line}");
    }
    let unknown = text("/poll aks").await;
    assert!(unknown.starts_with("There is no `aks` in `/poll`.\nUsage: `/poll ["), "{unknown}");
}

#[tokio::test]
async fn help_is_made_of_the_declaration() {
    let all = "Asks the channel.\n\
        `/poll [ask|say|admin|typo|fail|help]`\n\
        - `/poll ask QUESTION [HOURS] [--anonymous] [--kind single|multi]`: Starts a poll.\n\
        - `/poll say @USER TEXT...`: Says something.\n\
        - `/poll admin [purge|help]`: For administrators.\n\
        - `/poll typo QUESTION`: Declares another argument than it takes.\n\
        - `/poll fail`: Fails.";
    for line in ["/poll", "/poll help", "/poll --help", "/poll help nothing"] {
        assert_eq!(text(line).await, all, "{line}");
    }
    let ask = "Starts a poll.\n\
        `/poll ask QUESTION [HOURS] [--anonymous] [--kind single|multi]`\n\
        - `question`: What to ask\n\
        - `hours`: How long it is open (otherwise `24`)\n\
        - `--anonymous`: Hide who voted\n\
        - `--kind`: How many answers (one of `single`, `multi`)";
    for line in ["/poll help ask", "/poll ask --help", "/poll ask x --help"] {
        assert_eq!(text(line).await, ask, "{line}");
    }
}

#[tokio::test]
async fn a_permission_is_asked_for_on_the_way_to_a_sub_command() {
    let refused = response("/poll admin purge", "someone").await.unwrap().unwrap();
    assert_eq!(
        refused,
        ephemeral("You need the permission `manage_system` for /poll admin purge.")
    );
    let done = response("/poll admin purge", "admin").await.unwrap().unwrap();
    assert_eq!(done, in_channel("purged"));
}

#[tokio::test]
async fn a_failure_that_is_the_callers_is_answered_and_any_other_is_the_hooks() {
    let answered = response("/poll fail", "someone").await.unwrap().unwrap();
    assert_eq!(answered, ephemeral("There is no such poll."));
    let failed = response("/poll fail", "hard").await.unwrap_err();
    assert_eq!(failed.to_string(), "the disk is full");
}

#[tokio::test]
async fn an_argument_that_nobody_declared_is_the_hooks_failure_and_not_the_callers() {
    let failed = response("/poll typo x", "someone").await.unwrap_err();
    let told =
        "the arguments of `/poll typo` are not those of its handler: missing field `to_whom`";
    assert_eq!(failed.to_string(), told);
}

#[tokio::test]
async fn other_commands_are_declined() {
    for line in ["/polls ask", "poll ask", "/", "", " ", "/pol"] {
        assert_eq!(response(line, "someone").await.unwrap(), None, "{line}");
    }
}

#[tokio::test]
async fn the_server_is_told_of_the_command_as_it_is_declared() {
    let server = Arc::new(Server::default());
    let cx = context(Client::new(Arc::clone(&server) as Arc<dyn Transport>, None));
    poll().register(&cx).await.unwrap();
    let registered = server.registered.lock().unwrap();
    let expected = proto::Command {
        trigger: "poll".into(),
        auto_complete: true,
        auto_complete_desc: "Asks the channel.".into(),
        auto_complete_hint: "[ask|say|admin|typo|fail|help]".into(),
        display_name: "poll".into(),
        description: "Asks the channel.".into(),
        ..proto::Command::default()
    };
    assert_eq!(*registered, [expected]);
}

#[tokio::test]
async fn a_command_is_no_failure_where_there_is_no_server() {
    let cx = context(Client::new(Arc::new(crate::api::NoTransport), None));
    poll().register(&cx).await.unwrap();
}

#[test]
fn a_declaration_that_contradicts_itself_is_told_with_every_fault() {
    let command = Command::new("po ll", "")
        .argument(Argument::integer("n", "").default("many"))
        .argument(Argument::text("x", ""))
        .argument(Argument::text("x", ""))
        .subcommand(Command::new("a", ""))
        .subcommand(
            Command::new("A", "")
                .argument(Argument::rest("help", ""))
                .argument(Argument::choice("c", "", [""; 0]))
                .run_sync(|_call: Call| Ok(())),
        );
    let told = command.check().unwrap_err().to_string();
    let expected = "the slash command /po ll is not declared as it can be called: \
        /po ll: its name is not one word; \
        /po ll: it has arguments and nothing to run; \
        /po ll: the sub-command `a` is there twice; \
        /po ll: the argument `x` is there twice; \
        /po ll: argument `n`: its default takes a whole number, not `many`; \
        /po ll: `x` is required and comes after `n`, which is not; \
        /po ll a: it has neither sub-commands nor anything to run; \
        /po ll A: argument `help`: `--help` is there already; \
        /po ll A: argument `c`: there is nothing to choose from; \
        /po ll A: `c` comes after `help`, which takes the rest";
    assert_eq!(told, expected);
    assert_eq!(poll().check(), Ok(()));
}

proptest! {
    #[test]
    fn every_line_is_answered(rest in "[a-z0-9 \\-\"\u{201c}\u{2014}=@~\\\\\u{e9}]{0,40}") {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for sub in ["", "ask ", "say ", "admin ", "help "] {
            let answered = runtime.block_on(response(&format!("/poll {sub}{rest}"), "someone"));
            prop_assert!(answered.unwrap().is_some());
        }
    }
}
