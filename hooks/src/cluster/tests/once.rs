use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::json;
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::time::Instant;

use super::*;

const HOUR: Duration = Duration::from_secs(60 * 60);

/// A node that runs the jobs, and what ran on it.
fn runner(store: &Arc<FakeStore>) -> (Context, OnceJobs, UnboundedReceiver<OnceJob>) {
    let (tell, ran) = mpsc::unbounded_channel();
    let cx = node(store);
    let jobs = cx.run_once_jobs(move |_cx, job| {
        let _ = tell.send(job);
        std::future::ready(Ok(()))
    });
    (cx, jobs, ran)
}

#[tokio::test(start_paused = true)]
async fn a_job_runs_at_its_time_and_once_and_is_kept_in_gos_words() {
    let store = FakeStore::new();
    let (_cx, jobs, mut ran) = runner(&store);
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
    let (_first, _, mut ran_first) = runner(&store);
    let (_second, _, mut ran_second) = runner(&store);
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
