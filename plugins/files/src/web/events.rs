//! The uploads as they come, as server-sent events.

use std::sync::Arc;
use std::time::Duration;

use axum::Error;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::future::{self, FutureExt as _};
use futures::stream::{self, Stream, StreamExt as _};
use hookwright::Context;
use serde::Serialize;
use tokio::sync::broadcast::error::RecvError;

use crate::journal::{Entry, Following, Journal, Place};

/// After this time a browser has to come again, and is asked again whether it may: nobody sees more
/// than a minute of what is not theirs to see any more.
const OPEN: Duration = Duration::from_secs(50);
/// How long a browser waits before it comes again.
const RETRY: Duration = Duration::from_secs(1);

/// Events that a reader was too slow for.
#[derive(Serialize)]
struct Missed {
    missed: u64,
}

/// What is remembered, or what follows the event that the browser saw last, and then each upload as
/// it comes. No task belongs to it: it ends with the response, with its time, or with the process.
pub(super) async fn follow(State(cx): State<Context>, headers: HeaderMap) -> Response {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let following = cx.state::<Journal>().follow(last.and_then(place));
    let events = for_a_while(events(following), cx.cancelled().clone().cancelled_owned());
    // Proxies in between are not to collect what is to be seen at once.
    let headers = [("x-accel-buffering", "no")];
    (headers, Sse::new(events).keep_alive(KeepAlive::new())).into_response()
}

fn events(following: Following) -> impl Stream<Item = Result<Event, Error>> {
    let Following { process, missed: forgotten, first, rest } = following;
    let begin = stream::once(future::ready(Ok(Event::default().retry(RETRY))));
    let forgotten = stream::iter((forgotten > 0).then(|| missed(forgotten)));
    let first = stream::iter(first).map(move |entry| upload(process, &entry));
    let rest = stream::unfold(rest, move |mut rest| async move {
        match rest.recv().await {
            Ok(entry) => Some((upload(process, &entry), rest)),
            Err(RecvError::Lagged(count)) => Some((missed(count), rest)),
            Err(RecvError::Closed) => None,
        }
    });
    begin.chain(forgotten).chain(first).chain(rest)
}

fn for_a_while<S: Stream>(
    events: S,
    cancelled: impl Future<Output = ()> + Send + 'static,
) -> impl Stream<Item = S::Item> {
    events.take_until(future::select(cancelled.boxed(), tokio::time::sleep(OPEN).boxed()))
}

fn upload(process: i64, entry: &Arc<Entry>) -> Result<Event, Error> {
    let id = format!("{process}-{}", entry.number);
    Event::default().event("upload").id(id).json_data(&**entry)
}

fn missed(missed: u64) -> Result<Event, Error> {
    Event::default().event("missed").json_data(Missed { missed })
}

/// The place that an event's id names.
fn place(id: &str) -> Option<Place> {
    let (process, number) = id.trim().split_once('-')?;
    Some(Place { process: process.parse().ok()?, number: number.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::tests::upload;

    /// The first events as they go out, without the one that begins the stream.
    async fn texts(following: Following, count: usize) -> Vec<String> {
        let body = Sse::new(events(following)).into_response().into_body();
        let chunks = body.into_data_stream().skip(1).take(count);
        chunks.map(|chunk| String::from_utf8(chunk.unwrap().to_vec()).unwrap()).collect().await
    }

    #[tokio::test]
    async fn a_reader_that_is_overtaken_is_told_once_how_many_it_missed() {
        let journal = Journal::default();
        let following = journal.follow(None);
        let process = following.process;
        for number in 1..=100 {
            journal.record(upload(&number.to_string()), 10);
        }
        let texts = texts(following, 65).await;
        assert_eq!(texts[0], "event: missed\ndata: {\"missed\":36}\n\n");
        for (text, number) in texts[1..].iter().zip(37..=100) {
            assert!(text.contains(&format!("id: {process}-{number}\n")), "{text}");
        }
    }

    #[tokio::test]
    async fn a_reader_that_comes_back_late_is_told_how_many_are_forgotten() {
        let journal = Journal::default();
        for number in 1..=10 {
            journal.record(upload(&number.to_string()), 3);
        }
        let process = journal.follow(None).process;
        let following = journal.follow(place(&format!("{process}-4")));
        let texts = texts(following, 4).await;
        assert_eq!(texts[0], "event: missed\ndata: {\"missed\":3}\n\n");
        assert!(texts[1].contains(&format!("id: {process}-8\n")), "{}", texts[1]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_of_which_nothing_comes_ends_within_a_minute_all_the_same() {
        let silent = for_a_while(stream::pending::<()>(), future::pending());
        let in_a_minute = tokio::time::timeout(Duration::from_secs(60), silent.count()).await;
        assert_eq!(in_a_minute, Ok(0));
    }

    #[test]
    fn an_id_that_names_no_place_is_none() {
        assert_eq!(place("17-4"), Some(Place { process: 17, number: 4 }));
        for id in ["", "17", "17-", "-4", "a-b", "17-4-1", "17-99999999999999999999"] {
            assert_eq!(place(id), None, "{id}");
        }
    }
}
