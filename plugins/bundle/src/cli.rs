//! The command line.

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use hookwright_runtime::connect::Target;
use hookwright_runtime::socket::Listen;
use hookwright_runtime::start::{self, Launch, Protocol, exit};

use crate::interrupt::Interrupted;
use crate::output::{Fault, chain, print, say};
use crate::pack::{self, Bundle, Pack};
use crate::{call, demo, fleet, list};

/// Mattermost plugins in Rust, in one process.
///
/// Started by a host, without a command, it serves. What follows is for people.
#[derive(Debug, Parser)]
#[command(name = "hookwright", version, subcommand_required = false)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve without a host, and print the address on stdout.
    Serve {
        /// Do not ask for a host's cookie.
        #[arg(long, required = true)]
        standalone: bool,
        /// Where to listen: IP:PORT or unix:/PATH [default: a free port of 127.0.0.1].
        #[arg(long, value_name = "ADDR")]
        listen: Option<Listen>,
        /// Be the host as well: activate the plugins once it listens, and deactivate them at the end.
        #[arg(long)]
        activate: bool,
    },
    /// List every handler in the order in which they run.
    List {
        /// As JSON: what is spoken with a host and why, and the handlers.
        #[arg(long)]
        json: bool,
    },
    /// Send one hook to a plugin process and print its reply.
    ///
    /// Exit code: 0 answered, 10 answered with a rejection or an error, 1 a gRPC status,
    /// 2 wrong usage or wrong JSON, 3 could not start or connect.
    Call {
        /// The hook's canonical name, such as MessageWillBePosted.
        hook: String,
        /// The request as JSON: a file, `-` for stdin, or the text itself. For ServeHTTP an object
        /// with `method`, `url`, `headers` and `body`.
        #[arg(long, value_name = "FILE|-|TEXT", default_value = "{}")]
        json: String,
        /// The address of a running process [default: a child of its own].
        #[arg(long, value_name = "ADDR")]
        target: Option<Target>,
        /// How long to wait for the reply, such as `5s`.
        #[arg(long, value_name = "TIME", default_value = "30s", value_parser = humantime::parse_duration)]
        timeout: Duration,
    },
    /// Answer the `call` that started this process.
    #[command(name = call::CHILD, hide = true)]
    AnswerCall,
    Fleet(fleet::Fleet),
    Pack(Pack),
    /// Write the encoded descriptor set of the wire contract to stdout.
    Proto,
    /// Be the host of a plugin process, and send it a few hundred chat messages.
    Demo {
        /// Print the summary as JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Runs what the command line says.
pub(crate) fn run(bundle: &Bundle, plugins: &[&str]) -> ExitCode {
    let Some(command) = Cli::parse().command else {
        return start::run(Launch::ByHost(Protocol::MATTERMOST), plugins);
    };
    let result = match command {
        Command::Serve { listen, activate, .. } => {
            return start::run(Launch::Standalone { listen, activate }, plugins);
        }
        Command::List { json } => list::run(plugins, json),
        Command::Call { hook, json, target, timeout } => call::run(&hook, &json, target, timeout),
        Command::AnswerCall => {
            return start::run(Launch::ByCall(Protocol::MATTERMOST), plugins);
        }
        Command::Fleet(fleet) => fleet::run(fleet, plugins),
        Command::Pack(command) => pack::run(command, bundle, plugins),
        Command::Proto => print(hookwright_proto::FILE_DESCRIPTOR_SET).map(|()| ExitCode::SUCCESS),
        Command::Demo { json } => demo::run(json),
    };
    result.unwrap_or_else(|error| {
        say(format_args!("hookwright: {}", chain(&error)));
        ExitCode::from(match error.downcast_ref::<Interrupted>() {
            Some(interrupted) => interrupted.exit_code(),
            None if error.is::<Fault>() => exit::USAGE,
            None => exit::CANNOT_START,
        })
    })
}
