//! The gRPC service `hookwright.fleet.v1.Fleet`.

use std::sync::Arc;

use hookwright::Context;
use hookwright::grpc::Service;
use hookwright_proto::fleet::fleet_server::{self, FleetServer};
use hookwright_proto::fleet::{
    GetRequest, GetResponse, ListRequest, ListResponse, PruneRequest, PruneResponse,
    RegisterRequest, RegisterResponse, RemoveRequest, RemoveResponse,
};
use tonic::{Code, Request, Response, Status};

use crate::Fleet;
use crate::key::PublicKey;
use crate::messages::{self, Invalid};
use crate::name::{What, label};
use crate::running::Running;
use crate::store::{self, Position, StoreError};
use crate::trouble::Trouble;

/// How many clients a page has when nobody says so.
const PAGE: u32 = 100;

/// The most that a page has.
const LARGEST_PAGE: u32 = 1000;

/// The plugin's services.
pub(crate) fn services(cx: &Context) -> Vec<Service> {
    let registry = Registry { cx: cx.clone(), trouble: Trouble::default() };
    vec![Service::new(fleet_server::SERVICE_NAME, FleetServer::new(registry))]
}

/// Serves the registry, if it is switched on.
#[derive(Debug)]
struct Registry {
    cx: Context,
    trouble: Trouble,
}

impl Registry {
    fn running(&self) -> Result<Arc<Running>, Status> {
        self.cx.state::<Fleet>().running().ok_or_else(|| {
            Status::failed_precondition(
                "the fleet is not switched on: start the service with FLEET_ENABLED=on, or by `hookwright fleet serve`",
            )
        })
    }

    /// What is said of the database is for the log: it may name files.
    fn failed(&self, error: &StoreError) -> Status {
        self.trouble.log(error);
        status(error)
    }
}

#[tonic::async_trait]
impl fleet_server::Fleet for Registry {
    async fn register(
        &self,
        request: Request<RegisterRequest>,
    ) -> Result<Response<RegisterResponse>, Status> {
        let running = self.running()?;
        let wanted = messages::registration(request.into_inner()).map_err(invalid)?;
        let registered =
            running.store.register(wanted).await.map_err(|error| self.failed(&error))?;
        Ok(Response::new(messages::registered(registered)))
    }

    async fn get(&self, request: Request<GetRequest>) -> Result<Response<GetResponse>, Status> {
        let running = self.running()?;
        let GetRequest { fleet, public_key } = request.into_inner();
        let (fleet, public_key) = client(&fleet, &public_key).map_err(invalid)?;
        let client =
            running.store.get(&fleet, public_key).await.map_err(|error| self.failed(&error))?;
        Ok(Response::new(GetResponse { client: Some(client.into()) }))
    }

    async fn list(&self, request: Request<ListRequest>) -> Result<Response<ListResponse>, Status> {
        let running = self.running()?;
        let ListRequest { fleet, page_size, page_token } = request.into_inner();
        let fleet = match fleet.as_str() {
            "" => None,
            fleet => Some(label(What::Fleet, fleet).map_err(|fault| invalid(fault.into()))?),
        };
        let behind = match page_token.as_str() {
            "" => None,
            token => Some(Position::of_token(token).ok_or_else(|| {
                Status::invalid_argument(
                    "the page token is none: expected the `next_page_token` of an answer",
                )
            })?),
        };
        let size = if page_size == 0 { PAGE } else { page_size.min(LARGEST_PAGE) };
        let page = running
            .store
            .page(fleet.as_deref(), behind.as_ref(), size)
            .await
            .map_err(|error| self.failed(&error))?;
        Ok(Response::new(ListResponse {
            clients: page.clients.into_iter().map(Into::into).collect(),
            next_page_token: page.next.map(|next| next.token()).unwrap_or_default(),
        }))
    }

    async fn remove(
        &self,
        request: Request<RemoveRequest>,
    ) -> Result<Response<RemoveResponse>, Status> {
        let running = self.running()?;
        let RemoveRequest { fleet, public_key } = request.into_inner();
        let (fleet, public_key) = client(&fleet, &public_key).map_err(invalid)?;
        let client =
            running.store.remove(&fleet, public_key).await.map_err(|error| self.failed(&error))?;
        Ok(Response::new(RemoveResponse { client: Some(client.into()) }))
    }

    async fn prune(
        &self,
        request: Request<PruneRequest>,
    ) -> Result<Response<PruneResponse>, Status> {
        let running = self.running()?;
        let unseen = match (request.into_inner().unseen_for, running.settings.prune_after) {
            (Some(unseen), _) => messages::milliseconds(unseen).ok_or_else(|| {
                Status::invalid_argument(
                    "unseen_for is out of range: expected a time of 1 ms or more, such as 30 days",
                )
            })?,
            (None, Some(unseen)) => i64::try_from(unseen.as_millis()).unwrap_or(i64::MAX),
            (None, None) => {
                return Err(Status::invalid_argument(
                    "unseen_for is missing, and the service has no FLEET_PRUNE_AFTER: expected one of them",
                ));
            }
        };
        let before = store::now().saturating_sub(unseen);
        let removed = running.store.prune(before).await.map_err(|error| self.failed(&error))?;
        let removed = u64::try_from(removed).unwrap_or(u64::MAX);
        Ok(Response::new(PruneResponse { removed }))
    }
}

fn client(fleet: &str, public_key: &str) -> Result<(String, PublicKey), Invalid> {
    Ok((label(What::Fleet, fleet)?, public_key.parse()?))
}

fn invalid(fault: Invalid) -> Status {
    Status::invalid_argument(fault.to_string())
}

fn status(error: &StoreError) -> Status {
    let (code, text) = match error {
        StoreError::AddressTaken(_) | StoreError::OtherFleet(_) => (Code::AlreadyExists, None),
        StoreError::AddressDiffers(_) => (Code::FailedPrecondition, None),
        StoreError::NoClient(_) | StoreError::AddressMissing(_) => (Code::NotFound, None),
        StoreError::Unavailable(_) => (Code::Unavailable, Some("the database cannot be used now")),
        StoreError::Full(_) => (Code::ResourceExhausted, Some("the database has no space left")),
        _ => (Code::Internal, Some("the database failed")),
    };
    Status::new(code, text.map_or_else(|| error.to_string(), str::to_owned))
}
