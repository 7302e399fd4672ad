//! `kill -9` at any moment under load: nothing that was acknowledged is lost, and after a restart the
//! hosts file is what the database says.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod fleet;

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use fleet::{Place, all, client, key, lines, lines_of};
use hookwright_proto::fleet::RemoveRequest;
use hookwright_proto::fleet::fleet_client::FleetClient;
use rustix::process::{Pid, Signal, kill_process};
use tonic::transport::Channel;

const ROUNDS: u32 = 100;
const WORKERS: u32 = 16;

/// A client as it may be: by its hostname, or not there.
type State = Option<String>;

/// What each client may be: one state, or two while a request has no answer.
type Model = Arc<Mutex<HashMap<u32, Vec<State>>>>;

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_kills_lose_nothing_that_was_acknowledged() {
    let place = Place::new().await;
    let model = Model::default();
    let numbers = Arc::new(AtomicU32::new(1));
    let mut random = fastrand::Rng::with_seed(7);
    for round in 0..=ROUNDS {
        let (service, mut fleet) = place.start().await;
        let clients = all(&mut fleet).await;
        assert_eq!(place.hosts(), lines_of(&clients), "round {round}: file and database agree");
        assert_no_temporary_files(place.folder.path());
        check(&model, &clients, round);
        if round == ROUNDS {
            assert_eq!(service.shut_down().await.code(), Some(0));
            break;
        }

        let acknowledged = Arc::new(AtomicU32::new(0));
        let killed_at = random.u32(1..400);
        let process = Pid::from_raw(i32::try_from(service.id()).unwrap()).unwrap();
        let over = Arc::new(AtomicBool::new(false));
        let reader = tokio::task::spawn_blocking(watch_file(place.path("hosts"), &over));
        let workers = (0..WORKERS).map(|_| {
            let (fleet, model, numbers) = (fleet.clone(), Arc::clone(&model), Arc::clone(&numbers));
            let acknowledged = Arc::clone(&acknowledged);
            let random = random.fork();
            tokio::spawn(work(fleet, model, numbers, random, move || {
                if acknowledged.fetch_add(1, Ordering::SeqCst) + 1 == killed_at {
                    kill_process(process, Signal::KILL).unwrap();
                }
            }))
        });
        for worker in workers.collect::<Vec<_>>() {
            worker.await.unwrap();
        }
        assert_eq!(service.ended().await.code(), None, "the signal has ended it");
        over.store(true, Ordering::SeqCst);
        assert!(reader.await.unwrap() > 0);
    }
    let count = model.lock().unwrap().len();
    assert!(count > 1000, "{count} clients were registered");
}

/// Registers clients, renames and removes some of them, until the service is gone.
async fn work(
    mut fleet: FleetClient<Channel>,
    model: Model,
    numbers: Arc<AtomicU32>,
    mut random: fastrand::Rng,
    acknowledged: impl Fn(),
) {
    let may_be = |number: u32, states: Vec<State>| {
        model.lock().unwrap().insert(number, states);
    };
    loop {
        let number = numbers.fetch_add(1, Ordering::SeqCst);
        let mut state: State = None;
        for step in 0..=random.usize(0..3) {
            let next = match step {
                2 => None,
                step => Some(format!("host{number}-{step}x")),
            };
            may_be(number, vec![state, next.clone()]);
            let answered = match &next {
                Some(name) => fleet.register(client(number, name)).await.map(|_| ()),
                None => {
                    let request = RemoveRequest { fleet: "lab".into(), public_key: key(number) };
                    fleet.remove(request).await.map(|_| ())
                }
            };
            // Nobody but the kill may end a request.
            let Err(status) = answered else {
                may_be(number, vec![next.clone()]);
                state = next;
                acknowledged();
                continue;
            };
            assert!(std::error::Error::source(&status).is_some(), "of the connection: {status}");
            return;
        }
    }
}

/// Compares what is there with what may be, and takes it for what is.
fn check(model: &Model, clients: &[hookwright_proto::fleet::Client], round: u32) {
    let there: HashMap<&str, &str> = clients
        .iter()
        .map(|client| (client.public_key.as_str(), client.hostname.as_str()))
        .collect();
    let mut model = model.lock().unwrap();
    let mut found = 0;
    for (number, states) in model.iter_mut() {
        let state = there.get(key(*number).as_str()).map(|name| (*name).to_owned());
        found += usize::from(state.is_some());
        assert!(states.contains(&state), "round {round}: {number} is {state:?}, not of {states:?}");
        *states = vec![state];
    }
    assert_eq!(found, clients.len(), "round {round}: nobody else is there");
}

/// Reads the file over and over: it is whole whenever it is read. Returns how often it was.
fn watch_file(path: std::path::PathBuf, over: &Arc<AtomicBool>) -> impl FnOnce() -> u32 + use<> {
    let over = Arc::clone(over);
    move || {
        let mut reads = 0;
        while !over.load(Ordering::SeqCst) || reads == 0 {
            lines(&fs::read_to_string(&path).unwrap());
            reads += 1;
        }
        reads
    }
}

fn assert_no_temporary_files(folder: &Path) {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = names.filter(|name| name.to_string_lossy().ends_with(".tmp")).collect();
    assert!(left.is_empty(), "{left:?}");
}
