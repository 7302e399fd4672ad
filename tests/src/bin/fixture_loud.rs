//! A plugin process of another application than Mattermost, with a cookie of its own, whose plugin
//! prints while it is made.

use std::io::Write as _;
use std::process::ExitCode;

use hookwright_runtime::start::{self, Cookie, Launch, Protocol};

struct Loud;

impl Default for Loud {
    fn default() -> Self {
        let _ = writeln!(std::io::stdout(), "printed while the plugin was made");
        Self
    }
}

hookwright::plugin! { id: "com.example.loud", state: Loud }

fn main() -> ExitCode {
    let cookie = Cookie { key: "LOUD_PLUGIN", value: "out loud" };
    start::run(Launch::ByHost(Protocol { cookie, versions: &[1] }), &[])
}
