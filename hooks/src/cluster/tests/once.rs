use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures::FutureExt as _;
use serde_json::json;
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::time::Instant;

use super::*;
use crate::kv::KvError;

const HOUR: Duration = Duration::from_secs(60 * 60);

type Node = (Context, OnceJobs, UnboundedReceiver<OnceJob>);

/// A node that runs the jobs, and what ran on it.
fn runner(store: &Arc<FakeStore>) -> Node {
    let (tell, ran) = mpsc::unbounded_channel();
    let cx = node(store);
    let jobs = cx.run_once_jobs(move |_cx, job| {
        let _ = tell.send(job);
        std::future::ready(Ok(()))
    });
    (cx, jobs, ran)
}

/// One that runs the jobs that a plugin in Go has scheduled.
fn successor(store: &Arc<FakeStore>) -> Node {
    let (tell, ran) = mpsc::unbounded_channel();
    let cx = node(store);
    let jobs = cx.run_once_jobs_as_in_go(move |_cx, job| {
        let _ = tell.send(job);
        std::future::ready(Ok(()))
    });
    (cx, jobs, ran)
}

#[tokio::test(start_paused = true)]
async fn a_job_runs_at_its_time_and_once_and_is_kept_in_gos_words() {
    let store = FakeStore::new();
    let (_cx, jobs, mut ran) = successor(&store);
    let started = Instant::now();
    assert_eq!(jobs.schedule("tea", SystemTime::now() + HOUR, &7).await, Ok(true));
    assert_eq!(jobs.schedule("tea", SystemTime::now(), &8).await, Ok(false), "there is one");
    let stored: serde_json::Value =
        serde_json::from_slice(&store.get("once_tea").unwrap()).unwrap();
    assert_eq!((&stored["Key"], &stored["Props"]), (&json!("tea"), &json!(7)));
    assert!(stored["RunAt"].as_str().unwrap().ends_with('Z'));
    let job = in_time(ran.recv()).await.unwrap();
    assert_eq!((job.key.as_str(), job.props), ("tea", json!(7)));
    let waited = started.elapsed();
    assert!(waited >= HOUR - Duration::from_secs(60) && waited <= HOUR * 2, "{waited:?}");
    tokio::time::sleep(HOUR).await;
    assert!(ran.is_empty());
    assert_eq!((store.get("once_tea"), store.get("mutex_tea")), (None, None));
}

