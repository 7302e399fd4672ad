//! Connections of hosts, of which one process has one, and their end.

use std::future::pending;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::StreamExt as _;
use hookwright::api::Client;
use hookwright::broker::Io;
use hookwright_netrpc::{Session, serve as answer};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

use super::api::NetRpcTransport;
use super::broker::Broker;
use super::control::Control;
use super::convert::Plans;
use super::stdio;
use super::uploads::Uploads;
use crate::engine::Engine;
use crate::log::{Forwarding, LogControl, LogTo};
use crate::socket::{Listener, sockets};
use crate::stop::Stop;

/// How long whoever connects may take to open the streams that a host opens at once.
const FIRST_STREAMS: Duration = Duration::from_secs(10);

/// How many may be connected. A host is one; others look whether somebody listens.
const MOST_CONNECTIONS: usize = 16;

/// How long after its streams a connection may end whose other side has gone.
const GOING: Duration = Duration::from_millis(100);

/// How long the host has to close its connection once the process has agreed to end.
const LINGER: Duration = Duration::from_millis(150);

/// What serves, apart from where.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    pub(crate) engine: Arc<Engine>,
    pub(crate) stop: Stop,
    pub(crate) api: Arc<NetRpcTransport>,
    pub(crate) plans: Arc<Plans>,
    pub(crate) log: LogControl,
    pub(crate) log_to: LogTo,
    /// Room for files, of whichever host.
    pub(crate) uploads: Arc<Uploads>,
}

/// A host, and all that it has opened.
#[derive(Debug)]
pub(super) struct Host {
    pub(super) engine: Arc<Engine>,
    pub(super) stop: Stop,
    pub(super) api: Arc<NetRpcTransport>,
    pub(super) plans: Arc<Plans>,
    pub(super) broker: Arc<Broker>,
    pub(super) uploads: Arc<Uploads>,
    /// Whether it may know how to flush a response.
    pub(super) can_flush: Arc<AtomicBool>,
    /// The streams that are served.
    pub(super) tasks: Tasks,
    log: LogControl,
    log_to: LogTo,
    end: Arc<End>,
}

/// What is done for a host. It ends with the host's connection.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    tracker: TaskTracker,
    over: CancellationToken,
}

impl Tasks {
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tracker.spawn(self.over.clone().run_until_cancelled_owned(task));
    }
}

/// The last words of the process.
#[derive(Debug, Default)]
struct End {
    forwarding: Mutex<Option<Forwarding>>,
    /// Cancelled when nothing is left to be said but the answer to whoever asked for the end.
    said: CancellationToken,
}

impl End {
    fn forwarding(&self) -> MutexGuard<'_, Option<Forwarding>> {
        self.forwarding.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends what the log still has.
    async fn finish(&self) {
        let forwarding = self.forwarding().take();
        if let Some(forwarding) = forwarding {
            forwarding.finish().await;
        }
        self.said.cancel();
    }
}

impl Host {
    /// Sends the log to the server, from when its API can be called.
    pub(super) fn forward_log(&self) {
        let api: Arc<dyn hookwright::api::Transport> = Arc::clone(&self.api) as _;
        let mut forwarding = self.end.forwarding();
        if forwarding.is_none() {
            *forwarding = self.log.forward(self.log_to, &Client::new(api, None));
        }
    }

    /// Ends the process, as one that has failed, because of a stream that no host opens anew. Where the
    /// host has gone altogether, or the end has been begun, that is why.
    pub(super) async fn lost(&self, what: &str, error: &str) {
        let is_gone = timeout(GOING, self.broker.session().ended()).await.is_ok();
        if !is_gone && !self.stop.has_begun() {
            tracing::warn!(error, "{what}");
            self.stop.begin_failed(&format!("{what}: {error}"));
        }
    }

    /// Ends the process: when this returns, everything has been answered.
    pub(super) async fn quit(&self) {
        self.stop.begin("the host asked for it");
        self.end.said.cancelled().await;
    }
}

/// A listener that is served until the process is told to stop.
#[derive(Debug)]
pub(crate) struct Serving {
    accepting: AbortOnDropHandle<()>,
    stop: Stop,
    end: Arc<End>,
    /// Ends with this.
    _upkeep: AbortOnDropHandle<()>,
}

/// Begins to serve.
pub(crate) fn serve(parts: Parts, listener: Listener) -> Serving {
    let upkeep = AbortOnDropHandle::new(tokio::spawn(parts.engine.metrics.upkeep()));
    let stop = parts.stop.clone();
    let end = Arc::<End>::default();
    let accepting = accept(parts, Arc::clone(&end), listener);
    let accepting = AbortOnDropHandle::new(tokio::spawn(accepting));
    Serving { accepting, stop, end, _upkeep: upkeep }
}

impl Serving {
    /// Waits until the stop has been begun, drains, sends what the log has, and waits for the host to
    /// close its connection.
    pub(crate) async fn until_stopped(self) {
        self.stop.drain().await;
        self.end.finish().await;
        if timeout(LINGER, self.accepting).await.is_err() {
            tracing::debug!("a connection was closed that its other side kept open");
        }
    }
}

async fn accept(parts: Parts, end: Arc<End>, listener: Listener) {
    let (mut sockets, _file) = sockets(listener);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            socket = sockets.next(), if connections.len() < MOST_CONNECTIONS => match socket {
                Some(socket) => drop(connections.spawn(connection(parts.clone(), Arc::clone(&end), socket))),
                None => break,
            },
            Some(_) = connections.join_next() => {}
            () = parts.stop.drained() => break,
        }
    }
    while connections.join_next().await.is_some() {}
}

async fn connection(parts: Parts, end: Arc<End>, socket: Box<dyn Io>) {
    let Parts { engine, stop, api, plans, log, log_to, uploads } = parts;
    let (session, mut incoming) = Session::server(socket);
    let first = async {
        // Their order alone says what they are for.
        Some([incoming.next().await?, incoming.next().await?, incoming.next().await?])
    };
    let Ok(Some([control, stdout, stderr])) = timeout(FIRST_STREAMS, first).await else {
        return tracing::debug!("a connection was closed on which no host spoke");
    };
    let output = stop.output().clone();
    let broker = Broker::new(session);
    let tasks = Tasks::default();
    let _over = tasks.over.clone().drop_guard();
    let can_flush = Arc::new(AtomicBool::new(true));
    let host = Arc::new(Host {
        engine,
        stop,
        api,
        plans,
        broker,
        uploads,
        tasks,
        can_flush,
        log,
        log_to,
        end,
    });
    let printed = async {
        stdio::carry(&output, stdout, stderr).await;
        pending::<()>().await
    };
    let controlled = async {
        if let Err(error) = answer(control, Arc::new(Control { host: Arc::clone(&host) })).await {
            tracing::warn!(error, "the control stream is lost");
        }
        pending::<()>().await
    };
    let taken = async {
        Arc::clone(&host.broker).take(incoming).await;
        pending::<()>().await
    };
    tokio::select! {
        why = host.broker.session().ended() => {
            tracing::debug!(%why, "the connection has ended");
            if !host.tasks.tracker.is_empty() {
                host.stop.begin("the host has closed its connection");
            }
        }
        () = async { tokio::join!(controlled, printed, taken); } => {}
    }
}
