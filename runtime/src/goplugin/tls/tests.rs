//! Both sides of the handshake over a pipe, and the certificates as texts.

use rcgen::{
    BasicConstraints, CertificateParams, IsCa, KeyPair, PKCS_ECDSA_P256_SHA256,
    PKCS_ECDSA_P384_SHA384, PKCS_ECDSA_P521_SHA512, PKCS_ED25519, PKCS_RSA_SHA256,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

use super::accept::{Handshakes, MOST, TIMEOUT};
use super::*;

fn mutual(own: &Identity, other: &Identity) -> MutualTls {
    let peer = PeerCertificate::from_pem(&other.pem()).unwrap();
    assert_eq!(PeerCertificate::from_field(&other.field()).as_ref(), Ok(&peer));
    MutualTls::new(own, peer).unwrap()
}

/// Two sides that know each other.
fn pair() -> (MutualTls, MutualTls) {
    let (one, other) = (Identity::generate().unwrap(), Identity::generate().unwrap());
    (mutual(&one, &other), mutual(&other, &one))
}

#[tokio::test]
async fn either_side_may_be_the_one_that_connects() {
    let (one, other) = pair();
    for (client, server) in [(&one, &other), (&other, &one)] {
        let (near, far) = duplex(4096);
        let (near, far) = tokio::join!(client.connect(near), server.accept(far));
        let (mut near, mut far) = (near.unwrap(), far.unwrap());
        assert_eq!(near.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        near.write_all(b"there").await.unwrap();
        far.write_all(b"back").await.unwrap();
        let (mut there, mut back) = ([0; 5], [0; 4]);
        tokio::try_join!(far.read_exact(&mut there), near.read_exact(&mut back)).unwrap();
        assert_eq!((&there, &back), (b"there", b"back"));
    }
}

#[tokio::test]
async fn a_server_that_is_not_the_one_that_was_told_is_refused() {
    let [one, other, third] = [(); 3].map(|()| Identity::generate().unwrap());
    let client = mutual(&one, &other);
    let server = mutual(&third, &one);
    let (near, far) = duplex(4096);
    let (near, far) = tokio::join!(client.connect(near), server.accept(far));
    let error = near.unwrap_err().to_string();
    assert!(error.contains("another certificate than the one that was agreed on"), "{error}");
    assert!(far.is_err());
}

#[tokio::test(start_paused = true)]
async fn who_says_nothing_is_hung_up_on_in_time_and_keeps_nobody_waiting() {
    let (host, plugin) = pair();
    let mut handshakes = Handshakes::new(plugin);
    let begin = |handshakes: &mut Handshakes<DuplexStream>| {
        let (near, far) = duplex(4096);
        handshakes.begin(far);
        near
    };
    let mut silent = begin(&mut handshakes);
    let near = begin(&mut handshakes);
    let begun = tokio::time::Instant::now();
    let (served, _) = tokio::join!(host.connect(near), handshakes.next());
    served.unwrap();
    assert!(begun.elapsed() < TIMEOUT, "nobody had to wait for the silent one");

    let mut byte = [0; 1];
    tokio::select! {
        _ = handshakes.next() => panic!("nobody else has connected"),
        read = silent.read(&mut byte) => assert_eq!(read.unwrap(), 0),
    }
    assert!(begun.elapsed() >= TIMEOUT);
}

#[tokio::test(start_paused = true)]
async fn of_too_many_silent_clients_the_oldest_goes_and_the_right_one_is_served() {
    let (host, plugin) = pair();
    let mut handshakes = Handshakes::new(plugin);
    let begun = tokio::time::Instant::now();
    let mut silent = Vec::new();
    for _ in 0..MOST {
        let (near, far) = duplex(4096);
        handshakes.begin(far);
        silent.push(near);
    }
    let (near, far) = duplex(4096);
    handshakes.begin(far);
    let (served, _) = tokio::join!(host.connect(near), handshakes.next());
    served.unwrap();
    assert_eq!(silent[0].read(&mut [0; 1]).await.unwrap(), 0, "the oldest is gone");
    assert!(begun.elapsed() < TIMEOUT);
}

#[tokio::test]
async fn dropping_the_handshakes_ends_them() {
    let (_, plugin) = pair();
    let mut handshakes = Handshakes::new(plugin);
    let (mut near, far) = duplex(4096);
    handshakes.begin(far);
    drop(handshakes);
    assert_eq!(near.read(&mut [0; 1]).await.unwrap(), 0);
}

/// A certificate of another kind than ours.
fn pem(key: &KeyPair, is_authority: bool) -> String {
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    if is_authority {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    }
    let der = params.self_signed(key).unwrap().der().clone();
    of_der(&der)
}

fn of_der(der: &[u8]) -> String {
    use base64::Engine as _;
    let base64 = base64::prelude::BASE64_STANDARD.encode(der);
    format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n")
}

#[test]
fn certificates_with_all_kinds_of_keys_are_read() {
    for kind in [
        &PKCS_ECDSA_P256_SHA256,
        &PKCS_ECDSA_P384_SHA384,
        &PKCS_ECDSA_P521_SHA512,
        &PKCS_ED25519,
        &PKCS_RSA_SHA256,
    ] {
        let key = KeyPair::generate_for(kind).unwrap();
        for is_authority in [false, true] {
            PeerCertificate::from_pem(&pem(&key, is_authority)).unwrap();
        }
    }
}

#[test]
fn what_is_not_exactly_one_usable_certificate_is_refused() {
    let right = Identity::generate().unwrap().pem();
    let lines: Vec<&str> = right.lines().collect();
    let without = |line: usize| [&lines[..line], &lines[line + 1..]].concat().join("\n");
    for (wrong, fault) in [
        (String::new(), BadCertificate::Text),
        ("1".to_owned(), BadCertificate::Text),
        (lines[1].to_owned(), BadCertificate::Text),
        (right.repeat(2), BadCertificate::Text),
        (right.replace("CERTIFICATE", "PRIVATE KEY"), BadCertificate::Text),
        (format!("a certificate:\n{right}"), BadCertificate::Text),
        (format!("{right}and more"), BadCertificate::Text),
        (right.replace('\n', "|"), BadCertificate::Text),
        (without(0), BadCertificate::Text),
        (without(lines.len() - 1), BadCertificate::Text),
        (right.replace(lines[2], "*"), BadCertificate::Pem),
    ] {
        assert_eq!(PeerCertificate::from_pem(&wrong), Err(fault), "{wrong}");
    }
    for wrong in [without(1), without(2), of_der(b""), of_der(b"text")] {
        let error = PeerCertificate::from_pem(&wrong).unwrap_err();
        assert!(matches!(error, BadCertificate::Der(_)), "{wrong}: {error}");
    }
    assert!(PeerCertificate::from_pem(&format!("\n {right}\n")).is_ok(), "space around it is none");
}

#[test]
fn a_certificate_with_something_after_its_end_or_with_no_point_for_a_key_is_refused() {
    let key = KeyPair::generate().unwrap();
    let der = CertificateParams::new(["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let longer = of_der(&[der.der().as_ref(), b"\0"].concat());
    assert!(matches!(PeerCertificate::from_pem(&longer), Err(BadCertificate::Der(_))));

    let point = key.public_key_raw();
    let start = der.der().windows(point.len()).position(|window| window == point).unwrap();
    let mut off_the_curve = der.der().to_vec();
    off_the_curve[start + point.len() - 1] ^= 1;
    assert_eq!(PeerCertificate::from_pem(&of_der(&off_the_curve)), Err(BadCertificate::Key));
}

#[test]
fn debug_shows_no_key() {
    let identity = Identity::generate().unwrap();
    let shown = format!("{identity:?} {:?}", mutual(&identity, &identity));
    assert_eq!(
        shown,
        format!("Identity {{ certificate: {:?}, .. }} MutualTls {{ .. }}", identity.field())
    );
}

proptest::proptest! {
    #[test]
    fn no_text_makes_reading_panic(text in "\\PC*", body in "[A-Za-z0-9+/\n=]{0,200}") {
        let pem = format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----");
        let _ = (PeerCertificate::from_pem(&text), PeerCertificate::from_pem(&pem));
        let _ = (PeerCertificate::from_field(&text), PeerCertificate::from_field(&body));
    }
}
