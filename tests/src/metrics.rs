//! What a plugin process says of itself on its page of metrics.

use hookwright_proto::mattermost::{
    HttpHeader, ServeHttpRequest, ServeHttpRequestInit, ServeHttpResponse,
};
use tokio_stream::StreamExt as _;

use crate::{PATIENCE, Plugin};

impl Plugin {
    /// The page, as it is now.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub async fn metrics(&self) -> String {
        let init = ServeHttpRequestInit {
            method: "GET".to_owned(),
            url: "/metrics".to_owned(),
            headers: vec![HttpHeader {
                key: "Mattermost-User-Id".to_owned(),
                values: vec!["user1".to_owned()],
            }],
            ..ServeHttpRequestInit::default()
        };
        let request =
            ServeHttpRequest { init: Some(init), body_complete: true, ..Default::default() };
        let response = self.hooks().await.serve_http(tokio_stream::once(request)).await;
        let mut messages = response.expect("it answers").into_inner();
        let mut page = Vec::new();
        while let Some(message) = messages.next().await {
            let ServeHttpResponse { init, body_chunk, .. } = message.expect("the whole page");
            assert!(init.is_none_or(|init| init.status_code == 200), "no page of metrics");
            page.extend_from_slice(&body_chunk);
        }
        String::from_utf8(page).expect("text")
    }

    /// The sum of all lines of the page that begin with a name and hold these labels.
    pub async fn metric(&self, name: &str, labels: &[&str]) -> f64 {
        sum(&self.metrics().await, name, labels)
    }

    /// Waits until a metric is what is expected, by asking again.
    ///
    /// # Panics
    ///
    /// If it never is.
    pub async fn metric_becomes(&self, name: &str, labels: &[&str], expected: f64) {
        let mut last = f64::NAN;
        let reached = tokio::time::timeout(PATIENCE, async {
            while last != expected {
                last = self.metric(name, labels).await;
            }
        });
        let reached = reached.await;
        assert!(reached.is_ok(), "{name} {labels:?} is {last}, not {expected}");
    }
}

fn sum(page: &str, name: &str, labels: &[&str]) -> f64 {
    let of_name = |line: &&str| {
        line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' ']))
            && labels.iter().all(|label| line.contains(label))
    };
    let value = |line: &str| line.rsplit(' ').next().and_then(|value| value.parse::<f64>().ok());
    page.lines().filter(of_name).filter_map(value).sum()
}
