//! One stream of a host: what is agreed on over it, until it ends.

use std::collections::HashMap;
use std::sync::Arc;

use futures::stream::{FuturesUnordered, StreamExt as _};
use hookwright::broker::BrokerError;
use hookwright_proto::go_plugin::ConnInfo;
use hookwright_proto::go_plugin::conn_info::Knock;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tonic::{Status, Streaming};

use super::accept::{Listening, answer_knock};
use super::dial::{Dial, dial_in_turn};
use super::offers::Offers;
use super::{Carrier, Way};
use crate::socket::connection_refused;

/// How many messages to the host may wait for it to read them.
const UNREAD: usize = 64;

/// How many dials may wait for those before them, where they share one connection.
const DIALS: usize = 64;

/// How many knocks may wait for somebody to listen.
const HELD_KNOCKS: usize = 64;

/// What is agreed on with one host.
#[derive(Debug)]
pub(crate) struct Session {
    outgoing: mpsc::Sender<Result<ConnInfo, Status>>,
    pub(super) offers: Offers,
    /// What is listened on, by id.
    pub(super) listening: watch::Sender<HashMap<u32, Listening>>,
    pub(super) dials: mpsc::Sender<Dial>,
    pub(super) ended: CancellationToken,
}

/// The ends of a session that its own task has.
pub(super) struct Ends {
    pub(super) outgoing: mpsc::Receiver<Result<ConnInfo, Status>>,
    pub(super) dials: mpsc::Receiver<Dial>,
}

impl Session {
    pub(super) fn new() -> (Arc<Self>, Ends) {
        let (outgoing, unread) = mpsc::channel(UNREAD);
        let (dials, dials_in_turn) = mpsc::channel(DIALS);
        let session = Self {
            outgoing,
            offers: Offers::default(),
            listening: watch::Sender::default(),
            dials,
            ended: CancellationToken::new(),
        };
        (Arc::new(session), Ends { outgoing: unread, dials: dials_in_turn })
    }

    /// Tells the host something.
    pub(super) async fn tell(&self, info: ConnInfo) -> Result<(), BrokerError> {
        let id = info.service_id;
        tokio::select! {
            biased;
            () = self.ended.cancelled() => Err(BrokerError::Ended { id }),
            sent = self.outgoing.send(Ok(info)) => sent.map_err(|_| BrokerError::Ended { id }),
        }
    }

    /// Ends it, and with it what is listened on. The files of sockets are gone when this returns.
    pub(super) fn end(&self) {
        // First: whoever begins to listen looks at this with the lock below in hand.
        self.ended.cancel();
        self.listening.send_modify(HashMap::clear);
    }

    /// Does what the host says, until it says no more.
    pub(super) async fn run(
        &self,
        way: &Way,
        host: Streaming<ConnInfo>,
        dials: mpsc::Receiver<Dial>,
    ) {
        let dialling = async {
            match &way.carrier {
                Carrier::Mux(mux) => dial_in_turn(self, mux, dials).await,
                Carrier::Sockets(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.listen_to(way, host) => {}
            () = dialling => {}
            () = self.ended.cancelled() => {}
        }
    }

    async fn listen_to(&self, way: &Way, mut host: Streaming<ConnInfo>) {
        let mut held = FuturesUnordered::new();
        loop {
            let message = tokio::select! {
                message = host.message() => message,
                Some(()) = held.next() => continue,
            };
            match message {
                Ok(Some(info)) if !is_knock(&info) => self.offers.put(info),
                Ok(Some(info)) if held.len() < HELD_KNOCKS => {
                    held.push(answer_knock(self, &way.carrier, info.service_id));
                }
                Ok(Some(info)) => {
                    let reason = format!("its id is {}", info.service_id);
                    connection_refused("too many knocks are waiting already", &reason);
                }
                Ok(None) => return,
                Err(status) => {
                    tracing::debug!(
                        reason = status.message(),
                        "the host's broker stream broke off"
                    );
                    return;
                }
            }
        }
    }
}

/// Whether the host wants to connect, rather than answers that we may.
fn is_knock(info: &ConnInfo) -> bool {
    matches!(info.knock, Some(Knock { knock: true, ack: false, .. }))
}
