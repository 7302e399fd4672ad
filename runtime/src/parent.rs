//! Ends the process when its host has gone without a word: nobody else would.
//!
//! A host has gone when this process has another parent than at its start, which every system tells
//! and no shell around the host hides; or, where something stands between the two (a shell that
//! waits for this process), when nobody has the other side of stdout and of stderr any more. One of
//! those alone says nothing: a host may close what it does not read. The kernel's own signal for
//! this (`PR_SET_PDEATHSIG`) comes when the thread ends that started the process, and hosts end
//! threads while they live.

use std::fs::File;
use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::fs::FileTypeExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, getppid};

use crate::start::exit;
use crate::stop::{Stop, exit_now};

/// How often it looks.
const ROUND: Duration = Duration::from_millis(500);
/// How much longer than the calls under way the rest of the end may take.
const LEAVE: Duration = Duration::from_secs(2);

/// Who started this process, and by what it hears from it.
#[derive(Debug)]
pub(crate) struct Host {
    parent: Option<Pid>,
    pipes: Vec<File>,
}

impl Host {
    /// The one that started this process a moment ago, through these descriptors.
    pub(crate) fn of_process(stdout: File, stderr: File) -> Self {
        let pipes = [stdout, stderr].into_iter().filter(is_pipe).collect();
        Self { parent: getppid(), pipes }
    }

    fn has_gone(&self) -> bool {
        getppid() != self.parent || (self.pipes.len() == 2 && self.pipes.iter().all(is_broken))
    }
}

fn is_pipe(file: &File) -> bool {
    let kind = file.metadata().map(|metadata| metadata.file_type());
    kind.is_ok_and(|kind| kind.is_fifo() || kind.is_socket())
}

/// Whether nobody has the other side.
fn is_broken(pipe: &File) -> bool {
    let mut watched = [PollFd::from_borrowed_fd(pipe.as_fd(), PollFlags::empty())];
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    let gone = PollFlags::ERR | PollFlags::HUP;
    poll(&mut watched, Some(&at_once)).is_ok_and(|_| watched[0].revents().intersects(gone))
}

/// The thread that looks; it ends with this. Not a task: handlers may block all threads that run
/// those, and the host may go because of it.
#[derive(Debug)]
pub(crate) struct Watch {
    over: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Watch {
    /// Begins to look, and begins the stop when the host has gone. A process that does not come to
    /// its end, because handlers block all its threads, is ended.
    ///
    /// # Errors
    ///
    /// There is no thread to be had.
    pub(crate) fn start(host: Host, stop: Stop) -> io::Result<Self> {
        let over = Arc::new(AtomicBool::new(false));
        let thread = {
            let over = Arc::clone(&over);
            std::thread::Builder::new().name("hookwright-parent".to_owned()).spawn(move || {
                let is_over = || over.load(Ordering::Relaxed);
                while !is_over() && !host.has_gone() {
                    std::thread::park_timeout(ROUND);
                }
                if is_over() {
                    return;
                }
                stop.begin("the host is gone");
                let until = Instant::now() + stop.bound() + LEAVE;
                while !is_over() {
                    let left = until.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        exit_now(exit::CANNOT_GO_ON);
                    }
                    std::thread::park_timeout(left);
                }
            })?
        };
        Ok(Self { over, thread })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        // Not waited for: it ends at once, unless it writes to a stderr that nobody reads.
        self.thread.thread().unpark();
    }
}
