//! `grpc.health.v1.Health`: how the process is, which follows from how far its stop has come.
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

use crate::settings::quoted;
use crate::stop::Stop;

/// The name under which go-plugin asks for health; the empty name is that of the whole process.
const NAMES: [&str; 2] = ["plugin", ""];

/// How many may watch at a time. A host has one watcher, if any; each costs a stream that stays.
pub const MOST_WATCHERS: usize = 1024;

/// Says SERVING until the stop is begun, then NOT_SERVING.
#[derive(Debug)]
pub(crate) struct HealthService {
    stop: Stop,
    watchers: Arc<Semaphore>,
}

impl HealthService {
    pub(crate) fn new(stop: Stop) -> Self {
        Self { stop, watchers: Arc::new(Semaphore::new(MOST_WATCHERS)) }
    }

    fn status(&self) -> ServingStatus {
        match self.stop.has_begun() {
            true => ServingStatus::NotServing,
            false => ServingStatus::Serving,
        }
    }

    /// What a watcher is told, up to the end of the process.
    fn statuses(&self, service: &str) -> impl Stream<Item = ServingStatus> + use<> {
        let (begun, drained) = (self.stop.clone(), self.stop.clone());
        let told = match self.status() {
            _ if !NAMES.contains(&service) => {
                Either::Left(stream::iter([ServingStatus::ServiceUnknown]))
            }
            ServingStatus::Serving => {
                let then = async move {
                    begun.begun().await;
                    ServingStatus::NotServing
                };
                Either::Right(stream::iter([ServingStatus::Serving]).chain(stream::once(then)))
            }
            status => Either::Left(stream::iter([status])),
        };
        // An open stream keeps its connection, and that the end of the process: end it in time.
        let end = stream::once(async move { drained.drained().await });
        told.chain(end.filter_map(|()| ready(None)))
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
        Ok(Response::new(response(self.status())))
    }

    async fn list(
        &self,
        _: Request<HealthListRequest>,
    ) -> Result<Response<HealthListResponse>, Status> {
        let status = self.status();
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
