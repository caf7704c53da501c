"""Each house contract is seen to fail: a clean skeleton passes, each planted violation breaks it.

The skeleton is generated below a temporary folder with the contracts of this repository; the houses
and foundations that are not built yet are switched on in it, as they will be.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOUSES = (
    "backoffice",
    "compliance.reporting",
    "compliance.monitoring",
    "compliance.erasure",
    "payments",
    "notifications",
    "consent",
    "accounts",
    "ledger",
    "identity",
)
CONFIG_URLS = "from apps.ledger.api import urls\nfrom apps.platform.observability import X\n"
STATEFUL = ("approvals", "audit", "outbox", "idempotency", "privacy", "flags")
MODULES = (
    "money",
    "ids",
    "clock",
    "actors",
    "db",
    "observability",
    "problems",
    "resilience",
    "crypto",
    "rest",
    "screens",
)
ROOMS = {  # own-house imports, high to low; every one of them is legal
    "errors": "from apps.platform.problems import X\n",
    "events": "from datetime import datetime\nfrom apps.platform.money import X\n",
    "rules": "from . import errors, events\nfrom datetime import datetime\n",
    "models": "from . import rules\nimport django, pgtrigger\nfrom apps.platform.ids import X\n",
    "clients/__init__": "",
    "clients/bank": "import httpx\nfrom apps.platform.resilience import X\n",
    "hooks": "from . import models, rules, events\n",
    "selectors": "from . import models, hooks\nfrom apps.platform.db import X\n",
    "services": "from . import selectors, rules, models\nfrom .clients import bank\n"
    "from apps.platform.audit.public import X\nfrom apps.platform.outbox.public import Y\n",
    "public": "from . import services, selectors, events, errors\n",
    "api/__init__": "",
    "api/serializers": "import rest_framework\n",
    "api/views": "from . import serializers\nfrom .. import services\nfrom apps.platform.rest import X\n",
    "api/urls": "from . import views\n",
    "admin": "from . import models, services\nimport django\nfrom apps.platform.approvals.public import X\n",
    "tasks": "from . import services\nimport celery\nfrom apps.platform.outbox.public import X\n",
    "privacy": "from . import selectors, services\nfrom apps.platform.privacy.public import X\n",
    "management/__init__": "",
    "management/commands/__init__": "",
    "management/commands/verify": "from ... import services\n",
    "apps": "from . import tasks, privacy, admin\n",
    "migrations/__init__": "",
    "migrations/0001_initial": "import django\nfrom .. import models, rules\n"
    "import apps.platform.crypto\nimport apps.platform.audit.models\n",
}
STATEFUL_ROOMS = {
    "models": "import django\nfrom apps.platform.ids import X\n",
    "hooks": "from . import models\n",
    "services": "from . import hooks, models\n",
    "public": "from . import services\n",
    "tasks": "import celery\nfrom . import services\n",
    "apps": "from . import tasks\n",
    "migrations/__init__": "",
    "migrations/0001_initial": "import django\n",
}
CALLS_DOWN = {  # legal traffic through front doors
    "apps/backoffice/services.py": "from apps.ledger.public import X\nfrom apps.compliance.erasure.public import Y\n",
    "apps/compliance/monitoring/tasks.py": "from apps.ledger.public import TransferPosted\n",
    "apps/compliance/reporting/services.py": "from apps.compliance.monitoring.public import X\n",
    "apps/consent/services.py": "from apps.accounts.public import X\n",
    "apps/accounts/services.py": "from apps.ledger.public import X\nfrom apps.identity.public import Y\n",
    "apps/ledger/services.py": "from apps.identity.public import X\n",
    "apps/platform/approvals/services.py": "from apps.platform.audit.public import X\n",
}
L, C, M = "apps/ledger/", "apps/consent/", "apps/compliance/monitoring/"
A, ID, P = "apps/accounts/", "apps/identity/", "apps/payments/"
ALLOWED = [  # each alone, on top of the clean skeleton (which has CALLS_DOWN): must break nothing
    ("down: accounts calls ledger's door", A + "services.py", "from apps.ledger.public import Z"),
    (
        "down: accounts calls identity's door",
        A + "services.py",
        "from apps.identity.public import Z",
    ),
    ("down: consent calls accounts' door", C + "services.py", "from apps.accounts.public import Z"),
    (
        "down: payments calls accounts' door",
        P + "services.py",
        "from apps.accounts.public import Z",
    ),
    ("down: payments calls ledger's door", P + "services.py", "from apps.ledger.public import Z"),
    (
        "an admin shows what screens share",
        L + "admin.py",
        "from apps.platform.screens import X",
    ),
    (
        "a foundation's admin shows what screens share",
        "apps/platform/audit/admin.py",
        "from apps.platform.screens import X",
    ),
    (
        "down, two floors: backoffice calls identity's door",
        "apps/backoffice/services.py",
        "from apps.identity.public import Z",
    ),
    (
        "room authentication in identity",
        ID + "authentication.py",
        "import rest_framework\nfrom . import services",
    ),
]
# (what is planted, file, line added, contract that must break; "(abort)": lint-imports stops with
# "Missing layer" because a required room is not there; "x y": x is made empty, the line goes to y)
PLANTED = [
    (
        "up: ledger calls compliance's door",
        L + "services.py",
        "from apps.compliance.monitoring.public import X",
        "houses",
    ),
    (
        "up: ledger calls accounts' door",
        L + "services.py",
        "from apps.accounts.public import X",
        "houses",
    ),
    (
        "up: ledger calls consent's door",
        L + "services.py",
        "from apps.consent.public import X",
        "houses",
    ),
    (
        "up: identity calls ledger's door",
        ID + "services.py",
        "from apps.ledger.public import X",
        "houses",
    ),
    (
        "up: identity calls accounts' door",
        ID + "services.py",
        "from apps.accounts.public import X",
        "houses",
    ),
    (
        "up: accounts calls consent's door",
        A + "services.py",
        "from apps.consent.public import X",
        "houses",
    ),
    (
        "up: accounts calls payments' door",
        P + "public.py " + A + "services.py",
        "from apps.payments.public import X",
        "houses",
    ),
    (
        "down, and still never: consent calls ledger's door",
        C + "services.py",
        "from apps.ledger.public import X",
        "consent-needs-no-ledger",
    ),
    (
        "platform reaches up into a house",
        "apps/platform/rest.py",
        "from apps.accounts.public import X",
        "houses",
    ),
    (
        "platform reaches up: approvals calls identity's door",
        "apps/platform/approvals/services.py",
        "from apps.identity.public import X",
        "houses",
    ),
    (
        "up, hidden in a function body",
        L + "services.py",
        "def f():\n    from apps.backoffice.public import X",
        "houses",
    ),
    (
        "up, under TYPE_CHECKING",
        L + "services.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from apps.backoffice.public import X",
        "houses",
    ),
    ("an app nobody listed", "apps/shared/__init__.py", "", "houses"),
    ("a loose module beside the houses", "apps/helpers.py", "", "houses"),
    (
        "controls meet: monitoring -> erasure",
        M + "services.py",
        "from apps.compliance.erasure.public import X",
        "compliance-houses",
    ),
    (
        "a control reads a report",
        M + "services.py",
        "from apps.compliance.reporting.public import X",
        "compliance-houses",
    ),
    ("a room in the district itself", "apps/compliance/services.py", "", "compliance-houses"),
    ("back door: services", M + "services.py", "from apps.ledger.services import X", "front-door"),
    (
        "back door: models, from-package form",
        M + "services.py",
        "from apps.ledger import models",
        "front-door",
    ),
    (
        "back door: another house's events",
        M + "tasks.py",
        "from apps.ledger.events import X",
        "front-door",
    ),
    (
        "back door from admin",
        "apps/backoffice/admin.py",
        "from apps.ledger.models import X",
        "front-door",
    ),
    (
        "back door from api",
        "apps/backoffice/api/views.py",
        "from apps.accounts.selectors import X",
        "front-door",
    ),
    (
        "back door: accounts into the ledger's services",
        A + "services.py",
        "from apps.ledger.services import X",
        "front-door",
    ),
    (
        "back door: accounts into the ledger's models",
        A + "services.py",
        "from apps.ledger.models import X",
        "front-door",
    ),
    (
        "back door: accounts into identity's models",
        A + "models.py",
        "from apps.identity.models import X",
        "front-door",
    ),
    (
        "back door: payments into accounts",
        P + "services.py",
        "from apps.accounts.services import X",
        "front-door",
    ),
    (
        "back door within a district",
        "apps/compliance/reporting/services.py",
        "from apps.compliance.monitoring.models import X",
        "front-door",
    ),
    (
        "back door into a foundation",
        L + "services.py",
        "from apps.platform.audit.models import X",
        "front-door",
    ),
    (
        "back door into a foundation, from-package form",
        L + "services.py",
        "from apps.platform.audit import services",
        "front-door",
    ),
    (
        "back door between foundations",
        "apps/platform/approvals/services.py",
        "from apps.platform.audit.models import X",
        "front-door",
    ),
    (
        "back door from a migration",
        M + "migrations/0001_initial.py",
        "from apps.ledger.models import X",
        "front-door",
    ),
    (
        "config reaches behind a door",
        "config/settings.py",
        "from apps.ledger.models import X",
        "front-door",
    ),
    ("room utils.py", L + "utils.py", "", "rooms"),
    ("room helpers.py in a district's house", M + "helpers.py", "", "rooms"),
    ("room signals.py", C + "signals.py", "", "rooms"),
    ("tests inside an app", L + "tests/__init__.py", "", "rooms"),
    ("a Python package in sql/", L + "sql/__init__.py", "", "rooms"),
    ("house without a front door", "-apps/consent/public.py", "", "(abort)"),
    ("models call services", L + "models.py", "from . import services", "rooms"),
    ("selectors call services", L + "selectors.py", "from . import services", "rooms"),
    ("rules read models", L + "rules.py", "from . import models", "rooms"),
    ("services use their own front door", L + "services.py", "from . import public", "rooms"),
    ("api enqueues a task", L + "api/views.py", "from .. import tasks", "rooms"),
    ("a service imports a migration", L + "services.py", "from .migrations import X", "rooms"),
    ("unknown room in a foundation", "apps/platform/outbox/utils.py", "", "rooms-platform"),
    (
        "hooks call services",
        "apps/platform/outbox/hooks.py",
        "from . import services",
        "rooms-platform",
    ),
    ("serializers import views", L + "api/serializers.py", "from . import views", "rooms-edge"),
    ("unknown module in api/", L + "api/mixins.py", "", "rooms-edge"),
    ("utils.py in platform", "apps/platform/utils.py", "", "foundations"),
    (
        "low foundation reaches up: money -> db",
        "apps/platform/money.py",
        "from apps.platform.db import X",
        "foundations",
    ),
    (
        "neighbours meet: audit -> outbox",
        "apps/platform/audit/services.py",
        "from apps.platform.outbox.public import X",
        "foundations",
    ),
    (
        "audit calls approvals",
        "apps/platform/audit/services.py",
        "from apps.platform.approvals.public import X",
        "foundations",
    ),
    ("rule imports django", L + "rules.py", "from django.db import models as m", "pure-core"),
    ("rule imports time", L + "rules.py", "from time import monotonic", "pure-core"),
    ("rule imports the clock", L + "rules.py", "from apps.platform.clock import now", "pure-core"),
    (
        "rule reaches django through money",
        "apps/platform/money.py",
        "import django.conf",
        "pure-core",
    ),
    ("event imports celery", L + "events.py", "import celery", "pure-core"),
    ("view touches the ORM", L + "api/views.py", "from ..models import X", "thin-edges"),
    ("task touches the ORM", M + "tasks.py", "from .models import X", "thin-edges"),
    ("service speaks HTTP itself", L + "services.py", "import httpx", "gate-network"),
    ("service imports celery", L + "services.py", "from celery import shared_task", "gate-celery"),
    (
        "service imports DRF",
        L + "services.py",
        "from rest_framework import serializers",
        "gate-drf",
    ),
    ("app imports config", L + "tasks.py", "from config.celery import app", "config-on-top"),
    ("app imports test code", L + "services.py", "import tests.factories", "no-test-code"),
]
BLIND = [  # the linter stays green on these: ruff or tests/architecture must catch them
    ("string foreign key up", L + "models.py", "F = 'monitoring.Alert'"),
    (
        "apps.get_model",
        L + "services.py",
        "from django.apps import apps\nM = apps.get_model('monitoring', 'Alert')",
    ),
    (
        "importlib.import_module",
        L + "services.py",
        "import importlib\nM = importlib.import_module('apps.backoffice.public')",
    ),
    (
        "bare `import apps.x`, then attributes",
        M + "services.py",
        "import apps.ledger\nX = apps.ledger.models",
    ),
    ("datetime.now() in a rule", L + "rules.py", "def f():\n    return datetime.now()"),
    ("raw SQL over another house's table", L + "sql/x.sql", "select * from monitoring_alert"),
    (
        "a test behind the door (allowed)",
        "tests/test_ledger.py",
        "from apps.ledger.models import X",
    ),
]


def contracts() -> str:
    """Return this repository's contracts, with the houses that are not built yet switched on."""
    text = (ROOT / "pyproject.toml").read_text()
    start, end = text.index("[tool.importlinter]"), text.index("[tool.ruff]")
    text = text[start:end]
    for listed, more in (
        ('"apps.identity",', ("consent", "compliance.reporting", "compliance.monitoring",
                              "compliance.erasure")),
        ('"apps.platform.audit",', ("platform.approvals", "platform.flags")),
    ):  # fmt: skip
        absent = [f'"apps.{house}",' for house in more if f'\n  "apps.{house}",' not in text]
        text = text.replace(listed, "\n  ".join([listed, *absent]), 1)
    return text


