//! The slash commands that plugins offer.

use hookwright::proto::{
    Command, ListCommandsRequest, ListCommandsResponse, ListPluginCommandsRequest,
    ListPluginCommandsResponse, RegisterCommandRequest, RegisterCommandResponse,
    UnregisterCommandRequest, UnregisterCommandResponse,
};

use super::methods::topic;
use super::refuse::{Refusal, error};
use super::world::World;

topic! {
    ListCommands: list,
    ListPluginCommands: list_of_plugins,
    RegisterCommand: register,
    UnregisterCommand: unregister,
}

fn register(
    world: &mut World,
    request: RegisterCommandRequest,
) -> Result<RegisterCommandResponse, Refusal> {
    let mut command = request.command.unwrap_or_default();
    if command.trigger.is_empty() {
        // To a server this is no error with an id, but a text.
        return Err(error("RegisterCommand", 500, "invalid command", "invalid command"));
    }
    command.trigger = command.trigger.to_lowercase();
    world.remove_command(&command.team_id, &command.trigger);
    world.commands.push(command);
    Ok(RegisterCommandResponse::default())
}

fn unregister(
    world: &mut World,
    request: UnregisterCommandRequest,
) -> Result<UnregisterCommandResponse, Refusal> {
    world.remove_command(&request.team_id, &request.trigger.to_lowercase());
    Ok(UnregisterCommandResponse::default())
}

fn list(world: &mut World, request: ListCommandsRequest) -> Result<ListCommandsResponse, Refusal> {
    Ok(ListCommandsResponse { commands: world.commands_of(&request.team_id), error: None })
}

fn list_of_plugins(
    world: &mut World,
    request: ListPluginCommandsRequest,
) -> Result<ListPluginCommandsResponse, Refusal> {
    Ok(ListPluginCommandsResponse { commands: world.commands_of(&request.team_id), error: None })
}

impl World {
    fn remove_command(&mut self, team_id: &str, trigger: &str) {
        self.commands.retain(|known| known.team_id != team_id || known.trigger != trigger);
    }

    /// Those of a team, and those of all teams.
    fn commands_of(&self, team_id: &str) -> Vec<Command> {
        let fits = |command: &&Command| command.team_id.is_empty() || command.team_id == team_id;
        self.commands.iter().filter(fits).cloned().collect()
    }
}