#[tokio::test(start_paused = true)]
async fn a_job_of_the_past_runs_at_once_and_on_one_of_two_nodes() {
    let store = FakeStore::new();
    store.put("once_tea", r#"{"Key":"tea","RunAt":"2020-01-01T12:00:00+02:00","Props":null}"#, 0);
    store.put("once_other", "not a job", 0);
    let (_first, _, mut ran_first) = successor(&store);
    let (_second, _, mut ran_second) = successor(&store);
    tokio::time::sleep(HOUR).await;
    let ran = [ran_first.try_recv().is_ok(), ran_second.try_recv().is_ok()];
    assert!(ran[0] ^ ran[1], "{ran:?}");
    assert!(ran_first.is_empty() && ran_second.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_job_does_not_run() {
    let store = FakeStore::new();
    let (_cx, jobs, mut ran) = runner(&store);
    jobs.schedule("tea", SystemTime::now() + HOUR, &()).await.unwrap();
    assert_eq!(jobs.list().await.unwrap().len(), 1);
    jobs.cancel("tea").await.unwrap();
    assert_eq!(jobs.list().await, Ok(Vec::new()));
    tokio::time::sleep(HOUR * 2).await;
    assert!(ran.try_recv().is_err());
}

#[tokio::test(start_paused = true)]
async fn a_job_that_the_plugins_end_cut_off_runs_again() {
    let store = FakeStore::new();
    let cx = node(&store);
    let (tell, mut began) = mpsc::unbounded_channel();
    let jobs = cx.run_once_jobs(move |_cx, job| {
        let _ = tell.send(job);
        std::future::pending()
    });
    jobs.schedule("tea", SystemTime::now(), &()).await.unwrap();
    in_time(began.recv()).await.unwrap();
    in_time(cx.plugin().background().end()).await;
    let (_cx, _, mut ran) = runner(&store);
    assert_eq!(in_time(ran.recv()).await.unwrap().key, "tea");
}

#[tokio::test(start_paused = true)]
async fn a_key_that_no_mutex_can_have_is_refused_and_one_that_is_stored_stops_no_other_job() {
    let store = FakeStore::new();
    let long = "k".repeat(145);
    for key in ["", &long] {
        let job = format!(r#"{{"Key":"{key}","RunAt":"2020-01-01T12:00:00Z","Props":null}}"#);
        store.put(&format!("once_{key}"), job, 0);
    }
    let (_cx, jobs, mut ran) = successor(&store);
    let (_own_cx, own_jobs, _) = runner(&store);
    for key in ["", &long] {
        for jobs in [&jobs, &own_jobs] {
            let refused = jobs.schedule(key, SystemTime::now(), &()).await;
            assert!(matches!(refused, Err(KvError::Key { .. })), "{key}: {refused:?}");
        }
    }
    jobs.schedule("tea", SystemTime::now(), &()).await.unwrap();
    assert_eq!(in_time(ran.recv()).await.unwrap().key, "tea");
}

#[tokio::test(start_paused = true)]
async fn a_job_that_cannot_be_deleted_does_not_run_again() {
    let store = FakeStore::new();
    let (_cx, jobs, mut ran) = runner(&store);
    jobs.schedule("tea", SystemTime::now(), &()).await.unwrap();
    store.fail("KVCompareAndDelete", u32::MAX);
    in_time(ran.recv()).await.unwrap();
    tokio::time::sleep(HOUR).await;
    assert!(ran.is_empty());
    assert!(store.get("com.example.scratch:once_tea").is_some());
    store.fail("KVCompareAndDelete", 0);
    tokio::time::sleep(HOUR).await;
    assert!(ran.is_empty());
    assert_eq!(
        store.get("com.example.scratch:once_tea"),
        None,
        "it is deleted when that is possible again"
    );
    assert_eq!(jobs.schedule("tea", SystemTime::now(), &()).await, Ok(true));
    in_time(ran.recv()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn jobs_that_wait_are_not_read_again_whenever_one_is_scheduled() {
    let store = FakeStore::new();
    let (_cx, jobs, mut ran) = runner(&store);
    // It looks through the store once, at its start.
    tokio::time::sleep(Duration::from_secs(1)).await;
    for n in 0..100 {
        jobs.schedule(&format!("tea_{n}"), SystemTime::now() + HOUR, &()).await.unwrap();
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let reads = store.calls.lock().unwrap().iter().filter(|call| call.starts_with("KVGet")).count();
    assert_eq!(reads, 0);
    for _job in 0..100 {
        in_time(ran.recv()).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_job_that_cancels_itself_is_refused_and_those_behind_it_run() {
    let store = FakeStore::new();
    let cx = node(&store);
    let (tell, mut told) = mpsc::unbounded_channel();
    let known = Arc::new(std::sync::OnceLock::<OnceJobs>::new());
    let jobs = Arc::clone(&known);
    let jobs = cx.run_once_jobs(move |_cx, job| {
        let (jobs, tell) = (Arc::clone(&jobs), tell.clone());
        async move { Ok(tell.send(jobs.wait().cancel(&job.key).await)?) }
    });
    known.set(jobs.clone()).unwrap();
    for key in ["tea", "cake"] {
        jobs.schedule(key, SystemTime::now(), &()).await.unwrap();
        let refused = in_time(told.recv()).await.unwrap();
        assert_eq!(
            refused,
            Err(KvError::Running { key: format!("com.example.scratch:once_{key}") })
        );
    }
    tokio::time::sleep(HOUR).await;
    assert!(told.is_empty(), "each runs once");
    assert_eq!(jobs.cancel("tea").await, Ok(()), "it runs no more");
}

#[tokio::test(start_paused = true)]
async fn a_long_job_holds_up_no_other_until_eight_run() {
    let store = FakeStore::new();
    let cx = node(&store);
    let (tell, mut began) = mpsc::unbounded_channel();
    let jobs = cx.run_once_jobs(move |_cx, job| {
        let _ = tell.send(job.key);
        tokio::time::sleep(HOUR).map(Ok)
    });
    let started = Instant::now();
    for n in 0..9 {
        jobs.schedule(&format!("tea_{n}"), SystemTime::now(), &()).await.unwrap();
    }
    for _job in 0..8 {
        in_time(began.recv()).await.unwrap();
    }
    assert!(started.elapsed() < HOUR, "{:?}", started.elapsed());
    assert!(matches!(jobs.cancel("tea_0").await, Err(KvError::Running { .. })));
    in_time(began.recv()).await.unwrap();
    assert!(started.elapsed() >= HOUR, "the ninth waits: {:?}", started.elapsed());
    in_time(cx.plugin().background().end()).await;
    assert!(jobs.list().await.unwrap().len() == 1 && store.get("mutex_tea_8").is_none());
}

#[tokio::test(start_paused = true)]
async fn a_job_schedules_its_own_key_anew_as_often_as_it_likes() {
    let store = FakeStore::new();
    let cx = node(&store);
    let (tell, mut told) = mpsc::unbounded_channel();
    let known = Arc::new(std::sync::OnceLock::<OnceJobs>::new());
    let jobs = Arc::clone(&known);
    let jobs = cx.run_once_jobs(move |_cx, job| {
        let (jobs, tell) = (Arc::clone(&jobs), tell.clone());
        async move {
            let left = job.props.as_u64().unwrap();
            if left > 0 {
                // At the time of the one that runs, which must not be taken for it.
                let anew = jobs.wait().schedule(&job.key, job.run_at(), &(left - 1)).await;
                assert_eq!(anew, Ok(true));
                let twice = jobs.wait().schedule(&job.key, job.run_at(), &7).await;
                assert_eq!(twice, Ok(false), "there is one now");
            }
            Ok(tell.send(left)?)
        }
    });
    known.set(jobs.clone()).unwrap();
    // As Go writes it, and another node.
    let job = r#"{ "Key": "tea", "RunAt": "2020-01-01T12:00:00+02:00", "Props": 3 }"#;
    store.put("com.example.scratch:once_tea", job, 0);
    for left in [3, 2, 1, 0] {
        assert_eq!(in_time(told.recv()).await, Some(left));
    }
    tokio::time::sleep(HOUR).await;
    assert!(told.is_empty());
    assert_eq!(store.get("com.example.scratch:once_tea"), None);
}
