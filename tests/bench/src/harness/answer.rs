//! What a right answer looks like.

use anyhow::{Context as _, Result, bail, ensure};
use bytes::{Buf as _, Bytes};
use hookwright_proto::mattermost::ServeHttpResponse;
use prost::Message as _;

/// So much of a page is looked at, at the least, which is more than its first message; of all of it,
/// the length.
const LOOKED_AT: usize = 128 << 10;
/// What is around a body at the most, beside a frame and a field for each piece.
const AROUND: u64 = 4096;
/// What stands before a message: whether it is compressed, and its length.
const HEAD: usize = 5;

/// A right answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// A message of so many bytes, with what stands before it.
    Message(u64),
    /// A page with a body of so many bytes.
    Page(u64),
    /// A page whose body is this number.
    Number(u64),
}

impl Answer {
    /// How many of its first bytes are looked at.
    pub(crate) fn looked_at(self) -> usize {
        match self {
            Self::Message(_) => 0,
            Self::Page(_) | Self::Number(_) => LOOKED_AT,
        }
    }

    /// Looks at an answer: how long it is, and how it begins.
    pub(crate) fn check(self, bytes: u64, beginning: &Bytes) -> Result<()> {
        match self {
            Self::Message(expected) => between(bytes, expected, expected),
            Self::Page(expected) => {
                let first = messages(beginning).next().context("a page without a head")??;
                succeeded(&first)?;
                // Around each piece of the body are a frame and a field.
                between(bytes, expected, expected + expected / 256 + AROUND)
            }
            Self::Number(expected) => {
                let whole = usize::try_from(bytes).is_ok_and(|bytes| bytes == beginning.len());
                ensure!(whole, "an answer of {bytes} bytes, expected a number");
                let messages = messages(beginning).collect::<Result<Vec<_>>>()?;
                succeeded(messages.first().context("a page without a head")?)?;
                let body: Vec<u8> = messages.into_iter().flat_map(|it| it.body_chunk).collect();
                let body = String::from_utf8_lossy(&body);
                ensure!(body == expected.to_string(), "the page says {body}, expected {expected}");
                Ok(())
            }
        }
    }
}

fn between(bytes: u64, least: u64, most: u64) -> Result<()> {
    match (least..=most).contains(&bytes) {
        true => Ok(()),
        false => bail!("an answer of {bytes} bytes, expected {least} to {most}"),
    }
}

fn succeeded(first: &ServeHttpResponse) -> Result<()> {
    let status = first.init.as_ref().map(|head| head.status_code);
    ensure!(status == Some(200), "a page with status {status:?}, expected 200");
    Ok(())
}

/// The messages at the beginning of a page, as far as they are whole.
fn messages(beginning: &Bytes) -> impl Iterator<Item = Result<ServeHttpResponse>> {
    let mut left = beginning.clone();
    std::iter::from_fn(move || {
        let mut length = left.get(1..HEAD)?;
        let length = usize::try_from(length.try_get_u32().ok()?).ok()?;
        if left.len() < HEAD + length {
            return None;
        }
        let frame = left.split_to(HEAD + length);
        Some(ServeHttpResponse::decode(frame.slice(HEAD..)).context("a page's message"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::work::framed;
    use hookwright_proto::mattermost::ServeHttpResponseInit;

    fn page(status_code: i32, body: &'static str) -> Bytes {
        let init = Some(ServeHttpResponseInit { status_code, headers: Vec::new() });
        let head = ServeHttpResponse { init, ..Default::default() };
        let body_chunk = Bytes::from_static(body.as_bytes());
        let body = ServeHttpResponse { body_chunk, body_complete: true, ..Default::default() };
        [framed(&head), framed(&body)].concat().into()
    }

    fn check(answer: Answer, page: &Bytes) -> Result<()> {
        answer.check(page.len() as u64, page)
    }

    #[test]
    fn a_page_is_right_that_has_the_status_and_the_number() {
        check(Answer::Number(1024), &page(200, "1024")).unwrap();
        check(Answer::Page(4), &page(200, "1024")).unwrap();
    }

    #[test]
    fn a_page_of_another_status_or_number_is_wrong() {
        for (answer, wrong, expected) in [
            (Answer::Number(1024), page(200, "1023"), "says 1023, expected 1024"),
            (Answer::Number(1024), page(200, ""), "says , expected 1024"),
            (Answer::Number(1024), page(404, "1024"), "status Some(404), expected 200"),
            (Answer::Page(4), page(500, "1024"), "status Some(500), expected 200"),
            (Answer::Page(4), Bytes::new(), "without a head"),
            (Answer::Page(9000), page(200, "1024"), "expected 9000 to"),
            (Answer::Message(4), page(200, "1024"), "expected 4 to 4"),
        ] {
            let error = check(answer, &wrong).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
