//! What runs when a command is called, whatever its arguments are.

use std::fmt;
use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt as _, ready};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Map, Value};

use super::response::IntoResponse;
use crate::config::fault_without_text;
use crate::fault::TypedFault;
use crate::{CommandArgs, CommandResponse, Context, Result};

/// One call of a command. A handler without arguments takes a plain `Call`.
#[derive(Debug)]
pub struct Call<A = IgnoredAny> {
    /// The context of the hook.
    pub cx: Context,
    /// Who called, where, and the whole line.
    pub request: CommandArgs,
    /// The arguments, by name.
    pub arguments: A,
}

/// Why the arguments do not fit the handler's type.
pub(super) enum Unfit {
    /// One of them has a value that it does not take.
    Argument(String),
    /// The type has a field for which no argument is declared, or the like: whatever is given, it
    /// never fits.
    Declaration(String),
}

type Answer = BoxFuture<'static, Result<CommandResponse>>;
type Run = dyn Fn(Context, CommandArgs, Map<String, Value>) -> Result<Answer, Unfit> + Send + Sync;

#[derive(Clone)]
pub(super) struct Handler(Arc<Run>);

impl Handler {
    pub(super) fn asynchronous<A, R, Run>(
        run: impl Fn(Call<A>) -> Run + Send + Sync + 'static,
    ) -> Self
    where
        A: DeserializeOwned,
        R: IntoResponse,
        Run: Future<Output = Result<R>> + Send + 'static,
    {
        Self(Arc::new(move |cx, request, values| {
            let answer = run(Call { cx, request, arguments: typed(values)? });
            Ok(answer.map(|answer| Ok(answer?.into_response())).boxed())
        }))
    }

    pub(super) fn synchronous<A, R>(
        run: impl Fn(Call<A>) -> Result<R> + Send + Sync + 'static,
    ) -> Self
    where
        A: DeserializeOwned,
        R: IntoResponse,
    {
        Self(Arc::new(move |cx, request, values| {
            let answer = run(Call { cx, request, arguments: typed(values)? });
            Ok(ready(answer.map(R::into_response)).boxed())
        }))
    }

    /// Begins to run on the arguments.
    pub(super) fn start(
        &self,
        cx: Context,
        request: CommandArgs,
        values: Map<String, Value>,
    ) -> Result<Answer, Unfit> {
        (self.0)(cx, request, values)
    }
}

fn typed<A: DeserializeOwned>(values: Map<String, Value>) -> Result<A, Unfit> {
    serde_path_to_error::deserialize(Value::Object(values)).map_err(|fault| {
        let (path, fault) = (fault.path().to_string(), fault.inner());
        if path == "." {
            return Unfit::Declaration(fault_without_text(fault));
        }
        let name = path.replace('_', "-");
        Unfit::Argument(match TypedFault::new(fault) {
            TypedFault::Expected(expected) => format!("`{name}` takes {expected}."),
            TypedFault::Said(said) => format!("`{name}`: {said}."),
        })
    })
}

impl fmt::Debug for Handler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handler")
    }
}
