//! What a host lends a plugin for one call: an HTTP request's body and its response, or a file and what
//! takes its place.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use bytes::Bytes;
use hookwright_gob::{Marshaler, Schema, Type, Value};
use hookwright_netrpc::{Answer, Request, Service, Stream, serve};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::IDS;
use crate::netrpc::{NetRpcHost, Typed, nothing, structure};

/// The arguments of an HTTP request with a body, but for its URL.
static REQUEST: LazyLock<Typed> = LazyLock::new(|| {
    let id = |id: u32| (Type::UINT, Value::Uint(id.into()));
    let text = |text: &str| (Type::STRING, Value::from(text));
    let url = Schema::new().opaque("URL", Marshaler::Binary);
    let request = structure(vec![
        ("Method", text("POST")),
        ("URL", (url, Value::Opaque(Bytes::new()))),
        ("Proto", text("HTTP/1.1")),
        ("ProtoMajor", (Type::INT, Value::Int(1))),
        ("ProtoMinor", (Type::INT, Value::Int(1))),
        ("Host", text("host.example")),
    ]);
    structure(vec![
        ("ResponseWriterStream", id(IDS.first)),
        ("Request", request),
        ("Context", structure(vec![("RequestId", text("asked"))])),
        ("RequestBodyStream", id(IDS.second)),
    ])
});

/// The arguments of an HTTP request with a body.
pub(super) fn a_request(path: &str) -> Typed {
    let (ty, mut arguments) = REQUEST.clone();
    if let Value::Struct(arguments) = &mut arguments
        && let Some(Value::Struct(request)) = arguments.get_mut("Request")
    {
        request.set("URL", Value::Opaque(path.to_owned().into())).expect("it has one");
    }
    (ty, arguments)
}

/// Lends the two streams of a request, and returns the body of the response.
pub(super) async fn lend_a_response(host: &mut NetRpcHost, body: Bytes) -> Vec<u8> {
    let [writer, source] = both(host).await;
    let response = Arc::new(Response::default());
    let (served, ()) = tokio::join!(serve(writer, Arc::clone(&response)), give(source, body));
    served.expect("calls of the response");
    let written = response.written.lock().expect("nothing panics");
    written.clone()
}

/// Lends a file, and returns what takes its place.
pub(super) async fn lend_a_file(host: &mut NetRpcHost, file: Bytes) -> Vec<u8> {
    let [source, mut replacement] = both(host).await;
    let mut other = Vec::new();
    let read = async { replacement.read_to_end(&mut other).await.expect("to its end") };
    tokio::join!(give(source, file), read);
    other
}

async fn both(host: &mut NetRpcHost) -> [Stream; 2] {
    let mut streams = HashMap::from([host.accept().await, host.accept().await]);
    [IDS.first, IDS.second].map(|id| streams.remove(&id).expect("a stream of the call"))
}

/// Gives as much as is asked for, until there is no more or nobody asks.
async fn give(mut stream: Stream, mut content: Bytes) {
    loop {
        let (mut number, mut shift, mut byte) = (0_u64, 0, [0x80]);
        while byte[0] & 0x80 != 0 {
            if stream.read_exact(&mut byte).await.is_err() {
                return;
            }
            number |= u64::from(byte[0] & 0x7f) << shift;
            shift += 7;
        }
        let wanted = usize::try_from(number >> 1).expect("a size");
        let piece = content.split_to(wanted.min(content.len()));
        if stream.write_all(&piece).await.is_err() {
            return;
        }
        if piece.len() < wanted {
            return stream.close().await;
        }
    }
}

/// The response that a plugin writes, as an HTTP server has it.
#[derive(Debug, Default)]
struct Response {
    written: Mutex<Vec<u8>>,
}

impl Service for Response {
    async fn call(self: Arc<Self>, _service: &str, method: &str, request: Request) -> Answer {
        let argument = match &request.argument {
            Ok(argument) => &argument.value,
            Err(error) => return Err(error.to_string()),
        };
        let mut written = self.written.lock().expect("nothing panics");
        match method {
            "Header" => {
                let schema = Schema::new();
                let header = schema.map(&Type::STRING, &schema.slice(&Type::STRING));
                Ok((header, Value::Map(Vec::new())))
            }
            "SyncHeader" => Ok(nothing()),
            "WriteHeader" => match argument.as_i64() {
                Some(200) => Ok(nothing()),
                status => panic!("the status is {status:?}"),
            },
            "Write" => {
                let piece = argument.as_bytes().unwrap_or_default();
                written.extend_from_slice(piece);
                Ok((Type::INT, Value::Int(piece.len() as i64)))
            }
            _ => request.unknown_method(),
        }
    }
}
