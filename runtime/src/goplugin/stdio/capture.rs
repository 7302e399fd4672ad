//! Descriptors 1 and 2 as pipes, and the thread that empties them.
//!
//! It is a thread and no task: handlers that block every thread of the runtime may do so because
//! the pipe that they print to is full.

use std::io::{self, PipeReader, PipeWriter, Read as _, Write as _};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use hookwright_proto::go_plugin::stdio_data::Channel;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::ioctl_fionbio;
use tokio::sync::oneshot;

use super::backlog::{Backlog, LARGEST_PIECE};

/// The most bytes that a pipe holds by Linux's limit, so the most that was in it at some moment.
const PIPE: usize = 1024 * 1024;

/// How long Rust's own buffer is waited for at the end: a handler may hold its lock for ever.
const OWN_BUFFER: Duration = Duration::from_millis(500);

/// Asks the thread to empty the pipes. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Capture {
    asks: Sender<oneshot::Sender<()>>,
    bell: Arc<PipeWriter>,
}

impl Capture {
    /// Moves both descriptors: what is printed from here on goes into the backlog. Programs that
    /// handlers start inherit these pipes and not the host's, which a host waits for to close.
    pub(super) fn begin(backlog: Backlog) -> io::Result<Self> {
        let (stdout, printed) = io::pipe()?;
        let (stderr, complained) = io::pipe()?;
        let (rung, bell) = io::pipe()?;
        for reader in [&stdout, &stderr, &rung] {
            ioctl_fionbio(reader, true)?;
        }
        let (asks, asked) = channel();
        let pipes = [Some((Channel::Stdout, stdout)), Some((Channel::Stderr, stderr))];
        let pump = Pump { pipes, rung, asked, backlog, buffer: vec![0; LARGEST_PIECE] };
        std::thread::Builder::new()
            .name("hookwright-stdio".to_owned())
            .spawn(move || pump.run())?;
        rustix::stdio::dup2_stdout(printed)?;
        rustix::stdio::dup2_stderr(complained)?;
        Ok(Self { asks, bell: Arc::new(bell) })
    }

    /// Waits until what was printed before is in the backlog, also what Rust has not written yet
    /// because its line has not ended.
    pub(super) async fn flush(&self) {
        // Somebody who holds the lock on stdout for ever is not waited for by a thread that matters.
        let flushed = tokio::task::spawn_blocking(|| io::stdout().flush());
        let _ = tokio::time::timeout(OWN_BUFFER, flushed).await;
        if let Some(done) = self.ask() {
            let _ = done.await;
        }
    }

    /// The same where nothing is asynchronous.
    pub(super) fn collect(&self) {
        let _ = io::stdout().flush();
        if let Some(done) = self.ask() {
            let _ = done.blocking_recv();
        }
    }

    fn ask(&self) -> Option<oneshot::Receiver<()>> {
        let (done, wait) = oneshot::channel();
        self.asks.send(done).ok()?;
        (&*self.bell).write_all(&[0]).ok()?;
        Some(wait)
    }
}

/// Reads both pipes as fast as it can, for as long as the process lives.
struct Pump {
    /// Each until it has no writer any more, which takes a plugin that closes its own descriptor.
    pipes: [Option<(Channel, PipeReader)>; 2],
    rung: PipeReader,
    asked: Receiver<oneshot::Sender<()>>,
    backlog: Backlog,
    buffer: Vec<u8>,
}

impl Pump {
    fn run(mut self) {
        while self.wait() {
            let asked: Vec<_> = self.asked.try_iter().collect();
            let most = if asked.is_empty() { 1 } else { PIPE };
            for index in 0..self.pipes.len() {
                self.read(index, most);
            }
            for done in asked {
                let _ = done.send(());
            }
        }
    }

    /// Waits until there is something to do; false when there will never be.
    fn wait(&mut self) -> bool {
        let mut watched: Vec<_> = self
            .pipes
            .iter()
            .flatten()
            .map(|(_, pipe)| PollFd::new(pipe, PollFlags::IN))
            .chain([PollFd::new(&self.rung, PollFlags::IN)])
            .collect();
        loop {
            match poll(&mut watched, None) {
                Err(rustix::io::Errno::INTR) => {}
                ended => break ended.is_ok() && !matches!(self.rung.read(&mut [0; 64]), Ok(0)),
            }
        }
    }

    /// Reads what a pipe has, up to `most` bytes or a little more.
    fn read(&mut self, index: usize, most: usize) {
        let Some(pipe) = self.pipes.get_mut(index) else { return };
        let mut read = 0;
        while let Some((channel, reader)) = pipe
            && read < most
        {
            match reader.read(&mut self.buffer) {
                Ok(0) => *pipe = None,
                Ok(bytes) => {
                    read += bytes;
                    self.backlog.push(*channel, self.buffer.get(..bytes).unwrap_or_default());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return,
            }
        }
    }
}
