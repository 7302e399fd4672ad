use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_more_than_the_bound_are_in_and_everybody_gets_in() {
    let room = Arc::new(Room::new("tests", Bounds { running: 3, waiting: 1000 }));
    let most = Arc::new(AtomicUsize::new(0));
    let tasks = (0..200).map(|_| {
        let (room, most) = (Arc::clone(&room), Arc::clone(&most));
        tokio::spawn(async move {
            for _ in 0..50 {
                if !room.take_free(0) {
                    room.wait(0, None).await.unwrap();
                }
                most.fetch_max(room.running(), Ordering::Relaxed);
                tokio::task::yield_now().await;
                room.leave(0);
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    assert_eq!(most.load(Ordering::Relaxed), 3);
    assert_eq!((room.running(), room.waiting()), (0, 0));
}

#[tokio::test]
async fn who_waits_longest_is_the_first_and_nobody_overtakes() {
    let room = Arc::new(Room::new("tests", Bounds { running: 1, waiting: 100 }));
    let place = room.try_enter().unwrap();
    let order = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = Vec::new();
    for number in 0..20 {
        let (room, order) = (Arc::clone(&room), Arc::clone(&order));
        tasks.push(tokio::spawn(async move {
            room.wait(0, None).await.unwrap();
            order.lock().unwrap().push(number);
            room.leave(0);
        }));
        tokio::task::yield_now().await;
    }
    drop(place);
    // The slot is the first one's already, whom nobody has woken yet.
    assert!(!room.take_free(0));
    room.wait(0, None).await.unwrap();
    assert_eq!(*order.lock().unwrap(), (0..20).collect::<Vec<_>>());
    for task in tasks {
        task.await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_gives_up_waiting_takes_no_slot_along() {
    let room = Arc::new(Room::new("tests", Bounds { running: 1, waiting: 2 }));
    let place = room.try_enter().unwrap();
    let late = Instant::now() + Duration::from_secs(1);
    room.wait(0, Some(late)).await.unwrap_err();
    let waiting = tokio::spawn({
        let room = Arc::clone(&room);
        async move { room.wait(0, None).await }
    });
    tokio::task::yield_now().await;
    assert!(!room.take_free(0), "nobody goes in before those who wait");
    drop(place);
    waiting.await.unwrap().unwrap();
    assert_eq!((room.running(), room.waiting()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn those_who_gave_up_are_no_longer_in_the_queue() {
    let room = Arc::new(Room::new("tests", Bounds { running: 1, waiting: 2 }));
    let place = room.try_enter().unwrap();
    for _ in 0..10 {
        let late = Instant::now() + Duration::from_secs(1);
        room.wait(0, Some(late)).await.unwrap_err();
    }
    assert_eq!(room.floor(0).queue().len(), 0);
    drop(place);
    room.wait(0, None).await.unwrap();
}
