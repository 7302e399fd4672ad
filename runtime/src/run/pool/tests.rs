use std::sync::Barrier;
use std::time::Duration;

use futures::future::join_all;
use tokio::sync::oneshot;

use super::*;

fn pool(keeps: bool) -> Pool {
    let pool = Pool::new();
    if keeps {
        pool.keep_threads();
    }
    pool
}

async fn run<T: Send + 'static>(
    pool: &Pool,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Lost> {
    pool.run(false, work).await.await
}

#[tokio::test]
async fn all_that_waits_for_each_other_gets_a_thread_of_its_own() {
    for keeps in [false, true] {
        let pool = pool(keeps);
        // Twice, so that the second time finds the threads of the first.
        for _ in 0..2 {
            let all_are_there = Arc::new(Barrier::new(40));
            let waiting = (0..40).map(|number| {
                let all_are_there = Arc::clone(&all_are_there);
                run(&pool, move || {
                    all_are_there.wait();
                    number
                })
            });
            let numbers = join_all(waiting.collect::<Vec<_>>()).await;
            let numbers: Vec<_> = numbers.into_iter().map(Result::unwrap).collect();
            assert_eq!(numbers, (0..40).collect::<Vec<_>>());
        }
    }
}

#[tokio::test]
async fn what_was_expected_to_end_at_once_and_does_not_gets_a_thread_of_its_own_too() {
    let pool = pool(true);
    // Short ones, one thread of which can do them all.
    join_all((0..1000).map(|_| run(&pool, || ())).collect::<Vec<_>>()).await;
    let all_are_there = Arc::new(Barrier::new(40));
    let waiting = (0..40).map(|_| {
        let all_are_there = Arc::clone(&all_are_there);
        run(&pool, move || all_are_there.wait().is_leader())
    });
    let ended = join_all(waiting.collect::<Vec<_>>()).await;
    assert!(ended.iter().all(Result::is_ok));
}

#[tokio::test]
async fn what_panics_is_lost_alone() {
    let pool = pool(true);
    run(&pool, || panic!("on purpose")).await.unwrap_err();
    assert_eq!(run(&pool, || 1).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_left_in_the_queue() {
    let pool = Arc::new(pool(true));
    let tasks = (0..16).map(|task| {
        let pool = Arc::clone(&pool);
        tokio::spawn(async move {
            for number in 0..2000 {
                assert_eq!(run(&pool, move || task * number).await.unwrap(), task * number);
            }
        })
    });
    join_all(tasks).await.into_iter().for_each(Result::unwrap);
}

#[test]
fn a_runtime_ends_although_threads_were_kept() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let pool = pool(true);
    runtime.block_on(async { run(&pool, || ()).await.unwrap() });
    drop(pool);
    // Waits for all threads.
    drop(runtime);
}

#[tokio::test(start_paused = true)]
async fn a_paused_clock_goes_on_when_all_has_ended() {
    let pool = pool(false);
    run(&pool, || ()).await.unwrap();
    tokio::time::sleep(Duration::from_secs(3600)).await;
}

#[tokio::test(start_paused = true)]
async fn a_thread_that_waits_for_another_holds_up_nothing_although_the_clock_stands_still() {
    let pool = Arc::new(pool(false));
    for _ in 0..100 {
        run(&pool, || ()).await.unwrap();
    }
    let (inner, runtime) = (Arc::clone(&pool), Handle::current());
    let outer = move || (0..2).map(|_| runtime.block_on(run(&inner, || 1)).unwrap()).sum::<i32>();
    assert_eq!(run(&pool, outer).await.unwrap(), 2);
}

#[tokio::test]
async fn what_is_under_way_when_the_pool_goes_is_told_of() {
    let pool = pool(true);
    let (go, gone) = std::sync::mpsc::channel();
    let ended = pool.run(false, move || gone.recv()).await;
    drop(pool);
    go.send(1).unwrap();
    assert_eq!(ended.await.unwrap(), Ok(1));
}

#[test]
fn who_comes_when_the_runtime_has_ended_hears_it() {
    let runtime = || tokio::runtime::Builder::new_multi_thread().build().unwrap();
    let first = runtime();
    let pool = pool(true);
    first.block_on(async { run(&pool, || ()).await.unwrap() });
    // The threads that are kept do not hold it up.
    drop(first);
    runtime().block_on(async { run(&pool, || ()).await.unwrap_err() });
}

#[test]
fn who_comes_when_the_runtime_has_ended_is_not_left_to_a_thread_that_hangs() {
    let runtime = || tokio::runtime::Builder::new_multi_thread().build().unwrap();
    let first = runtime();
    let pool = pool(true);
    let (go, gone) = std::sync::mpsc::channel::<()>();
    first.block_on(async {
        join_all((0..100).map(|_| run(&pool, || ())).collect::<Vec<_>>()).await;
        let (begins, begun) = oneshot::channel();
        drop(pool.run(false, move || (begins.send(()), gone.recv().is_err())).await);
        begun.await.unwrap();
    });
    first.shutdown_background();
    runtime().block_on(async { run(&pool, || ()).await.unwrap_err() });
    drop(go);
}