def write(root: Path, name: str, text: str) -> None:
    """Append `text` to root/name, making packages on the way."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    for folder in [path.parent, *path.parent.parents]:
        if folder == root or root not in folder.parents:
            break
        if folder.relative_to(root).parts[0] in {"apps", "config"} and folder.name != "sql":
            (folder / "__init__.py").touch()
    with path.open("a") as file:
        file.write(text)


def build(root: Path) -> None:
    """Lay the clean skeleton below root."""
    write(root, "pyproject.toml", contracts())
    write(root, "config/settings.py", "")
    write(root, "config/celery.py", "import celery\n")
    write(root, "config/urls.py", CONFIG_URLS)
    for house in HOUSES:
        for room, text in ROOMS.items():
            write(root, f"apps/{house.replace('.', '/')}/{room}.py", text)
    for foundation in STATEFUL:
        for room, text in STATEFUL_ROOMS.items():
            write(root, f"apps/platform/{foundation}/{room}.py", text)
    for module in MODULES:
        write(root, f"apps/platform/{module}.py", "")
    for name, text in CALLS_DOWN.items():
        write(root, name, text)


def lint(root: Path) -> tuple[int, set[str], str]:
    """Return lint-imports' exit status, the contracts it calls broken, and its output."""
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(  # noqa: S603 - our own program
        [program, "--no-cache", "--config", "pyproject.toml"],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    text = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
    return done.returncode, set(re.findall(r"^([\w-]+) BROKEN", text, re.MULTILINE)), text


def plant(root: Path, name: str, line: str) -> None:
    """Change the skeleton: of two names the first is made empty and the second gets the line;
    a name with a minus before it is taken away.
    """
    *touched, last = name.split()
    for other in touched:
        write(root, other, "")
    if last.startswith("-"):
        (root / last[1:]).unlink()
    else:
        write(root, last, line + "\n")


def test_a_clean_skeleton_with_all_legal_traffic_passes(tmp_path: Path) -> None:
    build(tmp_path)
    for _, name, line in ALLOWED:
        plant(tmp_path, name, line)
    status, broken, text = lint(tmp_path)
    assert (status, broken) == (0, set()), text


def test_what_the_linter_cannot_see_leaves_it_green(tmp_path: Path) -> None:
    """Known blind spots: ruff and tests/architecture catch these; here they are kept honest."""
    build(tmp_path)
    for _, name, line in BLIND:
        plant(tmp_path, name, line)
    status, broken, text = lint(tmp_path)
    assert (status, broken) == (0, set()), text


@pytest.mark.parametrize(("name", "line", "contract"), [p[1:] for p in PLANTED],
                         ids=[p[0] for p in PLANTED])  # fmt: skip
def test_a_planted_violation_breaks_its_contract(
    tmp_path: Path, name: str, line: str, contract: str
) -> None:
    build(tmp_path)
    plant(tmp_path, name, line)
    status, broken, text = lint(tmp_path)
    assert status != 0
    assert "Missing layer" in text if contract == "(abort)" else contract in broken, text


def test_every_contract_was_seen_to_fail() -> None:
    found = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    planted = {contract for *_, contract in PLANTED}
    assert {contract["id"] for contract in found["contracts"]} <= planted
