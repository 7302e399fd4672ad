//! The plugin listens on an id, and the host connects.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures::stream::{BoxStream, StreamExt as _};
use hookwright::broker::{BrokerError, Connection, Io, Listener};
use hookwright_proto::go_plugin::ConnInfo;
use hookwright_proto::go_plugin::conn_info::Knock;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_stream::wrappers::ReceiverStream;

use super::{Carrier, Session, Way};
use crate::goplugin::mux;
use crate::goplugin::tls::encrypted;
use crate::socket::{Listen, SocketFile, bind, sockets};

/// How many ids a plugin may listen on for one host.
const MOST: usize = 1024;

/// How many connections to one id may wait to be accepted, where they share one socket.
const BACKLOG: usize = 64;

/// How long a knock waits for somebody to listen: the host waits five seconds for the answer.
const HOLD: Duration = Duration::from_millis(4500);

/// What is there of an id that is listened on.
#[derive(Debug)]
pub(super) enum Listening {
    /// Nothing yet.
    Begun,
    /// A socket, and its file if it has one.
    Socket { _file: Option<SocketFile> },
    /// Where streams go that the host announces by a knock.
    Streams(mpsc::Sender<mux::Stream>),
}

/// Listens on an id, and tells the host so.
pub(super) async fn accept(
    way: &Way,
    session: &Arc<Session>,
    id: u32,
) -> Result<Listener, BrokerError> {
    let place = Place::take(session, id)?;
    let connections = match &way.carrier {
        Carrier::Sockets(listen) => on_socket(session, &place, listen).await?,
        Carrier::Mux(_) => {
            // The host knocks without being told.
            let (streams, announced) = mpsc::channel(BACKLOG);
            place.fill(Listening::Streams(streams))?;
            ReceiverStream::new(announced).map(mux::boxed).boxed()
        }
    };
    let connections = match &way.tls {
        Some(tls) => encrypted(connections, tls.clone()),
        None => connections,
    };
    let connections = connections.take_until(session.ended.clone().cancelled_owned());
    Ok(Listener::new(
        id,
        connections.map(move |io| {
            let _ = &place;
            Connection::new(io)
        }),
    ))
}

async fn on_socket(
    session: &Session,
    place: &Place,
    listen: &Listen,
) -> Result<BoxStream<'static, Box<dyn Io>>, BrokerError> {
    let id = place.id;
    let listener =
        bind(listen).map_err(|fault| BrokerError::Listen { id, fault: fault.to_string() })?;
    let address = listener.address();
    let (connections, file) = sockets(listener);
    place.fill(Listening::Socket { _file: file })?;
    let info = ConnInfo {
        service_id: id,
        network: address.network.to_string(),
        address: address.text,
        knock: None,
    };
    session.tell(info).await?;
    Ok(connections)
}

/// The host wants to connect to an id: lets it, as soon as somebody listens there.
pub(super) async fn answer_knock(session: &Session, carrier: &Carrier, id: u32) {
    let error = match carrier {
        Carrier::Sockets(_) => "connections are not multiplexed".to_owned(),
        Carrier::Mux(mux) => match timeout(HOLD, streams_of(session, id)).await {
            Ok(Some(streams)) => {
                mux.expect(streams);
                String::new()
            }
            _ => format!("no listener for id {id}"),
        },
    };
    let knock = Some(Knock { knock: true, ack: true, error });
    // A host that has gone needs no answer.
    let _ = session.tell(ConnInfo { service_id: id, knock, ..ConnInfo::default() }).await;
}

/// Where the streams of an id go, as soon as somebody listens there.
async fn streams_of(session: &Session, id: u32) -> Option<mpsc::Sender<mux::Stream>> {
    let mut listening = session.listening.subscribe();
    let there = |all: &HashMap<u32, Listening>| matches!(all.get(&id), Some(Listening::Streams(_)));
    match listening.wait_for(there).await.ok()?.get(&id)? {
        Listening::Streams(streams) => Some(streams.clone()),
        Listening::Begun | Listening::Socket { .. } => None,
    }
}

/// The one listener of an id; dropping it is the listener's end.
struct Place {
    session: Weak<Session>,
    id: u32,
}

impl Place {
    fn take(session: &Arc<Session>, id: u32) -> Result<Self, BrokerError> {
        let mut taken = Err(BrokerError::Ended { id });
        session.listening.send_if_modified(|all| {
            if session.ended.is_cancelled() {
                return false;
            }
            let full = all.len() >= MOST;
            taken = match all.entry(id) {
                Entry::Occupied(_) => Err(BrokerError::Taken { id }),
                Entry::Vacant(_) if full => Err(BrokerError::TooMany { id, most: MOST }),
                Entry::Vacant(free) => {
                    free.insert(Listening::Begun);
                    Ok(())
                }
            };
            false
        });
        taken.map(|()| Self { session: Arc::downgrade(session), id })
    }

    /// From here on the host can connect, unless everything has ended.
    fn fill(&self, listening: Listening) -> Result<(), BrokerError> {
        let filled = self.session.upgrade().is_some_and(|session| {
            session.listening.send_if_modified(|all| match all.get_mut(&self.id) {
                Some(begun) => {
                    *begun = listening;
                    true
                }
                None => false,
            })
        });
        if filled { Ok(()) } else { Err(BrokerError::Ended { id: self.id }) }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(session) = self.session.upgrade() {
            session.listening.send_if_modified(|all| all.remove(&self.id).is_some());
        }
    }
}
