use fleet::client::*;
use fleet::hosts::*;
use fleet::store::*;
use std::net::Ipv6Addr;
use std::sync::Arc;
use std::time::Instant;
#[tokio::main]
async fn main() {
    let d = tempfile::tempdir_in("/tmp").unwrap();
    let url: DatabaseUrl = format!("sqlite:{}/x.db", d.path().display()).parse().unwrap();
    let (store, mut ch) = Store::open(&url).await.unwrap();
    tokio::spawn(async move { while ch.recv().await.is_some() {} });
    let n = 100_000u32;
    let t = Instant::now();
    let mut tasks = vec![];
    for w in 0..256u32 {
        let s = Arc::clone(&store);
        tasks.push(tokio::spawn(async move {
            let mut i = w;
            while i < n {
                let mut b = [0u8; 32];
                b[..4].copy_from_slice(&i.wrapping_mul(2654435761).to_be_bytes());
                s.register(Registration {
                    fleet: "lab".into(),
                    address: Some(Ipv6Addr::from(0xfd00 << 112 | u128::from(i))),
                    public_key: b.into(),
                    hostname: Wish::Name(format!("host{i}")),
                })
                .await
                .unwrap();
                i += 256;
            }
        }));
    }
    for x in tasks {
        x.await.unwrap();
    }
    println!(
        "register {:?} {}/s gens {}",
        t.elapsed(),
        n as f64 / t.elapsed().as_secs_f64(),
        store.generation()
    );
    for _ in 0..3 {
        let t = Instant::now();
        let h = store.hosts().await.unwrap();
        println!("hosts read {} {:?}", h.len(), t.elapsed());
    }
    let f = HostsFile::new(&d.path().join("hosts"), "internal", Arc::clone(&store));
    for _ in 0..3 {
        let t = Instant::now();
        f.write(Need::Anew).await.unwrap();
        println!("hosts write {:?}", t.elapsed());
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
    let t = Instant::now();
    let mut k = 0;
    let mut p = None;
    loop {
        let t = Instant::now();
        let g = store.page(None, p.as_ref(), 100).await.unwrap();
        if k % 250 == 0 {
            println!("page {k} {:?}", t.elapsed());
        }
        k += 1;
        p = g.next;
        if p.is_none() {
            break;
        }
    }
    println!("pages {:?}", t.elapsed());
    let t = Instant::now();
    let r = store.prune(now_ms()).await.unwrap();
    println!("prune {r} {:?}", t.elapsed());
}
fn now_ms() -> i64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64
}
