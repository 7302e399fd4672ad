//! `ServeHTTP` and `ServeMetrics` as hooks: those that are not in unary form.

use std::sync::Arc;

use bytes::Bytes;

use super::{Body, BodyError, Request, Response};
use crate::engine::{Answer, Exchange, Flow, Hook};
use crate::hooks::{ServeHTTP, ServeMetrics};
use crate::{Caller, HookName};

/// A request being answered.
#[derive(Debug)]
pub struct HttpExchange {
    /// Taken by the handler.
    pub request: Option<Request>,
    /// Left by the handler.
    pub response: Option<Response>,
    /// Who caused the call.
    pub caller: Arc<Caller>,
}

impl Exchange for HttpExchange {
    fn caller(&self) -> Arc<Caller> {
        Arc::clone(&self.caller)
    }
}

/// What a page is answered with: an [`http::Response`] whose body is any
/// [`http_body::Body`] of bytes.
#[derive(Debug)]
pub struct HttpAnswer(Response);

impl<B> Answer<HttpAnswer> for http::Response<B>
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BodyError>,
{
    fn answer(self) -> anyhow::Result<HttpAnswer> {
        Ok(HttpAnswer(self.map(Body::new)))
    }
}

impl<B, E> Answer<HttpAnswer> for Result<http::Response<B>, E>
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BodyError>,
    E: Into<anyhow::Error>,
{
    fn answer(self) -> anyhow::Result<HttpAnswer> {
        self.map_err(Into::into).and_then(Answer::answer)
    }
}

/// What makes pages of the hooks that are one.
macro_rules! pages {
    ($($hook:ident),+) => {$(
        impl Hook for $hook {
            const NAME: HookName = HookName::$hook;
            type Exchange = HttpExchange;
            type Arguments = (Request,);
            type Output = HttpAnswer;

            fn arguments(exchange: &mut HttpExchange) -> (Request,) {
                (exchange.request.take().unwrap_or_default(),)
            }

            fn fold(exchange: &mut HttpExchange, HttpAnswer(response): HttpAnswer) -> Flow {
                exchange.response = Some(response);
                Flow::Stop
            }
        }
    )+};
}

pages! { ServeHTTP, ServeMetrics }
