//! Stands between the store and PostgreSQL, and loses an answer when it is told to.

use std::sync::{Arc, Mutex};

use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Notify;
use url::Url;

/// What becomes of a statement.
#[derive(Clone, Copy)]
pub(crate) enum Loss {
    /// The server does it, and the connection breaks before it answers.
    Answer,
    /// It never reaches the server, and the connection stays.
    Statement,
}

pub(crate) struct Proxy {
    pub(crate) url: String,
    next: Arc<Mutex<Option<(&'static str, Loss)>>>,
    lost: Arc<Notify>,
    _folder: TempDir,
}

impl Proxy {
    /// In front of the database of this URL.
    pub(crate) fn new(url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = Url::parse(url).unwrap();
        let query = |wanted: &str| {
            let value = server.query_pairs().find(|(key, _)| key == wanted);
            value.map(|(_, value)| value.into_owned()).unwrap()
        };
        let socket = format!("{}/.s.PGSQL.5432", query("host"));
        let listener = UnixListener::bind(folder.path().join(".s.PGSQL.5432")).unwrap();
        let mut url = server.clone();
        let place = folder.path().display().to_string();
        url.query_pairs_mut()
            .clear()
            .append_pair("host", &place)
            .append_pair("user", &query("user"));
        let (next, lost) = (Arc::default(), Arc::default());
        let proxy = Self { url: url.into(), next, lost, _folder: folder };
        let (next, lost) = (Arc::clone(&proxy.next), Arc::clone(&proxy.lost));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = UnixStream::connect(&socket).await.unwrap();
                tokio::spawn(pass(client, server, Arc::clone(&next), Arc::clone(&lost)));
            }
        });
        proxy
    }

    /// Loses the next statement with this in it, or the answer to it.
    pub(crate) fn lose(&self, statement: &'static str, loss: Loss) {
        *self.next.lock().unwrap() = Some((statement, loss));
    }

    /// Waits until it is lost.
    pub(crate) async fn lost(&self) {
        self.lost.notified().await;
    }
}

async fn pass(
    mut client: UnixStream,
    mut server: UnixStream,
    next: Arc<Mutex<Option<(&'static str, Loss)>>>,
    lost: Arc<Notify>,
) {
    let (mut asked, mut answered) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        tokio::select! {
            Ok(length) = client.read(&mut asked) => {
                let bytes = &asked[..length];
                let is_lost = |(statement, _): &mut (&'static str, Loss)| {
                    bytes.windows(statement.len()).any(|window| window == statement.as_bytes())
                };
                let loss = next.lock().unwrap().take_if(is_lost).map(|(_, loss)| loss);
                match loss {
                    _ if length == 0 => return,
                    None => server.write_all(bytes).await.unwrap(),
                    Some(Loss::Answer) => {
                        server.write_all(bytes).await.unwrap();
                        server.read(&mut answered).await.unwrap();
                        lost.notify_one();
                        return;
                    }
                    Some(Loss::Statement) => lost.notify_one(),
                }
            }
            Ok(length) = server.read(&mut answered) => match length {
                0 => return,
                _ if client.write_all(&answered[..length]).await.is_err() => return,
                _ => {}
            },
            else => return,
        }
    }
}
