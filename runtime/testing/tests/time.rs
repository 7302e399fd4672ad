//! The time of day under a paused clock, on a plugin that stands here.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hookwright::api::Timestamp;
use hookwright::cluster::OnceJob;
use hookwright_testing::prelude::*;

const HOUR: Duration = Duration::from_secs(60 * 60);

hookwright::plugin! { id: "com.example.time" }

#[tokio::test(start_paused = true)]
async fn the_time_of_day_of_plugins_of_the_server_and_of_jobs_is_that_of_the_paused_clock() {
    let host = TestHost::start();
    let (cx, ran) = (host.context(), Arc::new(AtomicBool::new(false)));
    let jobs = cx.run_once_jobs({
        let ran = Arc::clone(&ran);
        move |_cx, _job: OnceJob| {
            ran.store(true, Ordering::SeqCst);
            std::future::ready(Ok(()))
        }
    });
    tokio::time::sleep(3 * HOUR).await;
    // Either is made when it is three hours later, by servers old and new.
    for server in [host.server(), &FakeServer::new()] {
        let (ada, town) = (server.add_user(user("ada")), server.add_channel(channel("town")));
        server.add_members(&town, [&ada]);
        let made = server.client().create_post(post("hi").by(&ada).in_channel(&town)).await;
        let made = Timestamp::from_millis(made.unwrap().create_at);
        assert!(made > Timestamp::now() - HOUR && made < Timestamp::now() + HOUR, "{made}");
    }

    jobs.schedule("tea", cx.now() + HOUR, &()).await.unwrap();
    tokio::time::sleep(HOUR / 2).await;
    assert!(!ran.load(Ordering::SeqCst), "it is half an hour early");
    tokio::time::sleep(HOUR).await;
    assert!(ran.load(Ordering::SeqCst), "it is half an hour late");
}

#[tokio::test(start_paused = true)]
async fn jobs_that_are_begun_after_hours_have_passed_are_on_time_as_well() {
    let host = TestHost::start();
    tokio::time::sleep(3 * HOUR).await;
    let (cx, ran) = (host.context(), Arc::new(AtomicBool::new(false)));
    let jobs = cx.run_once_jobs({
        let ran = Arc::clone(&ran);
        move |_cx, _job: OnceJob| {
            ran.store(true, Ordering::SeqCst);
            std::future::ready(Ok(()))
        }
    });
    jobs.schedule("tea", cx.now() + HOUR, &()).await.unwrap();
    tokio::time::sleep(HOUR + HOUR / 2).await;
    assert!(ran.load(Ordering::SeqCst));
}
