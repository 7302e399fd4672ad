use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::*;
use crate::api::{Client, NoTransport};

const HOUR: Duration = Duration::from_secs(60 * 60);

fn schedule(cx: &Context, name: &'static str, ran: &mpsc::UnboundedSender<&'static str>) {
    let ran = ran.clone();
    cx.schedule("digest", Schedule::every(HOUR), move |_cx| {
        let _ = ran.send(name);
        std::future::ready(Ok(()))
    })
    .unwrap();
}

fn schedule_as_in_go(cx: &Context, ran: &mpsc::UnboundedSender<()>) {
    let ran = ran.clone();
    cx.schedule_as_in_go("digest", Schedule::every(HOUR), move |_cx| {
        let _ = ran.send(());
        std::future::ready(Ok(()))
    })
    .unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_job_runs_at_once_and_then_each_interval_and_on_one_of_two_nodes() {
    let store = FakeStore::new();
    let (tell, mut ran) = mpsc::unbounded_channel();
    let (first, second) = (node(&store), node(&store));
    schedule(&first, "first", &tell);
    schedule(&second, "second", &tell);
    let started = Instant::now();
    for run in 0..5 {
        in_time(ran.recv()).await.unwrap();
        let late = started.elapsed() - HOUR * run;
        assert!(late < Duration::from_secs(10) * (run + 1), "run {run} came {late:?} late");
    }
    assert!(ran.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_job_that_another_node_finished_lately_is_not_run_again_at_once() {
    let store = FakeStore::new();
    let finished = jiff::Timestamp::now() - jiff::SignedDuration::from_mins(20);
    // As Go writes it on a server in India.
    let india = jiff::tz::TimeZone::fixed(
        jiff::tz::offset(5).saturating_add(jiff::Span::new().minutes(30)),
    );
    let local = finished.to_zoned(india).strftime("%Y-%m-%dT%H:%M:%S%.f%:z");
    store.put("cron_digest", format!(r#"{{"LastFinished":"{local}"}}"#), 0);
    let (tell, mut ran) = mpsc::unbounded_channel();
    let cx = node(&store);
    let started = Instant::now();
    schedule_as_in_go(&cx, &tell);
    in_time(ran.recv()).await.unwrap();
    let waited = started.elapsed().as_secs();
    assert!((39 * 60..=40 * 60).contains(&waited), "{waited} s");
}

#[tokio::test(start_paused = true)]
async fn a_finished_job_is_told_in_gos_words() {
    let store = FakeStore::new();
    let (tell, mut ran) = mpsc::unbounded_channel();
    let cx = node(&store);
    schedule_as_in_go(&cx, &tell);
    in_time(ran.recv()).await.unwrap();
    in_time(cx.plugin().background().end()).await;
    let metadata: serde_json::Value =
        serde_json::from_slice(&store.get("cron_digest").unwrap()).unwrap();
    let told: jiff::Timestamp = metadata["LastFinished"].as_str().unwrap().parse().unwrap();
    assert!(told.duration_until(jiff::Timestamp::now()).abs() < jiff::SignedDuration::from_mins(5));
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_plugin_ends_its_jobs_and_frees_their_mutex() {
    let store = FakeStore::new();
    let (tell, mut began) = mpsc::unbounded_channel();
    let cx = node(&store);
    cx.schedule("digest", Schedule::every(HOUR), move |_cx| {
        let _ = tell.send(());
        std::future::pending()
    })
    .unwrap();
    in_time(began.recv()).await.unwrap();
    assert!(store.get("mutex_com.example.scratch:cron_digest").is_some());
    in_time(cx.plugin().background().end()).await;
    assert_eq!(store.get("mutex_com.example.scratch:cron_digest"), None);
    assert_eq!(store.get("com.example.scratch:cron_digest"), None, "it was not finished");
    assert_eq!(in_time(began.recv()).await, None, "the job is gone");
}

#[tokio::test(start_paused = true)]
async fn a_job_that_fails_or_panics_runs_again_when_it_is_due() {
    let store = FakeStore::new();
    let (tell, mut began) = mpsc::unbounded_channel();
    let cx = node(&store);
    let mut run = 0;
    cx.schedule("digest", Schedule::every(HOUR), move |_cx| {
        run += 1;
        let _ = tell.send(run);
        assert_ne!(run, 2, "this run panics");
        std::future::ready(if run == 1 { Err(anyhow::anyhow!("no")) } else { Ok(()) })
    })
    .unwrap();
    for run in 1..=3 {
        assert_eq!(in_time(began.recv()).await, Some(run));
    }
}

#[tokio::test(start_paused = true)]
async fn a_job_is_run_when_the_server_is_back() {
    let store = FakeStore::new();
    store.fail("KVSetWithOptions", 5);
    store.fail("KVGet", 2);
    let (tell, mut ran) = mpsc::unbounded_channel();
    let cx = node(&store);
    schedule(&cx, "only", &tell);
    assert_eq!(in_time(ran.recv()).await, Some("only"));
}

#[tokio::test(start_paused = true)]
async fn work_in_the_background_ends_with_the_plugin_and_begins_again_with_it() {
    let store = FakeStore::new();
    let cx = node(&store);
    let background = cx.plugin().background();
    for _activation in 0..2 {
        background.begin();
        let (tell, mut told) = mpsc::unbounded_channel();
        cx.spawn("work", async move |cx: Context| {
            tell.send(cx.time_left())?;
            std::future::pending().await
        });
        assert_eq!(in_time(told.recv()).await, Some(None), "it has no time limit");
        in_time(background.end()).await;
        assert_eq!(in_time(told.recv()).await, None, "it was dropped");
    }
    let (tell, mut told) = mpsc::unbounded_channel::<()>();
    cx.spawn("late", async move |_cx: Context| Ok(tell.send(())?));
    assert_eq!(in_time(told.recv()).await, None, "nothing begins after the end");
}

#[tokio::test(start_paused = true)]
async fn a_job_that_go_never_ran_is_run_at_once() {
    let store = FakeStore::new();
    store.put("cron_digest", r#"{"LastFinished":"0001-01-01T00:00:00Z"}"#, 0);
    let (tell, mut ran) = mpsc::unbounded_channel();
    let cx = node(&store);
    let started = Instant::now();
    schedule_as_in_go(&cx, &tell);
    in_time(ran.recv()).await.unwrap();
    assert_eq!(Instant::now(), started);
}

#[tokio::test(start_paused = true)]
async fn jobs_end_where_there_is_no_server() {
    let cx = context(Client::new(Arc::new(NoTransport), None));
    let (tell, mut ran) = mpsc::unbounded_channel();
    schedule(&cx, "only", &tell);
    drop(tell);
    assert_eq!(in_time(ran.recv()).await, None);
}
