"""Which addresses count as one, wherever tries from an address are counted."""

from __future__ import annotations

import ipaddress


def network_of(address: str) -> str:
    """IPv4 as it is; of IPv6 the first 64 bits, since one line has all the addresses behind them."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.ip_network((int(found) >> 64 << 64, 64)))
    return str(found)
