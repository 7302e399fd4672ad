//! A server that plugins call, played by a test.

use std::future::pending;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use hookwright::api::Client;
use hookwright_proto::mattermost::{GetUserByUsernameResponse, LoadPluginConfigurationResponse};
use hookwright_runtime::api::GrpcTransport;
use hookwright_runtime::connect::Target;
use hookwright_runtime::serve::{Methods, Origin, UnaryService};
use prost::Message;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tonic::Status;
use tonic::transport::server::TcpIncoming;

use crate::PATIENCE;

/// The service that it is.
pub const API: &str = "mattermost.pluginapi.v1.PluginAPI";

/// What the server does with every call of one method.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Replies with these bytes.
    Reply(Bytes),
    /// Ends the call with a status.
    Status(Status),
    /// Lets the caller wait.
    Never,
    /// Ends as many calls with UNAVAILABLE, and then replies.
    After(usize, Bytes),
}

impl Answer {
    /// Replies with a message.
    pub fn reply(message: &impl Message) -> Self {
        Self::Reply(message.encode_to_vec().into())
    }

    /// The configuration of the plugins, as LoadPluginConfiguration replies with it.
    #[must_use]
    pub fn configuration(json: &str) -> Self {
        let config_json = Bytes::copy_from_slice(json.as_bytes());
        Self::reply(&LoadPluginConfigurationResponse { error: None, config_json })
    }

    /// A user, as GetUserByUsername replies with it.
    #[must_use]
    pub fn user(name: &str) -> Self {
        let user = Some(crate::ask::a_user(name));
        Self::reply(&GetUserByUsernameResponse { error: None, user })
    }
}

/// A server, on a port of its own until the test ends.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: String,
    answers: Arc<Answers>,
}

impl Server {
    /// Serves these methods; others are not implemented.
    ///
    /// # Panics
    ///
    /// If there is no port to be had.
    pub async fn start<const N: usize>(answers: [(&'static str, Answer); N]) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("it is bound").to_string();
        let answers =
            Arc::new(Answers { answers: Mutex::new(answers.into()), ..Answers::default() });
        let service = UnaryService::new(Arc::clone(&answers));
        let router = tonic::transport::Server::builder().add_service(service);
        tokio::spawn(router.serve_with_incoming(TcpIncoming::from(listener)));
        Self { address, answers }
    }

    /// A client of it, as a handler without a time limit has it.
    ///
    /// # Panics
    ///
    /// If it has no address.
    #[must_use]
    pub fn client(&self) -> Client {
        client_of(&self.address)
    }

    /// Answers a method differently from now on.
    pub fn answer(&self, method: &'static str, answer: Answer) {
        let mut answers = self.answers.answers();
        answers.retain(|(known, _)| *known != method);
        answers.push((method, answer));
    }

    /// The methods that were called so far.
    #[must_use]
    pub fn called(&self) -> Vec<String> {
        self.answers.requests().iter().map(|(method, _)| method.clone()).collect()
    }

    /// The calls so far, with their requests; from here on they are forgotten.
    #[must_use]
    pub fn take_requests(&self) -> Vec<(String, Bytes)> {
        std::mem::take(&mut self.answers.requests())
    }

    /// Waits until a method has been called.
    ///
    /// # Panics
    ///
    /// If it never is.
    pub async fn until_called(&self, method: &str) {
        let called = async {
            // Created before the look, so that no call goes unnoticed in between.
            loop {
                let another = self.answers.arrived.notified();
                if self.called().iter().any(|called| called == method) {
                    break;
                }
                another.await;
            }
        };
        tokio::time::timeout(PATIENCE, called).await.expect("the method is called in time");
    }
}

/// A client of whoever is at this address, as a handler without a time limit has it.
///
/// # Panics
///
/// If it is no address.
#[must_use]
pub fn client_of(address: &str) -> Client {
    let target: Target = address.parse().expect("an address");
    let transport = GrpcTransport::new(target.channel(), target.to_string());
    Client::new(Arc::new(transport), None)
}

#[derive(Debug, Default)]
struct Answers {
    answers: Mutex<Vec<(&'static str, Answer)>>,
    requests: Mutex<Vec<(String, Bytes)>>,
    arrived: Notify,
}

impl Answers {
    fn answers(&self) -> MutexGuard<'_, Vec<(&'static str, Answer)>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn requests(&self) -> MutexGuard<'_, Vec<(String, Bytes)>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What this call of a method is answered with.
    fn answer(&self, method: &str) -> Option<Answer> {
        let mut answers = self.answers();
        let (_, answer) = answers.iter_mut().find(|(known, _)| *known == method)?;
        Some(match answer {
            Answer::After(0, reply) => Answer::Reply(reply.clone()),
            Answer::After(left, _) => {
                *left -= 1;
                Answer::Status(Status::unavailable("not yet"))
            }
            other => other.clone(),
        })
    }
}

impl Methods for Answers {
    const SERVICE: &'static str = API;

    async fn call(
        self: &Arc<Self>,
        method: &str,
        request: Bytes,
        _: Origin,
    ) -> Result<Bytes, Status> {
        self.requests().push((method.to_owned(), request));
        self.arrived.notify_waiters();
        match self.answer(method) {
            Some(Answer::Reply(reply) | Answer::After(_, reply)) => Ok(reply),
            Some(Answer::Status(status)) => Err(status),
            Some(Answer::Never) => pending().await,
            None => Err(Status::unimplemented(method.to_owned())),
        }
    }
}
