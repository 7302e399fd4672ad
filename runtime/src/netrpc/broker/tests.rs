use hookwright_netrpc::Session;

use super::*;

/// A broker, and the session of its host.
fn pair() -> (Arc<Broker>, Session) {
    let (near, far) = tokio::io::duplex(64 * 1024);
    let (plugin, incoming) = Session::server(near);
    let (host, _) = Session::client(far);
    let broker = Broker::new(plugin);
    tokio::spawn(Arc::clone(&broker).take(incoming));
    (broker, host)
}

async fn dialed(host: &Session, id: u32) -> Stream {
    let (mut stream, _) = host.open(&id.to_le_bytes()).await.unwrap();
    let mut echo = [0; 4];
    stream.read_exact(&mut echo).await.unwrap();
    assert_eq!(u32::from_le_bytes(echo), id);
    stream
}

#[tokio::test]
async fn an_id_that_is_waited_for_is_taken_until_that_is_given_up() {
    let (broker, host) = pair();
    let mut first = Box::pin(Transport::accept(&*broker, 3));
    assert!(futures::poll!(&mut first).is_pending());
    let taken = Transport::accept(&*broker, 3).await.unwrap_err();
    assert_eq!(taken, BrokerError::Taken { id: 3 });
    // The one who waited is not disturbed, and once it has what it waited for, the next one may.
    let (connection, _stream) = tokio::join!(first, dialed(&host, 3));
    connection.unwrap();

    let mut given_up = Box::pin(broker.accept(3));
    assert!(futures::poll!(&mut given_up).is_pending());
    drop(given_up);
    assert!(broker.meetings().is_empty(), "nothing is kept of it");
    let (again, _stream) = tokio::join!(broker.accept(3), dialed(&host, 3));
    again.unwrap();
    assert!(broker.meetings().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_id_that_the_host_does_not_dial_is_free_again_after_the_time_for_it() {
    let (broker, _host) = pair();
    let late = Transport::accept(&*broker, 3).await.unwrap_err();
    assert_eq!(late, BrokerError::Timeout { id: 3, seconds: MEETING.as_secs() });
    assert!(broker.meetings().is_empty());
}
