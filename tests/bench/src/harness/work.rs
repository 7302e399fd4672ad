//! What is called, and what a right answer looks like.

use bytes::{BufMut as _, Bytes, BytesMut};
use clap::ValueEnum;
use hookwright_bench::floor::answer;
use hookwright_bench::{page, post};
use hookwright_proto::mattermost::{OnActivateRequest, ServeHttpRequest, ServeHttpRequestInit};
use prost::Message;

use super::answer::Answer;

/// How much is sent, or read, as the body of a page.
const PAGE: u64 = 1 << 30;
/// The same when nothing is measured.
const SHORT_PAGE: u64 = 1 << 20;

/// What is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Work {
    /// A post of 200 bytes, which passes.
    #[value(name = "post-200")]
    Post200,
    /// A post of 4 KiB.
    #[value(name = "post-4k")]
    Post4K,
    /// A post of 60 KiB.
    #[value(name = "post-60k")]
    Post60K,
    /// A post of 200 bytes that the handler rewrites.
    #[value(name = "rewrite-200")]
    Rewrite200,
    /// An empty OnActivate.
    Activate,
    /// Four plugins look at a post of 200 bytes.
    #[value(name = "chain-4")]
    Chain4,
    /// Sixteen plugins do.
    #[value(name = "chain-16")]
    Chain16,
    /// ServeHTTP answers with 1 GiB.
    #[value(name = "http-down-1g")]
    Down,
    /// ServeHTTP reads 1 GiB.
    #[value(name = "http-up-1g")]
    Up,
}

/// What is listened on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Network {
    /// TCP on the loopback interface.
    Tcp,
    /// A unix socket.
    Unix,
}

/// A call, ready to be sent as often as need be.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// The method.
    pub(crate) method: &'static str,
    /// The first message, as it goes on the wire.
    pub(crate) first: Bytes,
    /// What follows it: a message, and how often.
    pub(crate) then: Option<(Bytes, u64)>,
    pub(crate) answer: Answer,
}

impl Call {
    /// Whether it takes seconds.
    pub(crate) fn is_page(&self) -> bool {
        !matches!(self.answer, Answer::Message(_))
    }
}

impl Work {
    /// How it is called on the command line.
    pub(crate) fn id(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// Whether it is a body that takes seconds, and no call of microseconds.
    pub(crate) fn is_page(self) -> bool {
        matches!(self, Self::Down | Self::Up)
    }

    /// How many plugins look at the post.
    pub(crate) fn plugins(self) -> usize {
        match self {
            Self::Chain4 => 4,
            Self::Chain16 => 16,
            _ => 1,
        }
    }

    /// The call; short where nothing is measured.
    pub(crate) fn call(self, rehearse: bool) -> Call {
        let bytes = if rehearse { SHORT_PAGE } else { PAGE };
        match self {
            Self::Activate => unary("OnActivate", &OnActivateRequest::default(), 0),
            Self::Post200 => posted(200, false, 1),
            Self::Post4K => posted(4 << 10, false, 1),
            Self::Post60K => posted(60 << 10, false, 1),
            Self::Rewrite200 => posted(200, true, 1),
            Self::Chain4 | Self::Chain16 => posted(200, false, self.plugins()),
            Self::Down => {
                let first = head("GET", format!("{}{bytes}", page::DOWN), 0);
                Call { answer: Answer::Page(bytes), ..unary("ServeHTTP", &first, 0) }
            }
            Self::Up => {
                let first = head("POST", page::UP.to_owned(), bytes);
                let mut pieces = page::pieces(page::PIECE as u64);
                let body_chunk = pieces.next().unwrap_or_default();
                let piece = ServeHttpRequest { body_chunk, ..Default::default() };
                let then = Some((framed(&piece), bytes / page::PIECE as u64));
                Call { then, answer: Answer::Number(bytes), ..unary("ServeHTTP", &first, 0) }
            }
        }
    }
}

/// A post of so many bytes, at which so many plugins look.
pub(crate) fn posted(bytes: usize, bad: bool, plugins: usize) -> Call {
    let request = post::request(bytes, bad);
    let answer = answer(request.clone(), plugins).encoded_len() as u64;
    unary("MessageWillBePosted", &request, answer)
}

fn unary(method: &'static str, request: &impl Message, answer: u64) -> Call {
    Call { method, first: framed(request), then: None, answer: Answer::Message(answer + 5) }
}

fn head(method: &str, path: String, bytes: u64) -> ServeHttpRequest {
    let init = ServeHttpRequestInit {
        method: method.to_owned(),
        request_uri: path.clone(),
        url: path,
        proto: "HTTP/1.1".to_owned(),
        proto_major: 1,
        proto_minor: 1,
        host: "chat.example.com".to_owned(),
        content_length: i64::try_from(bytes).unwrap_or(-1),
        ..Default::default()
    };
    ServeHttpRequest { init: Some(init), body_complete: bytes == 0, ..Default::default() }
}

/// A message as gRPC frames it.
pub(crate) fn framed(message: &impl Message) -> Bytes {
    let length = message.encoded_len();
    let mut frame = BytesMut::with_capacity(5 + length);
    frame.put_u8(0);
    frame.put_u32(u32::try_from(length).unwrap_or(u32::MAX));
    frame.extend_from_slice(&message.encode_to_vec());
    frame.freeze()
}

/// The last message of a request that has a body.
pub(crate) fn end_of_body() -> Bytes {
    framed(&ServeHttpRequest { body_complete: true, ..Default::default() })
}
