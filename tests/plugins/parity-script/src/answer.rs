//! Scripted answers as the types that handlers return.

use anyhow::bail;
use hookwright::prelude::*;
use hookwright::{
    CommandResponse, ConfigJson, EmailNotificationContent, FileData, FileInfo, Gate, Post,
    PushNotification, SyncResponse, Upload, Verdict,
};
use prost::Message;

use crate::Answer;

/// What a handler returns.
pub trait Output: Sized {
    /// The answer as this type.
    ///
    /// # Errors
    ///
    /// The type cannot say it.
    fn of(answer: Answer) -> Result<Self>;
}

impl Output for () {
    fn of(answer: Answer) -> Result<Self> {
        match answer {
            Answer::Plain => Ok(()),
            answer => cannot_say(&answer),
        }
    }
}

impl Output for i64 {
    fn of(answer: Answer) -> Result<Self> {
        match answer {
            Answer::Plain => Ok(0),
            Answer::Number(number) => Ok(number),
            answer => cannot_say(&answer),
        }
    }
}

impl Output for bool {
    fn of(answer: Answer) -> Result<Self> {
        match answer {
            Answer::Plain => Ok(true),
            Answer::Flag(flag) => Ok(flag),
            answer => cannot_say(&answer),
        }
    }
}

impl Output for Gate {
    fn of(answer: Answer) -> Result<Self> {
        match answer {
            Answer::Plain => Ok(Verdict::Allow),
            Answer::Reject(reason) => Ok(Verdict::reject(reason)),
            answer => cannot_say(&answer),
        }
    }
}

impl Output for Verdict<Upload> {
    fn of(answer: Answer) -> Result<Self> {
        match answer {
            Answer::Plain => Ok(Verdict::Allow),
            Answer::Upload(info, content) => Ok(Verdict::Replace(Upload {
                info: info.as_deref().map(FileInfo::decode).transpose()?,
                content: content.map(Into::into),
            })),
            Answer::Reject(reason) => Ok(Verdict::reject(reason)),
            answer => cannot_say(&answer),
        }
    }
}

impl Output for Verdict<Post> {
    fn of(answer: Answer) -> Result<Self> {
        match answer {
            Answer::Dismiss => Ok(Verdict::dismiss()),
            answer => verdict(answer),
        }
    }
}

macro_rules! verdicts {
    ($($message:ty),+) => {
        $(impl Output for Verdict<$message> {
            fn of(answer: Answer) -> Result<Self> {
                verdict(answer)
            }
        })+
    };
}

macro_rules! options {
    ($($message:ty),+) => {
        $(impl Output for Option<$message> {
            fn of(answer: Answer) -> Result<Self> {
                match answer {
                    Answer::Plain => Ok(None),
                    Answer::Message(message) => Ok(Some(<$message>::decode(&*message)?)),
                    answer => cannot_say(&answer),
                }
            }
        })+
    };
}

macro_rules! lists {
    ($($message:ty),+) => {
        $(impl Output for Vec<$message> {
            fn of(answer: Answer) -> Result<Self> {
                match answer {
                    Answer::Plain => Ok(Vec::new()),
                    Answer::Messages(items) => {
                        items.iter().map(|item| Ok(<$message>::decode(&**item)?)).collect()
                    }
                    answer => cannot_say(&answer),
                }
            }
        })+
    };
}

verdicts! { ConfigJson, EmailNotificationContent, PushNotification }
options! { CommandResponse, SyncResponse }
lists! { FileData, Post }

fn verdict<T: Message + Default>(answer: Answer) -> Result<Verdict<T>> {
    match answer {
        Answer::Plain => Ok(Verdict::Allow),
        Answer::Message(message) => Ok(Verdict::Replace(T::decode(&*message)?)),
        Answer::Reject(reason) => Ok(Verdict::reject(reason)),
        answer => cannot_say(&answer),
    }
}

fn cannot_say<T>(answer: &Answer) -> Result<T> {
    bail!("the script is wrong: this hook cannot answer {answer:?}")
}
