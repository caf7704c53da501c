"""The mail sink: it keeps every message it accepted, and goes on counting."""

import smtplib
from pathlib import Path

from aiosmtpd.controller import Controller

from dev import mail, ports


def deliver(directory: Path, subject: str) -> None:
    controller = Controller(mail.Keeper(directory), hostname="127.0.0.1", port=ports.free_port())
    controller.start()
    try:
        with smtplib.SMTP("127.0.0.1", controller.port, timeout=5) as client:
            text = f"Subject: {subject}\r\n\r\nbody\r\n"
            client.sendmail("a@probity.example", ["b@example.com"], text)
    finally:
        controller.stop()


def test_messages_are_kept_in_the_order_they_came(tmp_path: Path) -> None:
    deliver(tmp_path / "mail", "one")
    deliver(tmp_path / "mail", "two")  # another server, the same directory
    kept = mail.messages(tmp_path / "mail")
    assert [path.name for path in kept] == ["000001.eml", "000002.eml"]
    assert b"Subject: two" in kept[1].read_bytes()


def test_the_directory_is_private(tmp_path: Path) -> None:
    mail.Keeper(tmp_path / "mail")
    assert (tmp_path / "mail").stat().st_mode & 0o777 == 0o700
