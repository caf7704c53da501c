"""Files for bulk loads: written small, loaded through the command, and what it said."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from django.core.management import CommandError, call_command

from apps.ledger import public as ledger
from apps.platform.ids import new_id

from .books import ACTOR, NOW

HEADER: Final = "reference,effective_at,account,currency,debit_minor,credit_minor"
AT: Final = "2026-03-31T10:00:00Z"


@dataclass(frozen=True)
class Said:
    """What the command printed, and its exit code (2: it refused)."""

    out: str
    code: int


class Loader:
    """Writes files and loads them."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys

    def file(self, content: str | bytes, name: str = "load.csv") -> Path:
        """Write a file."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def lines(self, *lines: str, header: str = HEADER) -> Path:
        """Write a CSV file of these lines below the header."""
        return self.file("\n".join([header, *lines, ""]))

    def run(self, path: Path | None, *options: str) -> Said:
        """Load the file."""
        self._capsys.readouterr()
        words = [str(path)] if path else []
        code = 0
        try:
            call_command("ledger", "import", *words, *options)
        except SystemExit as leaving:
            code = int(str(leaving.code))
        except CommandError as refused:
            return Said(str(refused), refused.returncode)
        return Said(self._capsys.readouterr().out, code)

    def flaws(self, path: Path, *options: str) -> list[tuple[int, str]]:
        """Return (line, code) of each flaw that a check lists."""
        said = self.run(path, "--check", *options)
        listed = [
            line.split(": ")[:2] for line in said.out.splitlines() if line.startswith("line ")
        ]
        assert said.code == (1 if listed else 0), said
        return [(int(line.removeprefix("line ")), code) for line, code in listed]


def open_coded(
    code: str,
    *,
    kind: ledger.AccountKind = "liability",
    currency: str = "EUR",
    floor: int | None = None,
) -> ledger.AccountId:
    """Open an account with that code."""
    account = ledger.NewAccount(
        account_id=ledger.AccountId(new_id()),
        code=code,
        name=code,
        kind=kind,
        currency=currency,
        floor_minor=floor,
    )
    return ledger.open_account(actor=ACTOR, now=NOW, account=account).account_id


def pair(
    reference: str, debit: str, credit: str, minor: int | str = 100, at: str = AT
) -> Sequence[str]:
    """Return the two lines of a transfer."""
    return [f"{reference},{at},{debit},EUR,{minor},", f"{reference},{at},{credit},EUR,,{minor}"]


def booked() -> list[tuple[str, int]]:
    """Return each account's code and what is posted on it."""
    return [(line.code, line.posted_minor) for line in ledger.accounts()]
