//! The floor: a gRPC service of the same messages without anything around it.
//!
//! It is what somebody would write by hand on tonic for these methods alone: no registry, no time
//! limit, no bound, no log, no metrics. What Hookwright costs is measured against it.

mod answer;
mod page;
mod service;

use std::net::Ipv4Addr;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use rustix::process::{Signal, set_parent_process_death_signal};
use tokio::net::{TcpListener, UnixListener};
use tokio_stream::wrappers::UnixListenerStream;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

pub use answer::{Floor, Place, answer};

/// As in a plugin process: what is compared are services, and not settings of HTTP/2.
const STREAM_WINDOW: u32 = 256 * 1024;
const CONNECTION_WINDOW: u32 = (1 << 31) - 1;

/// Serves until it is killed, and says where as a plugin does: on a unix socket if `HOOKWRIGHT_LISTEN`
/// says so.
///
/// # Errors
///
/// There is nothing to listen on, or the server ended.
pub fn serve(floor: Floor) -> Result<()> {
    // The harness starts it from its main thread, so this is the end of the harness itself.
    set_parent_process_death_signal(Some(Signal::KILL)).context("watching the parent")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let router = Server::builder()
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .add_service(service::Hooks(floor));
        if std::env::var("HOOKWRIGHT_LISTEN").is_ok_and(|on| on == "unix") {
            let folder =
                std::env::var("PLUGIN_UNIX_SOCKET_DIR").context("no folder for a socket")?;
            let path = format!("{folder}/floor{}", std::process::id());
            let listener = UnixListener::bind(&path).with_context(|| path.clone())?;
            announce("unix", &path);
            router.serve_with_incoming(UnixListenerStream::new(listener)).await?;
        } else {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            announce("tcp", &listener.local_addr()?.to_string());
            let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
            router.serve_with_incoming(incoming).await?;
        }
        Ok(())
    })
}

#[expect(clippy::print_stdout, reason = "a plugin says on stdout where it listens")]
fn announce(network: &str, address: &str) {
    println!("1|1|{network}|{address}|grpc|");
}

/// The main function of the floor's program: `inline` or `blocking`, and how many plugins it stands for.
#[expect(clippy::print_stderr, reason = "it is a command")]
#[must_use]
pub fn program() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let plugins = arguments.get(1).map_or(Some(1), |count| count.parse().ok());
    let served = match (arguments.first().map(String::as_str), plugins) {
        (Some(crate::program::ASK_BUILD_ID), _) => return crate::program::say_build_id(),
        (Some("inline"), Some(plugins)) => serve(Floor { place: Place::Inline, plugins }),
        (Some("blocking"), Some(plugins)) => serve(Floor { place: Place::Blocking, plugins }),
        _ => {
            eprintln!("bench-floor: expected inline or blocking, and the number of plugins");
            return ExitCode::from(2);
        }
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench-floor: {error:#}");
            ExitCode::FAILURE
        }
    }
}
