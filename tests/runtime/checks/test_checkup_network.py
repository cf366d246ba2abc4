"""runtime.checks.checkup_network: nothing comes from the phone; why, and the exact command."""

import importlib
import socket
import sys
from pathlib import Path

import pytest

from runtime.checks import checkup_network
from runtime.checks.checkup_network import PORTS, command, default_interface, firewall, network

NETSH = "Private Profile Settings:\n---\nState                                 {}\nOk.\n"


@pytest.fixture(autouse=True)
def no_firewall_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(checkup_network, "UFW", tmp_path / "ufw.conf")
    monkeypatch.setattr(checkup_network, "FIREWALLD", tmp_path / "firewalld")
    monkeypatch.setattr(checkup_network, "own_address", lambda: "192.168.7.23")
    monkeypatch.setattr(checkup_network, "default_interface", lambda: "wlan0")


def test_the_ports_are_those_of_the_drivers() -> None:
    for name in ("livelink", "ifacialmocap", "vtubestudio", "meowface", "openseeface"):
        module = importlib.import_module(f"drivers.{name}")
        assert module.Options().port in PORTS, name
    assert set(importlib.import_module("drivers.osc").PORTS) <= set(PORTS)
    assert set(importlib.import_module("drivers.protocols.facemotion3d").PORTS) & set(PORTS)


def test_a_taken_port_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        monkeypatch.setattr(checkup_network, "PORTS", {port: "a phone"})
        (check,) = checkup_network.ports()
    assert check.status == "warn"
    assert f"{port} (a phone)" in check.detail
    assert checkup_network.ports()[0].status == "ok"


def test_a_network_that_phones_can_reach() -> None:
    (check,) = network()
    assert (check.status, check.fix) == ("ok", "")
    assert check.detail.startswith("192.168.7.23; no packets from the phone? same Wi-Fi")


@pytest.mark.parametrize("address", ["", "127.0.0.1"])
def test_no_network(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup_network, "own_address", lambda: address)
    (check,) = network()
    assert (check.status, check.fix) == ("warn", "join the Wi-Fi that the phone is in")


@pytest.mark.parametrize(
    ("interface", "address", "warned"),
    [("tun0", "10.8.0.2", True), ("wg-home", "10.0.0.9", True), ("utun4", "10.8.0.2", True), ("", "100.101.3.4", True),
     ("eth0", "10.0.0.9", False), ("wlp2s0", "192.168.1.4", False), ("", "172.16.0.4", False)],
)  # fmt: skip
def test_a_vpn_is_noticed(interface: str, address: str, warned: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup_network, "own_address", lambda: address)
    monkeypatch.setattr(checkup_network, "default_interface", lambda: interface)
    (check,) = network()
    assert ("VPN" in check.detail, "VPN" in check.fix) == (warned, warned)


def test_the_interface_is_that_of_the_cheapest_default_route(tmp_path: Path) -> None:
    head = "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\n"
    (tmp_path / "route").write_text(
        head + "eth0 00000000 0102 0003 0 0 600 0 0 0 0\ntun0 00000000 0 1 0 0 50 0 0 0 0\nwl 0102 0 1 0 0 5 0 0 0 0\n"
    )
    assert default_interface(tmp_path / "route") == "tun0"
    (tmp_path / "route").write_text(head)
    assert default_interface(tmp_path / "route") == ""
    assert default_interface(tmp_path / "none") == ""


@pytest.mark.parametrize(
    ("system", "program", "said", "on"),
    [
        ("Windows", "netsh", NETSH.format("ON"), "Windows Defender Firewall"),
        ("Windows", "netsh", NETSH.format("OFF"), ""),
        ("Windows", "netsh", NETSH.format("EIN"), "Windows Defender Firewall"), ("Windows", "netsh", "", ""),
        ("Darwin", checkup_network.MAC_FIREWALL, "Firewall is enabled. (State = 1)", "the macOS firewall"),
        ("Darwin", checkup_network.MAC_FIREWALL, "Firewall is disabled. (State = 0)", ""),
        ("Linux", "firewall-cmd", "running\n", "firewalld"), ("Linux", "firewall-cmd", "not running\n", ""),
    ],
)  # fmt: skip
def test_a_firewall_that_is_on_comes_with_its_command(system: str, program: str, said: str, on: str) -> None:
    questions: list[str] = []

    def ask(words: list[str]) -> str:
        questions.append(words[0])
        return said

    (check,) = firewall(system, ask)
    assert questions == [program]
    assert check.status == ("warn" if on else "ok")
    assert check.fix == (command(on, "192.168.7.23") if on else "")
    assert check.detail.startswith(on or "none")


def test_ufw_is_known_by_its_file() -> None:
    checkup_network.UFW.write_text("# comment\nENABLED=yes\nLOGLEVEL=low\n")
    (check,) = firewall("Linux", lambda words: "")
    listed = ",".join(map(str, sorted(PORTS)))
    assert check.fix == f"sudo ufw allow proto udp from 192.168.7.0/24 to any port {listed}"
    checkup_network.UFW.write_text("ENABLED=no\n")
    assert firewall("Linux", lambda words: "")[0].status == "ok"


def test_every_command_names_the_ports_or_the_program() -> None:
    assert sys.executable in command("the macOS firewall", "")
    for name in ("Windows Defender Firewall", "firewalld", "ufw"):
        for port in PORTS:
            assert str(port) in command(name, "192.168.7.23"), (name, port)


def test_a_program_that_is_not_there_or_fails_says_nothing() -> None:
    assert checkup_network.asked(["no-such-program-here"]) == ""
    assert checkup_network.asked([sys.executable, "-c", "import sys; print(1); sys.exit(1)"]) == ""
    assert checkup_network.asked([sys.executable, "-c", "print(1)"]) == "1\n"
