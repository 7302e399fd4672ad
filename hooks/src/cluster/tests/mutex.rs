use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::*;
use crate::ErrorKind;
use crate::api::Client;
use crate::cluster::lease::TTL;
use crate::kv::KvError;

fn mutex(store: &Arc<FakeStore>) -> Mutex {
    Mutex::new(&store.client(), "import").unwrap()
}

/// Locks the mutex, which must not have to expire for that.
async fn lock_soon(store: &Arc<FakeStore>) -> MutexGuard {
    let limit = TTL - Duration::from_secs(5);
    tokio::time::timeout(limit, mutex(store).lock()).await.expect("it is free").unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_locked_mutex_looks_as_a_plugin_in_go_leaves_it_and_is_gone_when_unlocked() {
    let store = FakeStore::new();
    let guard = mutex(&store).lock().await.unwrap();
    assert_eq!(store.get("mutex_import").unwrap(), [1_u8].as_slice());
    guard.unlock().await.unwrap();
    assert_eq!(store.get("mutex_import"), None);
}

#[tokio::test(start_paused = true)]
async fn one_at_a_time_holds_the_mutex_and_all_get_it() {
    let store = FakeStore::new();
    let inside = Arc::new(AtomicU32::new(0));
    let tasks = (0..8).map(|_| {
        let (mutex, inside) = (mutex(&store), Arc::clone(&inside));
        tokio::spawn(async move {
            let guard = mutex.lock().await.unwrap();
            assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "nobody else is inside");
            // Longer than a lock lasts that is not refreshed.
            tokio::time::sleep(TTL * 2).await;
            assert!(!guard.lost().is_cancelled());
            inside.fetch_sub(1, Ordering::SeqCst);
            guard.unlock().await.unwrap();
        })
    });
    for ended in in_time(futures::future::join_all(tasks)).await {
        ended.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_mutex_is_tried_without_waiting() {
    let store = FakeStore::new();
    let guard = mutex(&store).try_lock().await.unwrap().unwrap();
    assert!(mutex(&store).try_lock().await.unwrap().is_none());
    guard.unlock().await.unwrap();
    assert!(mutex(&store).try_lock().await.unwrap().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_guard_that_is_dropped_unlocks() {
    let store = FakeStore::new();
    drop(mutex(&store).lock().await.unwrap());
    lock_soon(&store).await;
}

/// Whoever stops waiting for a lock must not leave it locked, wherever it had got to.
#[tokio::test(start_paused = true)]
async fn a_lock_that_nobody_waits_for_any_more_is_given_back() {
    for polls in 1..6 {
        let store = FakeStore::new();
        let mutex = mutex(&store);
        let mut lock = Box::pin(mutex.lock());
        for _ in 0..polls {
            if futures::poll!(&mut lock).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(lock);
        lock_soon(&store).await.unlock().await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_lock_that_another_node_deleted_is_told_as_lost_and_not_unlocked_again() {
    let store = FakeStore::new();
    let guard = mutex(&store).lock().await.unwrap();
    store.put("mutex_import", "", 0);
    in_time(guard.lost().cancelled()).await;
    store.put("mutex_import", vec![1], 15);
    guard.unlock().await.unwrap();
    assert!(store.get("mutex_import").is_some(), "it is the other node's lock");
}

#[tokio::test(start_paused = true)]
async fn a_lock_is_lost_when_the_server_does_not_answer_and_not_by_one_failure() {
    let store = FakeStore::new();
    let started = Instant::now();
    let guard = mutex(&store).lock().await.unwrap();
    store.fail("KVSetWithOptions", 2);
    tokio::time::sleep(TTL * 2).await;
    assert!(!guard.lost().is_cancelled());
    store.fail("KVSetWithOptions", u32::MAX);
    in_time(guard.lost().cancelled()).await;
    assert!(started.elapsed() <= TTL * 3);
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_mutex_ends_with_the_handlers_time() {
    let store = FakeStore::new();
    let _guard = mutex(&store).lock().await.unwrap();
    let deadline = Instant::now() + Duration::from_secs(5);
    let transport = Arc::clone(&store);
    let mutex = Mutex::new(&Client::new(transport, Some(deadline)), "import").unwrap();
    let error = mutex.lock().await.unwrap_err();
    assert!(matches!(error, KvError::Locked { .. }), "{error}");
    assert_eq!(ErrorKind::of(&error.into()), ErrorKind::Late);
    assert_eq!(Instant::now(), deadline);
}

#[tokio::test]
async fn a_mutex_needs_a_name_that_fits() {
    let client = FakeStore::new().client();
    assert!(matches!(Mutex::new(&client, ""), Err(KvError::Key { .. })));
    assert!(matches!(Mutex::new(&client, &"m".repeat(145)), Err(KvError::Key { .. })));
    assert!(Mutex::new(&client, &"m".repeat(144)).is_ok());
}
