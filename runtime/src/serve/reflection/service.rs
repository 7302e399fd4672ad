//! Answers a stream of questions, one by one as they are asked.

use std::sync::Arc;

use futures::stream::{BoxStream, StreamExt as _, TryStreamExt as _};
use tonic::{Request, Response, Status, Streaming};
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::v1::server_reflection_server::ServerReflection;
use tonic_reflection::pb::v1::{
    ErrorResponse, ExtensionNumberResponse, FileDescriptorResponse, ListServiceResponse,
    ServerReflectionRequest, ServerReflectionResponse, ServiceResponse,
};

use super::descriptors::Descriptors;
use crate::stop::Stop;

/// The service, in its version 1.
#[derive(Debug)]
pub(super) struct Reflection {
    pub(super) descriptors: Arc<Descriptors>,
    pub(super) stop: Stop,
}

#[tonic::async_trait]
impl ServerReflection for Reflection {
    type ServerReflectionInfoStream = BoxStream<'static, Result<ServerReflectionResponse, Status>>;

    async fn server_reflection_info(
        &self,
        request: Request<Streaming<ServerReflectionRequest>>,
    ) -> Result<Response<Self::ServerReflectionInfoStream>, Status> {
        let descriptors = Arc::clone(&self.descriptors);
        let stop = self.stop.clone();
        let responses = request
            .into_inner()
            .map_ok(move |request| respond(&descriptors, request))
            // An open stream keeps its connection, and that the end of the process.
            .take_until(async move { stop.drained().await });
        Ok(Response::new(responses.boxed()))
    }
}

fn respond(
    descriptors: &Descriptors,
    request: ServerReflectionRequest,
) -> ServerReflectionResponse {
    let answer = answer(descriptors, request.message_request.as_ref());
    ServerReflectionResponse {
        valid_host: request.host.clone(),
        original_request: Some(request),
        message_response: Some(answer.unwrap_or_else(|status| {
            MessageResponse::ErrorResponse(ErrorResponse {
                error_code: status.code().into(),
                error_message: status.message().to_owned(),
            })
        })),
    }
}

fn answer(
    descriptors: &Descriptors,
    request: Option<&MessageRequest>,
) -> Result<MessageResponse, Status> {
    let file = match request {
        Some(MessageRequest::FileByFilename(name)) => descriptors.file(name)?,
        Some(MessageRequest::FileContainingSymbol(name)) => descriptors.file_of_symbol(name)?,
        Some(MessageRequest::FileContainingExtension(extension)) => {
            descriptors.file_of_extension(&extension.containing_type, extension.extension_number)?
        }
        Some(MessageRequest::AllExtensionNumbersOfType(name)) => {
            return Ok(MessageResponse::AllExtensionNumbersResponse(ExtensionNumberResponse {
                base_type_name: name.clone(),
                extension_number: descriptors.extension_numbers(name)?,
            }));
        }
        Some(MessageRequest::ListServices(_)) => {
            let named = |name: &&str| ServiceResponse { name: (*name).to_owned() };
            return Ok(MessageResponse::ListServicesResponse(ListServiceResponse {
                service: descriptors.services().iter().map(named).collect(),
            }));
        }
        None => return Err(Status::invalid_argument("the request asks for nothing")),
    };
    Ok(MessageResponse::FileDescriptorResponse(FileDescriptorResponse {
        file_descriptor_proto: vec![file],
    }))
}
