//! The server of the measurement: a process of its own, whose allocations are not counted and whose
//! work is the same for both.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::Ipv4Addr;
use std::process::{Child as Process, Command, ExitCode, Stdio};
use std::sync::Arc;

use bytes::Bytes;
use hookwright::proto::{
    CreatePostResponse, GetUserResponse, GetUsersInTeamResponse, KvSetResponse,
};
use hookwright_runtime::serve::{Methods, Origin, UnaryService};
use hookwright_tests::ask::a_user;
use hookwright_tests::server::API;
use prost::Message as _;
use tokio::net::TcpListener;
use tonic::Status;
use tonic::transport::server::TcpIncoming;

use crate::both::post;

/// The argument that makes this program the server.
pub(crate) const COMMAND: &str = "serve-for-measurement";

/// The server's process; it ends with this.
pub(crate) struct Child {
    pub(crate) address: String,
    process: Process,
}

impl Child {
    pub(crate) fn start() -> Self {
        let me = std::env::current_exe().expect("this program has a path");
        let process =
            Command::new(me).arg(COMMAND).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut process = process.expect("the server starts");
        let mut address = String::new();
        let stdout = process.stdout.take().expect("stdout is a pipe");
        BufReader::new(stdout).read_line(&mut address).expect("it says where it listens");
        Self { address: address.trim_end().to_owned(), process }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// Serves until stdin ends.
pub(crate) fn run() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        println!("{}", listener.local_addr().expect("it is bound"));
        let service = UnaryService::new(Arc::new(Replies::default()));
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        let router = tonic::transport::Server::builder().add_service(service);
        tokio::spawn(router.serve_with_incoming(incoming));
        let end = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
        let _ = end.await;
    });
    ExitCode::SUCCESS
}

/// One reply for each method, made once.
struct Replies {
    user: Bytes,
    users: Bytes,
    post: Bytes,
    nothing: Bytes,
}

impl Default for Replies {
    fn default() -> Self {
        let user = GetUserResponse { error: None, user: Some(a_user("ada")) };
        let users = GetUsersInTeamResponse { error: None, users: vec![a_user("ada"); 60] };
        let post = CreatePostResponse { error: None, post: Some(post()) };
        Self {
            user: user.encode_to_vec().into(),
            users: users.encode_to_vec().into(),
            post: post.encode_to_vec().into(),
            nothing: KvSetResponse::default().encode_to_vec().into(),
        }
    }
}

impl Methods for Replies {
    const SERVICE: &'static str = API;

    async fn call(self: &Arc<Self>, method: &str, _: Bytes, _: Origin) -> Result<Bytes, Status> {
        Ok(match method {
            "GetUser" => self.user.clone(),
            "GetUsersInTeam" => self.users.clone(),
            "CreatePost" => self.post.clone(),
            _ => self.nothing.clone(),
        })
    }
}
