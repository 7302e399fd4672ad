//! `grpc.health.v1.Health`: how the process is, which follows from whether its plugins are active and
//! how far its stop has come.
//!
//! Nothing is stored, so nothing can be out of date, and no handler is asked.

use std::future::ready;
use std::sync::Arc;

use futures::future::Either;
use futures::stream::{self, BoxStream, Stream, StreamExt as _};
use hookwright_proto::health::health_check_response::ServingStatus;
use hookwright_proto::health::health_server::Health;
use hookwright_proto::health::{
    HealthCheckRequest, HealthCheckResponse, HealthListRequest, HealthListResponse,
};
use tokio::sync::Semaphore;
use tonic::{Request, Response, Status};

use crate::active::Active;
use crate::settings::quoted;
use crate::stop::Stop;

/// The name under which go-plugin asks for health; the empty name is that of the whole process.
const NAMES: [&str; 2] = ["plugin", ""];

/// How many may watch at a time. A host has one watcher, if any; each costs a stream that stays.
pub const MOST_WATCHERS: usize = 1024;

/// Says SERVING from when the plugins are active until the stop is begun; before and after that
/// NOT_SERVING.
#[derive(Debug)]
pub(crate) struct HealthService {
    state: State,
    watchers: Arc<Semaphore>,
}

impl HealthService {
    pub(crate) fn new(stop: Stop, active: Active) -> Self {
        Self { state: State { stop, active }, watchers: Arc::new(Semaphore::new(MOST_WATCHERS)) }
    }

    /// What a watcher is told, up to the end of the process: a stream that stays open keeps its
    /// connection, and that the end.
    fn statuses(&self, service: &str) -> impl Stream<Item = ServingStatus> + use<> {
        let state = self.state.clone();
        if NAMES.contains(&service) {
            let next = async |(state, last): (State, _)| {
                let status = state.after(last).await?;
                Some((status, (state, Some(status))))
            };
            return Either::Left(stream::unfold((state, None), next));
        }
        let end = stream::once(async move { state.stop.drained().await });
        let unknown = stream::iter([ServingStatus::ServiceUnknown]);
        Either::Right(unknown.chain(end.filter_map(|()| ready(None))))
    }
}

/// What the health follows from.
#[derive(Debug, Clone)]
struct State {
    stop: Stop,
    active: Active,
}

impl State {
    fn status(&self) -> ServingStatus {
        match self.active.has_begun() && !self.stop.has_begun() {
            true => ServingStatus::Serving,
            false => ServingStatus::NotServing,
        }
    }

    /// The next status that is another one than the last; none at the end of the process.
    async fn after(&self, last: Option<ServingStatus>) -> Option<ServingStatus> {
        loop {
            let status = self.status();
            if Some(status) != last {
                return Some(status);
            }
            if self.stop.has_begun() {
                self.stop.drained().await;
                return None;
            }
            match self.active.has_begun() {
                true => self.stop.begun().await,
                false => tokio::select! {
                    () = self.active.begun() => {}
                    () = self.stop.begun() => {}
                },
            }
        }
    }
}

#[tonic::async_trait]
impl Health for HealthService {
    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        let service = &request.get_ref().service;
        if !NAMES.contains(&service.as_str()) {
            return Err(Status::not_found(format!(
                "nothing here is called {}: ask for \"plugin\" or the empty name",
                quoted(service)
            )));
        }
        Ok(Response::new(response(self.state.status())))
    }

    async fn list(
        &self,
        _: Request<HealthListRequest>,
    ) -> Result<Response<HealthListResponse>, Status> {
        let status = self.state.status();
        let statuses = NAMES.map(|name| (name.to_owned(), response(status)));
        Ok(Response::new(HealthListResponse { statuses: statuses.into() }))
    }

    type WatchStream = BoxStream<'static, Result<HealthCheckResponse, Status>>;

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let Ok(place) = Arc::clone(&self.watchers).try_acquire_owned() else {
            return Err(Status::resource_exhausted(format!(
                "{MOST_WATCHERS} watch the health of this process, and no more may"
            )));
        };
        let statuses = self.statuses(&request.get_ref().service).map(move |status| {
            let _until_the_stream_is_dropped = &place;
            Ok(response(status))
        });
        Ok(Response::new(statuses.boxed()))
    }
}

fn response(status: ServingStatus) -> HealthCheckResponse {
    HealthCheckResponse { status: status.into() }
}
