//! The host listens on an id, and the plugin connects.

use std::io;

use hookwright::broker::{BrokerError, Connection, Io};
use hookwright_proto::go_plugin::ConnInfo;
use hookwright_proto::go_plugin::conn_info::Knock;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};

use super::{Carrier, PATIENCE, Session, Way};
use crate::connect::Target;
use crate::goplugin::mux::{self, Mux};
use crate::socket::{Address, Network};

/// Connects to an id as soon as the host listens on it.
pub(super) async fn dial(way: &Way, session: &Session, id: u32) -> Result<Connection, BrokerError> {
    let seconds = PATIENCE.as_secs();
    let connected = async {
        let io = match &way.carrier {
            Carrier::Sockets(_) => {
                let offer = tokio::select! {
                    biased;
                    () = session.ended.cancelled() => return Err(BrokerError::Ended { id }),
                    offer = session.offers.take(id) => offer,
                };
                let offer = offer.ok_or(BrokerError::Timeout { id, seconds })?;
                let target = target(&offer)?;
                within_patience(id, async { Ok(Box::new(target.open().await?) as Box<dyn Io>) })
                    .await?
            }
            Carrier::Mux(_) => stream_in_turn(session, id).await?,
        };
        match &way.tls {
            None => Ok(io),
            Some(tls) => {
                within_patience(id, async { Ok(Box::new(tls.connect(io).await?) as Box<dyn Io>) })
                    .await
            }
        }
    };
    connected.await.map(Connection::new)
}

/// Where the host says that it listens.
fn target(offer: &ConnInfo) -> Result<Target, BrokerError> {
    let fault = |fault: String| BrokerError::Connect { id: offer.service_id, fault };
    let network = Network::named(&offer.network).ok_or_else(|| {
        fault(format!("the host offers the network {:?}: expected unix or tcp", offer.network))
    })?;
    let address = Address { network, text: offer.address.clone() };
    Target::try_from(&address).map_err(|bad| fault(bad.to_string()))
}

async fn within_patience(
    id: u32,
    connect: impl Future<Output = io::Result<Box<dyn Io>>>,
) -> Result<Box<dyn Io>, BrokerError> {
    match timeout(PATIENCE, connect).await {
        Ok(Ok(io)) => Ok(io),
        Ok(Err(error)) => Err(BrokerError::Connect { id, fault: error.to_string() }),
        Err(_) => {
            let fault = format!("the host does not answer within {} s", PATIENCE.as_secs());
            Err(BrokerError::Connect { id, fault })
        }
    }
}

/// A dial that waits for its turn.
#[derive(Debug)]
pub(super) struct Dial {
    id: u32,
    asked: Instant,
    reply: oneshot::Sender<Result<mux::Stream, BrokerError>>,
}

async fn stream_in_turn(session: &Session, id: u32) -> Result<Box<dyn Io>, BrokerError> {
    let (reply, stream) = oneshot::channel();
    let ended = |_| BrokerError::Ended { id };
    session
        .dials
        .send(Dial { id, asked: Instant::now(), reply })
        .await
        .map_err(|_| BrokerError::Ended { id })?;
    stream.await.map_err(ended)?.map(mux::boxed)
}

/// Dials one id after the other: nothing in a stream says which id it is for, so the host takes the
/// first one after its answer to a knock. A knock whose caller has gone meanwhile is still followed
/// by its stream, or the next one would be taken for that.
pub(super) async fn dial_in_turn(session: &Session, mux: &Mux, mut dials: mpsc::Receiver<Dial>) {
    while let Some(Dial { id, asked, reply }) = dials.recv().await {
        if reply.is_closed() {
            continue;
        }
        let dialed = match asked.elapsed() < PATIENCE {
            true => knock_and_open(session, mux, id).await,
            // The host has left those before it without an answer, one after the other.
            false => Err(BrokerError::Busy { id, seconds: PATIENCE.as_secs() }),
        };
        let _ = reply.send(dialed);
    }
}

async fn knock_and_open(session: &Session, mux: &Mux, id: u32) -> Result<mux::Stream, BrokerError> {
    // An answer that came too late for an earlier knock is none to this one.
    session.offers.forget(id);
    let knock = Some(Knock { knock: true, ..Knock::default() });
    session.tell(ConnInfo { service_id: id, knock, ..ConnInfo::default() }).await?;
    let answer = session.offers.take(id).await;
    let answer = answer.ok_or(BrokerError::KnockTimeout { id, seconds: PATIENCE.as_secs() })?;
    match answer.knock {
        Some(Knock { ack: true, error, .. }) if error.is_empty() => {}
        Some(Knock { error, .. }) if !error.is_empty() => {
            return Err(BrokerError::Refused { id, reason: error });
        }
        _ => {
            let reason = "its answer to a knock is something else".to_owned();
            return Err(BrokerError::Refused { id, reason });
        }
    }
    let fault = |fault: &str| BrokerError::Connect { id, fault: fault.to_owned() };
    match timeout(PATIENCE, mux.open()).await {
        Ok(Some(stream)) => Ok(stream),
        Ok(None) => Err(fault("the connection that it goes through has ended")),
        Err(_) => Err(fault("the connection that it goes through takes no further stream")),
    }
}
