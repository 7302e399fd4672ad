//! Offering a command to the users of the server.

use super::command::Command;
use super::help::hint;
use crate::{ApiError, Context, Result, proto};

impl Command {
    /// Offers the command to the users of the server, with what autocompletion shows of it. It is
    /// called once, at activation. Without a server there is nobody to offer it to, and that is no
    /// error.
    ///
    /// # Errors
    ///
    /// The declaration contradicts itself ([`DeclarationError`](super::DeclarationError)), or the
    /// server refuses the command.
    pub async fn register(&self, cx: &Context) -> Result<()> {
        self.check()?;
        match cx.api().register_command(self.message()).await {
            Ok(()) | Err(ApiError::NoTarget { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn message(&self) -> proto::Command {
        proto::Command {
            trigger: self.name.clone(),
            auto_complete: true,
            auto_complete_desc: self.help.clone(),
            auto_complete_hint: hint(self),
            display_name: self.display_name.clone().unwrap_or_else(|| self.name.clone()),
            description: self.help.clone(),
            ..proto::Command::default()
        }
    }
}
