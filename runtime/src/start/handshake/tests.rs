use proptest::prelude::*;

use super::*;

fn tcp(text: &str) -> Address {
    Address { network: Network::Tcp, text: text.to_owned() }
}

fn fault(line: &str) -> HandshakeFault {
    Handshake::parse(line).unwrap_err().fault
}

#[test]
fn the_line_has_six_fields_and_a_newline() {
    assert_eq!(
        line(Rpc::Grpc, 1, &tcp("127.0.0.1:1234"), None, false),
        "1|1|tcp|127.0.0.1:1234|grpc|\n"
    );
    let unix = Address { network: Network::Unix, text: "/tmp/plugin1".to_owned() };
    assert_eq!(line(Rpc::NetRpc, 1, &unix, None, false), "1|1|unix|/tmp/plugin1|netrpc|\n");
    assert_eq!(line(Rpc::Grpc, 2, &unix, None, false), "1|2|unix|/tmp/plugin1|grpc|\n");
    assert_eq!(line(Rpc::Grpc, 1, &unix, None, true), "1|1|unix|/tmp/plugin1|grpc||true\n");
}

#[test]
fn five_to_any_number_of_fields_are_read() {
    let plain = Handshake {
        version: 1,
        address: tcp("127.0.0.1:1234"),
        certificate: None,
        multiplex: false,
    };
    for end in ["", "\n", "\r\n", "|", "||", "||false", "|short|0", "|||new|fields"] {
        let line = format!("1|1|tcp|127.0.0.1:1234|grpc{end}");
        assert_eq!(Handshake::parse(&line).as_ref(), Ok(&plain), "{line}");
    }
    let base64 = "A+/z".repeat(20);
    let full = Handshake { certificate: Some(base64.clone()), multiplex: true, ..plain };
    for padding in ["", "=", "=="] {
        let line = format!("1|1|tcp|127.0.0.1:1234|grpc|{base64}{padding}|true\n");
        assert_eq!(Handshake::parse(&line).as_ref(), Ok(&full), "{line}");
    }
}

#[test]
fn each_wrong_field_is_named() {
    for line in ["", "Hello, world!", "1|1|tcp", "|||"] {
        let expected =
            if line == "|||" { HandshakeFault::Core } else { HandshakeFault::NotAHandshake };
        assert_eq!(fault(line), expected, "{line}");
    }
    for core in ["2", "x", "", "-1", "1.0"] {
        assert_eq!(fault(&format!("{core}|x|x|x|x")), HandshakeFault::Core);
    }
    for version in ["x", "", "-1", "99999999999"] {
        assert_eq!(fault(&format!("1|{version}|tcp|a:1|grpc")), HandshakeFault::Version);
    }
    assert_eq!(fault("1|1|udp|a:1|grpc"), HandshakeFault::Network);
    for address in ["tcp|", "tcp|localhost", "tcp|a:0", "tcp|/tmp/socket", "unix|"] {
        assert_eq!(fault(&format!("1|1|{address}|grpc")), HandshakeFault::Address);
    }
    let long = "*".repeat(60);
    assert_eq!(fault(&format!("1|1|tcp|a:1|grpc|{long}")), HandshakeFault::Certificate);
    assert_eq!(fault("1|1|tcp|a:1|grpc||maybe"), HandshakeFault::Multiplex);
}

#[test]
fn no_protocol_means_netrpc_which_is_not_supported() {
    for line in ["1|1|tcp|a:1", "1|1|tcp|a:1|"] {
        assert_eq!(
            Handshake::parse(line).unwrap_err().to_string(),
            format!(
                "unsupported plugin protocol netrpc, expected grpc, in the plugin's first line \
                 \"{line}\""
            )
        );
    }
    let expected = HandshakeFault::Protocol("\"http\"".to_owned());
    assert_eq!(fault("1|1|tcp|a:1|http"), expected);
}

#[test]
fn an_error_quotes_the_line_but_not_all_of_a_long_one() {
    let error = Handshake::parse(&"long ".repeat(1000)).unwrap_err().to_string();
    assert!(error.ends_with("long \"...") && error.len() < 300, "{error}");
    let error = Handshake::parse("two\nlines\u{1b}[0m").unwrap_err().to_string();
    assert!(error.ends_with(r#""two\nlines\u{1b}[0m""#), "{error}");
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        version: u32,
        port in 1_u16..,
        path in "/[^|\\p{C}]{0,90}",
        certificate in proptest::option::of("[A-Za-z0-9+/]{51,800}"),
        multiplex: bool,
    ) {
        let (v4, v6) = (format!("127.0.0.1:{port}"), format!("[::1]:{port}"));
        let unix = Address { network: Network::Unix, text: path };
        for address in [tcp(&v4), tcp(&v6), unix] {
            let read = Handshake::parse(&line(Rpc::Grpc, version, &address, certificate.as_deref(), multiplex));
            let certificate = certificate.clone();
            let expected = Handshake { version, address, certificate, multiplex };
            prop_assert_eq!(read, Ok(expected));
        }
    }

    #[test]
    fn no_text_makes_parsing_panic(
        text in "\\PC*",
        fields in "1\\|1\\|(tcp|unix)(\\|(grpc|true|[a-z:0-9]{0,4}|.{50,60})){0,5}",
    ) {
        let _ = (Handshake::parse(&text), Handshake::parse(&fields));
    }
}
