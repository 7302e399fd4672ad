//! What a server says of itself.

use hookwright::proto::{
    GetDiagnosticIdRequest, GetDiagnosticIdResponse, GetServerVersionRequest,
    GetServerVersionResponse, GetTelemetryIdRequest, GetTelemetryIdResponse,
    IsEnterpriseReadyRequest, IsEnterpriseReadyResponse,
};

use super::methods::topic;
use super::refuse::Refusal;
use super::world::World;

topic! {
    GetDiagnosticId: diagnostic_id,
    GetServerVersion: version,
    GetTelemetryId: telemetry_id,
    IsEnterpriseReady: is_enterprise_ready,
}

/// One id for both methods: they are two names of one thing.
const TELEMETRY_ID: &str = "telemetry00000000000000001";

fn version(_: &mut World, _: GetServerVersionRequest) -> Result<GetServerVersionResponse, Refusal> {
    Ok(GetServerVersionResponse { version: "10.0.0".to_owned(), error: None })
}

fn diagnostic_id(
    _: &mut World,
    _: GetDiagnosticIdRequest,
) -> Result<GetDiagnosticIdResponse, Refusal> {
    Ok(GetDiagnosticIdResponse { diagnostic_id: TELEMETRY_ID.to_owned(), error: None })
}

fn telemetry_id(
    _: &mut World,
    _: GetTelemetryIdRequest,
) -> Result<GetTelemetryIdResponse, Refusal> {
    Ok(GetTelemetryIdResponse { telemetry_id: TELEMETRY_ID.to_owned(), error: None })
}

fn is_enterprise_ready(
    _: &mut World,
    _: IsEnterpriseReadyRequest,
) -> Result<IsEnterpriseReadyResponse, Refusal> {
    Ok(IsEnterpriseReadyResponse { is_enterprise_ready: false, error: None })
}
