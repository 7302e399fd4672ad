//! A server that plugins call, played by a test.

use std::future::pending;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use hookwright_proto::mattermost::{GetUserByUsernameResponse, LoadPluginConfigurationResponse};
use hookwright_runtime::serve::{Methods, Origin, UnaryService};
use prost::Message;
use tokio::net::TcpListener;
use tonic::Status;
use tonic::transport::server::TcpIncoming;

/// What the server does with every call of one method.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Replies with these bytes.
    Reply(Bytes),
    /// Ends the call with a status.
    Status(Status),
    /// Lets the caller wait.
    Never,
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
            Arc::new(Answers { answers: Mutex::new(answers.into()), called: Mutex::default() });
        let service = UnaryService::new(Arc::clone(&answers));
        let router = tonic::transport::Server::builder().add_service(service);
        tokio::spawn(router.serve_with_incoming(TcpIncoming::from(listener)));
        Self { address, answers }
    }

    /// Answers a method differently from now on.
    pub fn answer(&self, method: &'static str, answer: Answer) {
        let mut answers = self.answers.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.retain(|(known, _)| *known != method);
        answers.push((method, answer));
    }

    /// The methods that were called so far.
    #[must_use]
    pub fn called(&self) -> Vec<String> {
        self.answers.called.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[derive(Debug)]
struct Answers {
    answers: Mutex<Vec<(&'static str, Answer)>>,
    called: Mutex<Vec<String>>,
}

impl Methods for Answers {
    const SERVICE: &'static str = "mattermost.pluginapi.v1.PluginAPI";

    async fn call(self: &Arc<Self>, method: &str, _: Bytes, _: Origin) -> Result<Bytes, Status> {
        self.called.lock().unwrap_or_else(PoisonError::into_inner).push(method.to_owned());
        let answer = {
            let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            answers.iter().find(|(known, _)| *known == method).map(|(_, answer)| answer.clone())
        };
        match answer {
            Some(Answer::Reply(reply)) => Ok(reply),
            Some(Answer::Status(status)) => Err(status),
            Some(Answer::Never) => pending().await,
            None => Err(Status::unimplemented(method.to_owned())),
        }
    }
}
