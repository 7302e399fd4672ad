//! IPv6 addresses: which ones a client may have, and how they are stored.

use std::net::Ipv6Addr;

/// Why a text is no client's address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the address {text:?} {fault}: expected an IPv6 address of one host, such as fd00::7")]
pub struct BadAddress {
    text: String,
    fault: &'static str,
}

/// Takes an address.
///
/// # Errors
///
/// The text is no IPv6 address, or not one that a single other host can have.
pub fn parse(text: &str) -> Result<Ipv6Addr, BadAddress> {
    let bad = |fault| BadAddress { text: text.chars().take(80).collect(), fault };
    let address: Ipv6Addr = text.parse().map_err(|_| bad("is no IPv6 address"))?;
    match address {
        Ipv6Addr::UNSPECIFIED => Err(bad("is nobody's")),
        Ipv6Addr::LOCALHOST => Err(bad("is that of every host")),
        _ if address.is_multicast() => Err(bad("is that of a group")),
        _ if address.to_ipv4_mapped().is_some() => Err(bad("is one of IPv4")),
        _ => Ok(address),
    }
}

/// All eight groups with all their digits, so that the order of texts is that of addresses.
pub(crate) fn stored(address: Ipv6Addr) -> String {
    address.segments().map(|group| format!("{group:04x}")).join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_of_a_single_host() {
        for good in ["fd00::1", "2001:db8::", "FE80::1", "fd00:0:0:0:0:0:0:1"] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "10.0.0.1",
            "::ffff:10.0.0.1",
            "::",
            "::1",
            "ff02::1",
            "fd00::1/64",
            "fd00::1%eth0",
            "x",
        ] {
            let fault = parse(bad).unwrap_err().to_string();
            assert!(fault.contains(&format!("{bad:?}")), "{fault}");
        }
    }

    #[test]
    fn stored_addresses_are_in_the_order_of_addresses_and_read_back() {
        let addresses = ["fd00::9", "fd00::10", "fd00::1:0", "fd01::"].map(|a| parse(a).unwrap());
        assert!(addresses.is_sorted() && addresses.map(stored).is_sorted());
        assert_eq!(stored(addresses[0]), "fd00:0000:0000:0000:0000:0000:0000:0009");
        assert_eq!(stored(addresses[0]).parse(), Ok(addresses[0]));
    }
}
