//! Replies of wrong types. A server that sends them is not believed, as no program in Go would read them.

use hookwright::proto::{
    GetUserResponse, PropertyFieldSearchOpts, SearchPropertyFieldsRequest, User,
};
use hookwright_gob::Schema;
use hookwright_netrpc::{Answer, Request, Service, Session, serve};
use tokio::task::JoinHandle;

use super::*;

/// A server that gives every call the same answer.
struct Always((Type, Value));

impl Service for Always {
    async fn call(self: Arc<Self>, _service: &str, _method: &str, _request: Request) -> Answer {
        Ok(self.0.clone())
    }
}

/// A client of such a server. It is there for as long as the session.
struct Connection {
    transport: NetRpcTransport,
    _session: Session,
    _server: JoinHandle<()>,
}

impl Connection {
    async fn with(answer: (Type, Value)) -> Self {
        let (near, far) = tokio::io::duplex(64 * 1024);
        let (plugin, _) = Session::server(near);
        let (host, mut streams) = Session::client(far);
        let (stream, _) = plugin.open(b"").await.unwrap();
        let transport = NetRpcTransport::new(Arc::new(Plans::new().unwrap()));
        transport.connect(Client::new(stream), Broker::new(plugin));
        let server = tokio::spawn(async move {
            let stream = streams.next().await.unwrap();
            let _ = serve(stream, Arc::new(Always(answer))).await;
        });
        Self { transport, _session: host, _server: server }
    }

    async fn call(&self, method: &'static str, request: Bytes) -> Result<Bytes, ApiError> {
        self.transport.call(method, request, Instant::now()).await
    }

    /// Why a reply is bad.
    async fn fault(&self, method: &'static str, request: Bytes) -> String {
        match self.call(method, request).await {
            Err(ApiError::BadReply { method: of, fault }) if of == method => fault,
            other => panic!("{method}: {other:?}"),
        }
    }
}

fn structure<const N: usize>(fields: [(&str, Type, Value); N]) -> (Type, Value) {
    let types = fields.iter().map(|(name, ty, _)| (*name, ty.clone()));
    let ty = Schema::new().structure("Returns", types).unwrap();
    let mut value = Struct::new(&ty.as_struct().unwrap());
    for (name, _, field) in fields {
        value.set(name, field).unwrap();
    }
    (ty, value.into())
}

/// A map that is no result of any method.
fn map() -> (Type, Value) {
    let ty = Schema::new().map(&Type::BOOL, &Type::BOOL);
    structure([("A", ty, Value::Map(vec![(Value::Bool(true), Value::Bool(true))]))])
}

fn five() -> (Type, Value) {
    structure([("A", Type::INT, Value::Int(5))])
}

fn text(field: &str) -> (Type, Value) {
    structure([(field, Type::STRING, "q".into())])
}

#[tokio::test]
async fn no_method_takes_a_reply_that_go_would_not_read() {
    let bare = Connection::with((Type::STRING, "q".into())).await;
    let (map, other) = (Connection::with(map()).await, Connection::with(text("Q")).await);
    let mut without_results = 0;
    for method in API_METHODS {
        let fault = bare.fault(method, Bytes::new()).await;
        assert!(fault.starts_with("does not decode: gob: type mismatch: want"), "{fault}");
        assert!(fault.ends_with("received string"), "{method}: {fault}");

        let known = bare.transport.methods.get(method).unwrap();
        let results = bare.transport.plans.ty(known.results).as_struct().unwrap();
        if results.is_empty() {
            // Then Go reads over whatever fields there are.
            without_results += 1;
            assert!(other.call(method, Bytes::new()).await.is_ok(), "{method}");
            continue;
        }
        let fault = other.fault(method, Bytes::new()).await;
        assert!(fault.contains("no fields matched"), "{method}: {fault}");
        let fault = map.fault(method, Bytes::new()).await;
        match results.index_of("A") {
            Some(_) => assert!(fault.ends_with("received map[bool]bool"), "{method}: {fault}"),
            None => assert!(fault.contains("no fields matched"), "{method}: {fault}"),
        }
    }
    assert!(without_results < 20, "{without_results} methods have no results");
}

#[tokio::test]
async fn what_was_expected_and_what_came_is_said() {
    for (method, answer, expected) in [
        ("KVSetWithOptions", five(), "A: want bool, received int"),
        ("KVGet", text("A"), "A: want bytes, received string"),
        ("LoadPluginConfiguration", map(), "A: want bytes, received map[bool]bool"),
        ("GetUser", five(), "received int"),
        ("GetUser", structure([("B", Type::STRING, "q".into())]), "received string"),
    ] {
        let fault = Connection::with(answer).await.fault(method, Bytes::new()).await;
        assert!(
            fault.starts_with("does not decode: gob: wrong type for received field"),
            "{fault}"
        );
        assert!(fault.ends_with(expected), "{method}: {fault}");
    }
}

#[tokio::test]
async fn wrong_types_are_found_also_on_the_way_to_a_later_page() {
    let opts = PropertyFieldSearchOpts { page: 2, per_page: 1, ..Default::default() };
    let request = SearchPropertyFieldsRequest { opts: Some(opts), ..Default::default() };
    let wrong = Connection::with(five()).await;
    let fault = wrong.fault("SearchPropertyFields", request.encode_to_vec().into()).await;
    assert!(fault.ends_with("received int"), "{fault}");
}

#[tokio::test]
async fn fields_that_a_newer_server_adds_or_an_older_one_lacks_are_no_mismatch() {
    let user = structure([("Id", Type::STRING, "q".into()), ("Newest", Type::INT, Value::Int(5))]);
    let reply = structure([("A", user.0, user.1), ("Z", Type::INT, Value::Int(5))]);
    let newer = Connection::with(reply).await;
    let reply = GetUserResponse::decode(newer.call("GetUser", Bytes::new()).await.unwrap());
    let user = User { id: "q".to_owned(), ..User::default() };
    assert_eq!(reply.unwrap().user, Some(user));

    let older = Connection::with(structure([])).await;
    for method in API_METHODS.iter().filter(|method| **method != "PluginHTTP") {
        let reply = older.call(method, Bytes::new()).await;
        assert!(reply.is_ok(), "{method}: {reply:?}");
    }
}
