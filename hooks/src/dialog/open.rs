//! A dialog, and opening it.

use super::Element;
use crate::ApiError;
use crate::api::Client;
use crate::proto::{self, OpenDialogRequest};

/// A dialog. See the [module](super).
#[derive(Debug, Clone, PartialEq)]
pub struct Dialog(pub(super) proto::Dialog);

impl Dialog {
    /// A dialog with a title. The callback id comes back with the answer and says which one it is.
    pub fn new(callback_id: impl Into<String>, title: impl Into<String>) -> Self {
        let (callback_id, title) = (callback_id.into(), title.into());
        Self(proto::Dialog { callback_id, title, ..proto::Dialog::default() })
    }

    /// A text above the inputs, in Markdown.
    #[must_use]
    pub fn introduction(mut self, text: impl Into<String>) -> Self {
        self.0.introduction_text = text.into();
        self
    }

    /// Adds an input.
    #[must_use]
    pub fn element(mut self, element: Element) -> Self {
        self.0.elements.push(element.0);
        self
    }

    /// What is on the button that sends it.
    #[must_use]
    pub fn submit_label(mut self, text: impl Into<String>) -> Self {
        self.0.submit_label = text.into();
        self
    }

    /// Whether an answer comes also when it is cancelled.
    #[must_use]
    pub fn notify_on_cancel(mut self) -> Self {
        self.0.notify_on_cancel = true;
        self
    }

    /// A text that comes back with the answer. The user can read it.
    #[must_use]
    pub fn state(mut self, text: impl Into<String>) -> Self {
        self.0.state = text.into();
        self
    }

    /// Opens it for whoever caused the trigger id, which is valid for three seconds. The answer goes
    /// to the URL, for which a path of the plugin, `/plugins/ID/...`, will do. The id is that of the
    /// plugin's `plugin.json`; see the [module](super).
    ///
    /// # Errors
    ///
    /// The trigger id is too old, or the server refuses the dialog, or cannot be reached in time.
    pub async fn open(&self, api: &Client, trigger_id: &str, url: &str) -> Result<(), ApiError> {
        api.open_interactive_dialog(OpenDialogRequest {
            trigger_id: trigger_id.to_owned(),
            url: url.to_owned(),
            dialog: Some(self.0.clone()),
        })
        .await
    }
}
