"""The checks of `doctor` for those who stream from a phone and hear nothing: network, VPN, firewall.

Packets that a firewall drops leave no trace, so what can be known is told (is it on, by which road does the network go)
with the exact command that lets phones in on this system.
"""

import ipaddress
import platform
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from drivers._sockets import own_address
from runtime.checks.finding import Check

PORTS: Final = {
    9000: "Face Cap, VRChat", 11111: "Live Link Face", 11125: "VTube Studio", 11573: "OpenSeeFace", 12345: "MeowFace",
    39539: "VMC", 39540: "VMC", 41235: "Phiz", 49983: "iFacialMocap, Facemotion3D",
}  # fmt: skip
"""Where the drivers listen, unless told otherwise."""
VPN: Final = re.compile(r"(tun|tap|wg|ppp|utun|tailscale|zt|nordlynx|proton|ipsec)[\w-]*", re.IGNORECASE)
"""How the interfaces of tunnels are called."""
ROUTES: Final = Path("/proc/net/route")
UFW: Final = Path("/etc/ufw/ufw.conf")
FIREWALLD: Final = Path("/run/firewalld")
MAC_FIREWALL: Final = "/usr/libexec/ApplicationFirewall/socketfilterfw"
ASK_S: Final = 3.0
NOTHING_COMES: Final = (
    "no packets from the phone? same Wi-Fi, not a guest network; this address and port in its app; --lan here"
)

Ask = Callable[[list[str]], str]


def ports() -> list[Check]:
    """Which of the ports are taken."""
    taken = []
    for port in PORTS:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                taken.append(f"{port} ({PORTS[port]})")
    if taken:
        return [Check("UDP ports", "warn", f"taken by another program: {', '.join(taken)}",
                      "close it (VSeeFace, Warudo, VRChat?) or choose another with --port")]  # fmt: skip
    return [Check("UDP ports", "ok", f"free: {', '.join(map(str, PORTS))}")]


def asked(words: list[str]) -> str:
    """What a program of the system prints; empty when it isn't there or says no."""
    if shutil.which(words[0]) is None:
        return ""
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, timeout=ASK_S, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def network() -> list[Check]:
    """Whether a phone could reach this computer, and at which address."""
    address = own_address()
    if not address or ipaddress.ip_address(address).is_loopback:
        return [
            Check("network", "warn", "none: no phone can reach this computer", "join the Wi-Fi that the phone is in")
        ]
    tunnel = default_interface()
    shared = ipaddress.ip_address(address) in ipaddress.ip_network("100.64.0.0/10")
    if VPN.fullmatch(tunnel) or shared:
        by = tunnel or "by its address"
        return [Check("network", "warn", f"{address}, through a VPN ({by}): it may keep phones out",
                      "leave the VPN, or allow its local network (LAN access, split tunnelling)")]  # fmt: skip
    return [Check("network", "ok", f"{address}; {NOTHING_COMES}")]


def default_interface(routes: Path = ROUTES) -> str:
    """By which interface Linux reaches the internet; empty where that can't be told."""
    try:
        lines = routes.read_text().splitlines()[1:]
    except OSError:
        return ""
    found = [(int(fields[6]), fields[0]) for line in lines if len(fields := line.split()) > 7 and fields[1] == "0" * 8]
    return min(found)[1] if found else ""


def firewall(system: str = platform.system(), ask: Ask = asked) -> list[Check]:
    """Whether one is on, and how to let phones through."""
    name = {"Windows": _windows, "Darwin": _mac}.get(system, _linux)(ask)
    if name:
        return [Check("firewall", "warn", f"{name} is on: phones may be kept out", command(name, own_address()))]
    return [Check("firewall", "ok", "none that this program knows is on")]


def command(name: str, address: str) -> str:
    """The exact command that lets phones of the network of `address` in."""
    ports = sorted(PORTS)
    if name == "Windows Defender Firewall":
        listed = ",".join(map(str, ports))
        return ("as administrator: netsh advfirewall firewall add rule name=CartoonAlive dir=in action=allow "
                f"protocol=UDP localport={listed} profile=private; and make the Wi-Fi a private network")  # fmt: skip
    if name == "the macOS firewall":
        return f"sudo {MAC_FIREWALL} --add '{sys.executable}' --unblockapp '{sys.executable}'"
    if name == "firewalld":
        return f"sudo firewall-cmd {' '.join(f'--add-port={port}/udp' for port in ports)} (for good: --permanent, too)"
    near = ipaddress.ip_network(f"{address}/24", strict=False) if address else "192.168.0.0/16"
    return f"sudo ufw allow proto udp from {near} to any port {','.join(map(str, ports))}"


def _windows(ask: Ask) -> str:
    told = ask(["netsh", "advfirewall", "show", "currentprofile", "state"])
    # In a foreign language, too: the last word of the line is ON, EIN, ACTIVÉ ..., or OFF and its like.
    off = re.search(r"\b(OFF|AUS|DESACTIV\w*|INACTIF|DISATTIV\w*)\b", told, re.IGNORECASE)
    return "" if not told or off else "Windows Defender Firewall"


def _mac(ask: Ask) -> str:
    return "the macOS firewall" if re.search(r"State = [12]", ask([MAC_FIREWALL, "--getglobalstate"])) else ""


def _linux(ask: Ask) -> str:
    try:
        if re.search(r"^ENABLED=yes", UFW.read_text(), re.MULTILINE):
            return "ufw"
    except OSError:
        pass
    if FIREWALLD.is_dir() or ask(["firewall-cmd", "--state"]).strip() == "running":
        return "firewalld"
    return ""
