"""`manage.py import_statement`: what it prints, and how it exits."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from apps.payments.models import StatementFile

from .books import bank_balance
from .factories import Spec, camt, mt940
from .test_bad_input import BAD

ROOT = Path(__file__).parents[2]
KEYS = [
    "file",
    "accepted",
    "format",
    "statements",
    "opening",
    "closing",
    "currency",
    "entries",
    "reason",
]


@pytest.fixture
def write(tmp_path: Path) -> "Write":
    """Return how to make a statement file."""
    return Write(tmp_path)


class Write:
    """Makes files in a folder of the test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, name: str, content: bytes) -> str:
        path = self.folder / name
        path.write_bytes(content)
        return str(path)


def answers(
    capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, list[dict[str, object]]]:
    """Run with --json; return the exit code and the objects."""
    code = 0
    try:
        call_command("import_statement", "--json", *arguments)
    except SystemExit as exit_:
        code = int(exit_.code or 0)
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_check_tells_one_object_a_file(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = write("a.xml", camt(Spec(), Spec().next())), write("b.sta", mt940(Spec(closing=1)))
    code, (first, second) = answers(capsys, "--check", good, bad)
    assert code == 1
    assert list(first) == KEYS
    assert first == {
        "file": good,
        "accepted": True,
        "format": "camt.053.001.08",
        "statements": 2,
        "opening": "100.00|115.50",
        "closing": "115.50|116.50",
        "currency": "EUR",
        "entries": 3,
        "reason": "",
    }
    assert second["accepted"] is False
    assert "difference -115.49 EUR" in str(second["reason"])


def test_check_needs_no_database(write: Write) -> None:
    """A program of its own, pointed at a database that is not there."""
    environment = os.environ | {
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    done = subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", "import_statement", "--check", write("a.xml", camt(Spec()))],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "accepted  a.xml" in done.stdout
    assert "1 accepted, 0 refused" in done.stdout


def test_a_file_that_is_not_there_has_a_row(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, (missing, folder) = answers(capsys, "--check", str(tmp_path / "no"), str(tmp_path))
    assert code == 1
    assert "No such file" in str(missing["reason"])
    assert "Is a directory" in str(folder["reason"])


def test_a_file_of_100_mb_is_not_even_read(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write("large.xml", b"<")
    os.truncate(path, 100 * 1024 * 1024)
    code, (large,) = answers(capsys, path)
    assert (code, large["reason"]) == (
        1,
        "104857600 bytes; a statement file has at most 67108864 (64 MB)",
    )


@pytest.mark.django_db
def test_import_books_and_again_says_that_nothing_changed(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write("a.xml", camt(Spec()))
    code, (first,) = answers(capsys, path)
    assert (code, first["reason"]) == (0, "imported: 1 statement, 2 entries")
    code, (again,) = answers(capsys, path)
    assert (code, again["accepted"]) == (0, True)
    assert again["reason"] == "imported before: nothing changed"
    assert bank_balance() == 11_550


@pytest.mark.django_db
def test_a_file_that_does_not_follow_has_its_reason(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    first = write("a.xml", camt(Spec()))
    later = write("b.xml", camt(Spec(number=2, identification="B", opening=1)))
    code, (_, refused) = answers(capsys, first, later)
    assert (code, refused["accepted"]) == (1, False)
    assert "opening 0.01 is not the closing 115.50" in str(refused["reason"])
    assert bank_balance() == 11_550


@pytest.mark.django_db
@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_imports_nothing_and_says_why(
    name: str, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    content, told = BAD[name]
    code, (answer,) = answers(capsys, write("bad", content))
    assert code == 1
    assert told in str(answer["reason"])
    assert StatementFile.objects.count() == 0


def test_the_table_names_every_file(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command(
            "import_statement",
            "--check",
            write("a.xml", camt(Spec())),
            write("b.sta", mt940(Spec(closing=1))),
        )
    told = capsys.readouterr().out.splitlines()
    assert told[1].split() == ["accepted", "a.xml", "camt.053.001.08", "1", "2", "115.50", "EUR"]
    assert told[2].startswith("REFUSED   b.sta")
    assert told[3].strip().startswith("statement 1, line 1: opening 100.00 + entries 15.50")
    assert told[4] == "1 accepted, 1 refused"


def test_a_large_file_shows_progress_on_a_terminal_alone(
    write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    padding = b"<!--" + b"x" * (1 << 20) + b"-->"
    path = write("large.xml", camt(Spec()).replace(b"</Document>", padding + b"</Document>"))
    call_command("import_statement", "--check", path)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    call_command("import_statement", "--check", path)
    assert "reading large.xml" in capsys.readouterr().err
