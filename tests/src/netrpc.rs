//! A host that speaks net/rpc, made of the wire alone.

use std::sync::{Arc, LazyLock};

use hookwright_gob::{Decoded, Schema, Struct, Type, Value};
use hookwright_netrpc::{Client, Incoming, Service, Session, Stream, serve};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::task::JoinHandle;

use crate::{PATIENCE, Plugin, hosted};

/// A connection to a plugin, with the three streams that a host opens at once.
#[derive(Debug)]
pub struct NetRpcHost {
    /// The control stream.
    pub control: Client,
    /// What the process prints on stdout.
    pub stdout: Stream,
    /// The streams that the plugin opens.
    pub incoming: Incoming,
    /// The session.
    pub session: Session,
    /// What it prints on stderr.
    pub stderr: Stream,
    /// Held for as long as the host is there: nothing is said on it.
    driver: Option<Stream>,
}

/// An argument of a call.
pub type Typed = (Type, Value);

/// A struct of texts.
///
/// # Panics
///
/// If two fields have one name.
#[must_use]
pub fn texts(name: &str, fields: &[(&str, &str)]) -> Typed {
    let typed = fields.iter().map(|(name, _)| (*name, Type::STRING));
    let ty = Schema::new().structure(name, typed).expect("names that differ");
    let mut value = Struct::new(&ty.as_struct().expect("a struct"));
    for (name, text) in fields {
        value.set(name, *text).expect("a field of it");
    }
    (ty, value.into())
}

/// A struct without fields. Its type is always the same: a stream has room for so many.
#[must_use]
pub fn nothing() -> Typed {
    static NOTHING: LazyLock<Typed> = LazyLock::new(|| structure(vec![]));
    NOTHING.clone()
}

/// A struct of these fields, whose type is another one each time.
///
/// # Panics
///
/// If two fields have one name.
#[must_use]
pub fn structure(fields: Vec<(&str, Typed)>) -> Typed {
    let typed = fields.iter().map(|(name, (ty, _))| (*name, ty.clone()));
    let ty = Schema::new().structure("Args", typed).expect("names that differ");
    let mut value = Struct::new(&ty.as_struct().expect("a struct"));
    for (name, (_, field)) in fields {
        value.set(name, field).expect("a field of it");
    }
    (ty, value.into())
}

impl NetRpcHost {
    /// Connects as a host does.
    ///
    /// # Panics
    ///
    /// If nobody listens.
    pub async fn connect(plugin: &Plugin) -> Self {
        let socket = UnixStream::connect(plugin.address()).await.expect("it listens");
        let (session, incoming) = Session::client(socket);
        let mut streams = Vec::new();
        for _ in 0..3 {
            streams.push(session.open(b"").await.expect("a stream").0);
        }
        let [control, stdout, stderr] = streams.try_into().expect("three");
        Self { control: Client::new(control), stdout, incoming, session, stderr, driver: None }
    }

    /// Asks for the hooks.
    ///
    /// # Panics
    ///
    /// If there are none.
    pub async fn hooks(&self) -> Client {
        Client::new(self.stream_of_hooks().await)
    }

    /// Asks for the hooks, for who writes the calls itself.
    ///
    /// # Panics
    ///
    /// If there are none.
    pub async fn stream_of_hooks(&self) -> Stream {
        let name = Value::from("hooks");
        let id = self.control.call("Dispenser.Dispense", &Type::STRING, &name).await;
        let id = id.expect("an id").value.as_u64().expect("a number");
        let id = u32::try_from(id).expect("a small number").to_le_bytes();
        let (mut stream, _) = self.session.open(&id).await.expect("a stream");
        let mut echo = [0; 4];
        stream.read_exact(&mut echo).await.expect("it is accepted");
        assert_eq!(echo, id);
        stream
    }

    /// Activates the plugin, with this for the server's API.
    ///
    /// # Panics
    ///
    /// If it cannot be activated.
    pub async fn activate<S: Service>(&mut self, hooks: &Client, api: S) -> JoinHandle<()> {
        let id = |id| (Type::UINT, Value::Uint(id));
        let arguments = structure(vec![("APIMuxId", id(7)), ("DriverMuxId", id(8))]);
        let activated = {
            let hooks = hooks.clone();
            tokio::spawn(async move { call(&hooks, "Plugin.OnActivate", &arguments).await })
        };
        let (first, stream) = self.accept().await;
        assert_eq!(first, 7, "the API is connected first");
        let api = tokio::spawn(async move { drop(serve(stream, Arc::new(api)).await) });
        let (second, driver) = self.accept().await;
        assert_eq!(second, 8, "then the database");
        self.driver = Some(driver);
        let activated = activated.await.expect("it is called").expect("it is activated");
        assert_eq!(activated.value.get("A"), None, "no error");
        api
    }

    /// Accepts the next stream that the plugin opens, and says for which id it is.
    ///
    /// # Panics
    ///
    /// If it opens none.
    pub async fn accept(&mut self) -> (u32, Stream) {
        let next = tokio::time::timeout(PATIENCE, self.incoming.next()).await;
        let Some(mut stream) = next.expect("in time") else {
            panic!("the session has ended: {}", self.session.ended().await)
        };
        let mut id = [0; 4];
        stream.read_exact(&mut id).await.expect("its id");
        stream.write_all(&id).await.expect("it is there");
        (u32::from_le_bytes(id), stream)
    }
}

/// Starts a program that speaks net/rpc.
///
/// # Panics
///
/// If it cannot be started.
pub async fn start(program: &str, settings: &[(&str, &str)]) -> Plugin {
    let mut command = hosted(program);
    command.env("HOOKWRIGHT_PROTOCOL", "netrpc").envs(settings.iter().copied());
    Plugin::start(command).await
}

/// The text of a field, empty where there is none.
#[must_use]
pub fn text(value: &Value, path: &[&str]) -> String {
    let found = path.iter().try_fold(value, |value, name| value.get(name));
    found.and_then(Value::as_str).unwrap_or_default().into_owned()
}

/// Calls a method.
///
/// # Errors
///
/// What the plugin says.
///
/// # Panics
///
/// If no answer comes.
pub async fn call(client: &Client, method: &str, (ty, value): &Typed) -> Result<Decoded, String> {
    let called = tokio::time::timeout(PATIENCE, client.call(method, ty, value)).await;
    called.expect("an answer in time").map_err(|error| error.to_string())
}

/// A service that answers every call of the API in one way.
#[derive(Debug)]
pub struct Api<F>(pub F);

impl<F> Service for Api<F>
where
    F: Fn(&str, &Value) -> hookwright_netrpc::Answer + Send + Sync + 'static,
{
    async fn call(
        self: Arc<Self>,
        _service: &str,
        method: &str,
        request: hookwright_netrpc::Request,
    ) -> hookwright_netrpc::Answer {
        match &request.argument {
            Ok(argument) => (self.0)(method, &argument.value),
            Err(error) => Err(error.to_string()),
        }
    }
}
