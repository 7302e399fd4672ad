//! A verdict on a file, whose description and content are replaced independently of each other.

use crate::engine::Flow;
use crate::hooks::reply::{RejectionField as _, Reply};
use crate::proto::{AppError, FileInfo, FileWillBeUploadedRequest, FileWillBeUploadedResponse};
use crate::{Error, Rejection, Result, Upload, Verdict};

impl Reply<FileWillBeUploadedRequest> for FileWillBeUploadedResponse {
    type Output = Verdict<Upload>;
    const ANSWER: &'static str = "Verdict<Upload>";
    const UNANSWERED: &'static str = "allowed, unchanged";

    fn check(verdict: &Self::Output) -> Result<()> {
        let content = match verdict {
            Verdict::Replace(upload) => upload.content.as_ref(),
            _ => None,
        };
        match content {
            // To the host it means "unchanged", and the file would be stored as it came.
            Some(content) if content.is_empty() => Err(Error::unimplemented(
                "a file cannot be made empty, the wire has no way to say so: reject it",
            )),
            _ => Ok(()),
        }
    }

    fn fold(&mut self, verdict: Self::Output) -> Flow {
        match verdict {
            Verdict::Allow => Flow::Next,
            Verdict::Replace(upload) => {
                self.modified_file_info = upload.info.or(self.modified_file_info.take());
                if let Some(content) = upload.content {
                    self.modified_content = content;
                }
                Flow::Next
            }
            Verdict::Reject(rejection) => {
                self.refuse(rejection);
                Flow::Stop
            }
        }
    }

    fn carry(&self, request: &mut FileWillBeUploadedRequest) {
        if self.modified_file_info.is_some() {
            request.file_info.clone_from(&self.modified_file_info);
        }
        if !self.modified_content.is_empty() {
            request.file_content.clone_from(&self.modified_content);
            // The host measures what it gets; a handler is to see the same.
            if let Some(info) = &mut request.file_info {
                info.size = i64::try_from(self.modified_content.len()).unwrap_or(i64::MAX);
            }
        }
    }

    fn settle(&mut self, original: impl FnOnce() -> FileWillBeUploadedRequest) {
        if self.modified_file_info.is_none() && self.modified_content.is_empty() {
            return;
        }
        let original = original();
        let is_given = |info: &FileInfo| match &original.file_info {
            None => false,
            // The size was changed by `carry`, and the host measures new content itself.
            Some(given) if !self.modified_content.is_empty() => {
                *given == FileInfo { size: given.size, ..info.clone() }
            }
            Some(given) => given == info,
        };
        if self.modified_file_info.as_ref().is_some_and(is_given) {
            self.modified_file_info = None;
        }
        if self.modified_content == original.file_content {
            self.modified_content.clear();
        }
    }

    fn read(self) -> Result<Self::Output, Box<AppError>> {
        let content = (!self.modified_content.is_empty()).then_some(self.modified_content);
        let info = self.modified_file_info;
        let upload = (info.is_some() || content.is_some()).then_some(Upload { info, content });
        Ok(Verdict::of_reply(self.rejection_reason.read(), upload))
    }

    fn refuse(&mut self, rejection: Rejection) -> bool {
        // The host does not look at a replacement beside a rejection.
        self.modified_file_info = None;
        self.modified_content.clear();
        self.rejection_reason.set(rejection);
        true
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    type Answer = FileWillBeUploadedResponse;

    fn request() -> FileWillBeUploadedRequest {
        let info = FileInfo { name: "a.txt".into(), size: 5, ..FileInfo::default() };
        FileWillBeUploadedRequest {
            file_info: Some(info),
            file_content: Bytes::from_static(b"hello"),
            ..Default::default()
        }
    }

    /// What a handler is given after these answers.
    fn given(reply: &Answer) -> (FileInfo, Bytes) {
        let mut request = request();
        reply.carry(&mut request);
        (request.file_info.unwrap(), request.file_content)
    }

    fn replace(reply: &mut Answer, info: Option<FileInfo>, content: Option<&'static [u8]>) {
        let content = content.map(Bytes::from_static);
        assert_eq!(reply.fold(Verdict::Replace(Upload { info, content })), Flow::Next);
    }

    #[test]
    fn an_info_that_is_returned_as_it_was_given_is_not_sent_back() {
        for contents in [&[][..], &[&b"other content"[..]], &[b"one", b"hello"]] {
            let mut reply = Answer::default();
            for content in contents {
                replace(&mut reply, None, Some(content));
                let (info, now) = given(&reply);
                assert_eq!((info.size, &*now), (content.len() as i64, *content));
                replace(&mut reply, Some(info), None);
            }
            let (info, _) = given(&reply);
            replace(&mut reply, Some(info), None);
            reply.settle(request);
            let last = contents.last().copied().filter(|last| *last != b"hello");
            let content = Bytes::from_static(last.unwrap_or_default());
            assert_eq!(reply, Answer { modified_content: content, ..Answer::default() });
        }
    }

    #[test]
    fn an_info_that_is_changed_is_sent_back() {
        for content in [None, Some(&b"other content"[..])] {
            let mut reply = Answer::default();
            replace(&mut reply, None, content);
            let info = FileInfo { name: "b.txt".into(), ..given(&reply).0 };
            replace(&mut reply, Some(info.clone()), None);
            reply.settle(request);
            assert_eq!(reply.modified_file_info, Some(info));
            assert_eq!(reply.modified_content, content.unwrap_or_default());
        }
    }

    #[test]
    fn the_size_alone_is_a_change_where_the_host_does_not_measure() {
        let mut reply = Answer::default();
        let info = FileInfo { size: 6, ..given(&reply).0 };
        replace(&mut reply, Some(info.clone()), None);
        reply.settle(request);
        assert_eq!(reply.modified_file_info, Some(info));
    }

    #[test]
    fn a_rejection_goes_out_alone() {
        let mut reply = Answer::default();
        replace(&mut reply, Some(FileInfo::default()), Some(b"other"));
        assert_eq!(reply.fold(Verdict::reject("no")), Flow::Stop);
        assert_eq!(reply, Answer { rejection_reason: "no".into(), ..Answer::default() });
    }

    #[test]
    fn a_file_cannot_be_made_empty() {
        let verdict =
            |content| Verdict::Replace(Upload { info: None, content: Some(Bytes::from(content)) });
        assert!(Answer::check(&verdict("")).unwrap_err().to_string().contains("reject it"));
        assert!(Answer::check(&verdict("x")).is_ok());
    }
}
