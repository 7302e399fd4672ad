//! Two plugins of one binary, which share a store and name their jobs alike.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use fixture_alike::{First, HOUR, Seen};
use hookwright::prelude::*;
use hookwright_testing::prelude::*;

hookwright::plugin! { id: "com.example.second", state: Second }

#[derive(Default)]
struct Second(Arc<Seen>);

#[hook(HookName::OnActivate)]
async fn activate(cx: Context) -> Result<()> {
    fixture_alike::begin(&cx, &cx.state::<Second>().0, "second").await
}

/// A host that has activated both, and what each sees.
async fn host_of_both() -> (TestHost, Arc<Seen>, Arc<Seen>) {
    let host = TestHost::start();
    host.activate().await;
    let first = Arc::clone(&host.context_of("com.example.first").state::<First>().0);
    let second = Arc::clone(&host.context_of("com.example.second").state::<Second>().0);
    (host, first, second)
}

#[tokio::test(start_paused = true)]
async fn a_schedule_of_the_same_name_runs_in_each_of_them() {
    let (_host, first, second) = host_of_both().await;
    tokio::time::sleep(HOUR * 3 + HOUR / 2).await;
    for seen in [first, second] {
        assert_eq!(seen.digests.load(Ordering::SeqCst), 4);
    }
}

#[tokio::test(start_paused = true)]
async fn a_once_job_runs_in_the_plugin_that_has_scheduled_it() {
    let (_host, first, second) = host_of_both().await;
    let soon = SystemTime::now() + Duration::from_secs(60);
    for (seen, whose) in [(&first, "first"), (&second, "second")] {
        let jobs = seen.jobs.get().unwrap();
        assert_eq!(jobs.schedule("tea", soon, whose).await, Ok(true));
        assert_eq!(jobs.list().await.unwrap().len(), 1);
    }
    tokio::time::sleep(HOUR).await;
    assert_eq!(*first.once.lock().unwrap(), [r#""first""#]);
    assert_eq!(*second.once.lock().unwrap(), [r#""second""#]);
}

#[tokio::test(start_paused = true)]
async fn each_has_a_bot_of_its_own() {
    let (host, first, second) = host_of_both().await;
    for (seen, name) in [(first, "first"), (second, "second")] {
        assert_eq!(host.server().user(name).unwrap().id, *seen.bot.get().unwrap());
    }
}
