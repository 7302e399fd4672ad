//! What came of an event, as messages.

use std::time::SystemTime;

use hookwright::events::{Cause, Event, Ran, Triggered};
use hookwright_proto::events;
use hookwright_proto::prost_types::{Duration, Timestamp};

use crate::events::Happened;

pub(super) fn response(triggered: &Triggered) -> events::TriggerResponse {
    events::TriggerResponse {
        event: triggered.event.as_str().to_owned(),
        ran: triggered.ran.iter().map(ran).collect(),
    }
}

pub(super) fn happened(happened: &Happened) -> events::Triggered {
    events::Triggered {
        event: Some(event(happened.event.clone(), happened.time)),
        ran: happened.triggered.ran.iter().map(ran).collect(),
    }
}

fn event(event: Event, time: SystemTime) -> events::Event {
    events::Event { time: Some(Timestamp::from(time)), payload: Some(event.into()) }
}

fn ran(ran: &Ran) -> events::Ran {
    events::Ran {
        plugin: ran.plugin.to_owned(),
        handler: ran.handler.to_owned(),
        // What is too long for the message would be longer than any time limit.
        took: Duration::try_from(ran.took).ok(),
        failure: ran.failure.as_ref().map(|failure| events::Failure {
            cause: cause(failure.cause).into(),
            message: failure.text.clone(),
        }),
    }
}

fn cause(cause: Cause) -> events::FailureCause {
    match cause {
        Cause::Error => events::FailureCause::Error,
        Cause::Panic => events::FailureCause::Panic,
        Cause::TimeLimit => events::FailureCause::TimeLimit,
        Cause::NotRun => events::FailureCause::NotRun,
        Cause::SetAside => events::FailureCause::SetAside,
    }
}
