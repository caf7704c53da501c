"""Ports: a clash says which port it is and how to choose another."""

import socket
from collections.abc import Iterator

import pytest

from dev import ports


@pytest.fixture
def taken() -> Iterator[int]:
    number = ports.free_port()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", number))
        listener.listen()
        yield number


def test_a_clash_names_the_port_and_the_way_out(
    monkeypatch: pytest.MonkeyPatch, taken: int
) -> None:
    free = ports.free_port()
    monkeypatch.setenv("PORT", str(taken))
    monkeypatch.setenv("PROBITY_SMTP_PORT", str(free))
    with pytest.raises(SystemExit) as refusal:
        ports.require_free(ports.WEB, ports.SMTP)
    message = str(refusal.value)
    assert f"Port {taken} (web)" in message
    assert "SMTP" not in message
    way_out = message.rsplit("make demo PORT=", 1)[1]
    assert ports.is_free(int(way_out))


def test_every_clash_is_named_at_once(monkeypatch: pytest.MonkeyPatch, taken: int) -> None:
    monkeypatch.setenv("PORT", str(taken))
    monkeypatch.setenv("PROBITY_PG_PORT", str(taken))
    with pytest.raises(SystemExit, match=r"make demo PORT=\d+ PROBITY_PG_PORT=\d+"):
        ports.require_free(ports.WEB, ports.POSTGRES)


def test_free_ports_are_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROBITY_SMTP_PORT", str(ports.free_port()))
    ports.require_free(ports.SMTP)


@pytest.mark.parametrize("text", ["http", "0", "65536", "-1", "80 80"])
def test_what_is_not_a_port_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("PORT", text)
    with pytest.raises(SystemExit, match="is not a port"):
        ports.WEB.number()


def test_servers_stay_below_the_ports_that_clients_get() -> None:
    chosen = [port.default for port in (ports.WEB, ports.POSTGRES, ports.REDIS, ports.SMTP)]
    assert max([*chosen, ports.free_port()]) < ports.CLIENT_PORTS_FROM
