//! What plugins send to where it leaves no trace: to screens, to logs, to other nodes.

use hookwright::proto::{
    KeyValuePair, LogDebugRequest, LogDebugResponse, LogErrorRequest, LogErrorResponse,
    LogInfoRequest, LogInfoResponse, LogWarnRequest, LogWarnResponse, OpenDialogRequest,
    OpenInteractiveDialogRequest, OpenInteractiveDialogResponse, PublishPluginClusterEventRequest,
    PublishPluginClusterEventResponse, PublishUserTypingRequest, PublishUserTypingResponse,
    PublishWebSocketEventRequest, PublishWebSocketEventResponse, SendMailRequest, SendMailResponse,
    SendPushNotificationRequest, SendPushNotificationResponse,
};
use hookwright::{PluginClusterEvent, Post, PushNotification};

use super::methods::topic;
use super::refuse::{Refusal, invalid};
use super::world::World;

/// What was sent, the first first.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// With the one user who sees it.
    pub(super) ephemeral: Vec<(String, Post)>,
    pub(super) dialogs: Vec<OpenDialogRequest>,
    pub(super) events: Vec<PublishWebSocketEventRequest>,
    pub(super) cluster: Vec<PluginClusterEvent>,
    pub(super) mails: Vec<SendMailRequest>,
    pub(super) pushes: Vec<(String, PushNotification)>,
    /// Level, message, fields.
    pub(super) log: Vec<(&'static str, String, Vec<KeyValuePair>)>,
}

topic! {
    LogDebug: log_debug,
    LogError: log_error,
    LogInfo: log_info,
    LogWarn: log_warn,
    OpenInteractiveDialog: open_dialog,
    PublishPluginClusterEvent: publish_cluster_event,
    PublishUserTyping: publish_typing,
    PublishWebSocketEvent: publish_event,
    SendMail: send_mail,
    SendPushNotification: send_push,
}

fn open_dialog(
    world: &mut World,
    request: OpenInteractiveDialogRequest,
) -> Result<OpenInteractiveDialogResponse, Refusal> {
    world.said.dialogs.extend(request.dialog);
    Ok(OpenInteractiveDialogResponse::default())
}

fn publish_event(
    world: &mut World,
    request: PublishWebSocketEventRequest,
) -> Result<PublishWebSocketEventResponse, Refusal> {
    world.said.events.push(request);
    Ok(PublishWebSocketEventResponse::default())
}

fn publish_typing(
    _: &mut World,
    _: PublishUserTypingRequest,
) -> Result<PublishUserTypingResponse, Refusal> {
    Ok(PublishUserTypingResponse::default())
}

fn publish_cluster_event(
    world: &mut World,
    request: PublishPluginClusterEventRequest,
) -> Result<PublishPluginClusterEventResponse, Refusal> {
    world.said.cluster.extend(request.event);
    Ok(PublishPluginClusterEventResponse::default())
}

fn send_mail(world: &mut World, request: SendMailRequest) -> Result<SendMailResponse, Refusal> {
    for (text, missing) in [
        (&request.to, "missing_to"),
        (&request.subject, "missing_subject"),
        (&request.html_body, "missing_htmlbody"),
    ] {
        if text.is_empty() {
            let id = format!("plugin_api.send_mail.{missing}");
            return Err(invalid("SendMail", &id, "A mail has an address, a subject and a text."));
        }
    }
    world.said.mails.push(request);
    Ok(SendMailResponse::default())
}

fn send_push(
    world: &mut World,
    request: SendPushNotificationRequest,
) -> Result<SendPushNotificationResponse, Refusal> {
    world.said.pushes.push((request.user_id, request.notification.unwrap_or_default()));
    Ok(SendPushNotificationResponse::default())
}

macro_rules! log_methods {
    ($($function:ident $level:literal $request:ident $reply:ident;)+) => {
        $(fn $function(world: &mut World, request: $request) -> Result<$reply, Refusal> {
            world.said.log.push(($level, request.msg, request.key_value_pairs));
            Ok($reply::default())
        })+
    };
}

log_methods! {
    log_debug "debug" LogDebugRequest LogDebugResponse;
    log_info "info" LogInfoRequest LogInfoResponse;
    log_warn "warn" LogWarnRequest LogWarnResponse;
    log_error "error" LogErrorRequest LogErrorResponse;
}
