//! Programs that are run to their end: compilers, installers, counters. Each has a process group of
//! its own, which ends with whoever waits for it, so that nothing it has started is left behind.

use std::process::{Output, Stdio};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::Command;

/// Kills a group when this is dropped before the work is done.
#[derive(Debug)]
pub(crate) struct Group(Option<Pid>);

impl Group {
    /// The group of a process that leads one.
    pub(crate) fn of(leader: u32) -> Self {
        Self(i32::try_from(leader).ok().and_then(Pid::from_raw))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // It may have ended by itself in this moment.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

/// Runs a program that has to succeed; what it said on stderr is for whoever reads why it has not.
pub(crate) async fn run(command: &mut Command) -> Result<Output> {
    run_with(command, Vec::new()).await
}

/// The same with this on its stdin.
pub(crate) async fn run_with(command: &mut Command, stdin: Vec<u8>) -> Result<Output> {
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child =
        command.process_group(0).spawn().with_context(|| format!("{name} cannot be run"))?;
    let mut group = child.id().map_or(Group(None), Group::of);
    let input = child.stdin.take();
    let feed = async move {
        if let Some(mut input) = input {
            // Where it has ended already, its own words say more.
            let _ = tokio::io::AsyncWriteExt::write_all(&mut input, &stdin).await;
        }
    };
    let ((), ended) = futures::future::join(feed, child.wait_with_output()).await;
    let ended = ended.with_context(|| format!("{name} cannot be waited for"))?;
    group.0 = None;
    if !ended.status.success() {
        let words = String::from_utf8_lossy(&ended.stderr);
        bail!("{name}: {}: {}", ended.status, words.trim());
    }
    Ok(ended)
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader};
    use std::os::fd::AsRawFd as _;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::retry_on_intr;
    use rustix::process::{PidfdFlags, pidfd_open};

    use super::*;

    #[tokio::test]
    async fn what_a_program_has_started_ends_with_whoever_waits_for_it() {
        let (reader, writer) = std::io::pipe().unwrap();
        let tell = format!("/proc/{}/fd/{}", std::process::id(), writer.as_raw_fd());
        let mut shell = Command::new("sh");
        shell.args(["-c", "sleep 1000 & echo $! >\"$0\"; wait"]).arg(tell);
        let told = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            BufReader::new(reader).read_line(&mut line).map(|_| line)
        });
        let line = tokio::select! {
            ended = run(&mut shell) => panic!("it has ended: {ended:?}"),
            line = told => line.unwrap().unwrap(),
        };
        let sleeper = Pid::from_raw(line.trim().parse().unwrap()).unwrap();
        // Where it has ended already there is nothing to wait for.
        if let Ok(sleeper) = pidfd_open(sleeper, PidfdFlags::empty()) {
            let mut ended = [PollFd::new(&sleeper, PollFlags::IN)];
            let patience = Timespec { tv_sec: 20, tv_nsec: 0 };
            // The end of the shell is a signal, which may come while this waits.
            let ended = retry_on_intr(|| poll(&mut ended, Some(&patience)));
            assert_eq!(ended.unwrap(), 1, "it has survived");
        }
        drop(writer);
    }

    #[tokio::test]
    async fn a_program_that_fails_is_named_with_its_words() {
        let failed = run(Command::new("sh").args(["-c", "echo no such luck >&2; exit 3"])).await;
        let words = failed.unwrap_err().to_string();
        assert!(words.contains("sh: exit status: 3: no such luck"), "{words}");
    }
}
