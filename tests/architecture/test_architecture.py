"""What import-linter cannot see, held by the syntax tree, the model registry and the SQL files.

Lives at tests/architecture/test_architecture.py. Each check is a function that returns the
offences it finds in a piece of text or a list, so that it can be shown to catch a planted one.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps as registry
from django.db import models
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parents[2]
APPS = ROOT / "apps"
HEIGHT = {  # the houses, top to bottom: a total order
    "backoffice": 8, "compliance": 7, "payments": 6, "notifications": 5, "consent": 4,
    "accounts": 3, "ledger": 2, "identity": 1, "platform": 0,
}  # fmt: skip
STRANGERS = {("consent", "ledger")}  # down, and still never
ONLY_IN = {"authentication": "identity"}  # rooms that one house alone may have
JUNK = {"utils", "util", "helpers", "common", "misc", "shared", "lib", "base", "core", "stuff"}
WRITES = {"save", "delete", "create", "update", "bulk_create", "bulk_update", "get_or_create",
          "update_or_create"}  # fmt: skip
MAY_WRITE = {"services", "migrations"}
BY_THE_DATABASES_CLOCK = {"pulse"}  # compared with that clock alone, on any host
LINES_MAX = 70
FILE_LINES_MAX = 400


def sources() -> list[Path]:
    """Return every hand-written Python file below apps/ and config/."""
    found = [*APPS.rglob("*.py"), *(ROOT / "config").rglob("*.py")]
    return [path for path in found if "migrations" not in path.parts]


def house_of(path: Path) -> str:
    """Return the house or district a file below apps/ stands in."""
    return path.relative_to(APPS).parts[0]


def room_of(path: Path) -> str:
    """Return the room, be it a module or a package: services.py and services/posting.py alike."""
    parts = [part.removesuffix(".py") for part in path.relative_to(APPS).parts]
    depth = 2 if parts[0] in {"compliance", "platform"} else 1
    return parts[min(depth, len(parts) - 1)]


def functions(text: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function in the text."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def long_functions(text: str) -> list[str]:
    """Return functions of more than LINES_MAX lines, signature and docstring included."""
    return [f.name for f in functions(text) if (f.end_lineno or 0) - f.lineno + 1 > LINES_MAX]


def positional_services(text: str) -> list[str]:
    """Return public module-level functions that take positional arguments."""
    tree = ast.parse(text)
    public = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name[0] != "_"]
    return [f.name for f in public if f.args.args or f.args.posonlyargs or f.args.vararg]


def missing_arguments(text: str, *, wanted: set[str]) -> list[str]:
    """Return public module-level functions without the wanted keyword-only arguments."""
    tree = ast.parse(text)
    public = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name[0] != "_"]
    return [f.name for f in public if not wanted <= {a.arg for a in f.args.kwonlyargs}]


def orm_writes(text: str) -> list[str]:
    """Return ORM write calls, by name: `x.objects.create(...)`, `row.save()` and the like."""
    calls = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Call)]
    names = [c.func.attr for c in calls if isinstance(c.func, ast.Attribute)]
    return [name for name in names if name in WRITES]


def queue_calls(text: str) -> list[str]:
    """Return calls that start a task directly instead of emitting an event."""
    calls = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Call)]
    names = [c.func.attr for c in calls if isinstance(c.func, ast.Attribute)]
    return [name for name in names if name in {"delay", "apply_async", "send_task"}]


def model_sins(text: str) -> list[str]:
    """Return Meta.ordering, save()/delete()/clean() overrides and signal hooks in models.py."""
    found: list[str] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete", "clean"}:
            found.append(node.name)
        if isinstance(node, ast.ClassDef) and node.name == "Meta":
            names = [t.id for s in node.body if isinstance(s, ast.Assign) for t in s.targets
                     if isinstance(t, ast.Name)]  # fmt: skip
            found += [name for name in names if name == "ordering"]
    return found


def dotted_strings(text: str, *, house: str) -> list[str]:
    """Return string literals that name a module of a house above: "apps.backoffice.x"."""
    foreign = [h for h, height in HEIGHT.items() if height > HEIGHT[house]]
    pattern = re.compile(rf"^apps\.({'|'.join(foreign)})\b" if foreign else r"(?!)")
    nodes = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Constant)]
    return [n.value for n in nodes if isinstance(n.value, str) and pattern.match(n.value)]


def bare_imports(text: str) -> list[str]:
    """Return `import apps.ledger` and the like: the linter cannot follow what is reached so."""
    nodes = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Import)]
    return [alias.name for n in nodes for alias in n.names if alias.name.split(".")[0] == "apps"]


def foreign_tables(sql: str, *, house: str, tables: dict[str, str]) -> list[str]:
    """Return tables of other houses named in a SQL text; `tables` maps table to house."""
    words = set(re.findall(r"\b[a-z_][a-z0-9_]*\b", sql.lower()))
    return sorted(w for w in words if w in tables and tables[w] != house)


def crossing(source: str, target: str, *, accessor: bool, on_delete: object) -> str | None:
    """Return what is wrong with a foreign key between two houses, or None."""
    if source == target:
        return None
    if HEIGHT[source] < HEIGHT[target]:
        return f"foreign key from {source} up to {target}"
    if (source, target) in STRANGERS:
        return f"foreign key from {source} to {target}, which never meet"
    if accessor:
        return f'foreign key from {source} to {target} needs related_name="+"'
    return None if on_delete is models.PROTECT else f"{source} to {target} needs PROTECT"


def misplaced(path: Path) -> bool:
    """Return whether a file stands in a room that belongs to another house."""
    return ONLY_IN.get(room_of(path), house_of(path)) != house_of(path)


def model_house(model: type[models.Model]) -> str | None:
    """Return the model's house, or None for Django's and libraries' models."""
    parts = model.__module__.split(".")
    return parts[1] if parts[0] == "apps" else None


# --- the house as it stands


def test_functions_fit_a_page() -> None:
    """No function is longer than LINES_MAX lines."""
    assert {str(p): f for p in sources() if (f := long_functions(p.read_text()))} == {}


def test_services_and_selectors_take_keywords() -> None:
    """Services and selectors are called by keyword; services are told who acts and when."""
    houses = [p for p in sources() if APPS in p.parents]
    rooms = [p for p in houses if room_of(p) in {"services", "selectors"}]
    assert {str(p): f for p in rooms if (f := positional_services(p.read_text()))} == {}
    for path in (p for p in rooms if room_of(p) == "services"):
        wanted = {"now"} if house_of(path) == "platform" else {"actor", "now"}
        missing = set(missing_arguments(path.read_text(), wanted=wanted))
        assert missing <= BY_THE_DATABASES_CLOCK, path


def test_only_services_write() -> None:
    """ORM writes are in the services room alone."""
    rooms = [p for p in APPS.rglob("*.py") if room_of(p) not in MAY_WRITE]
    assert {str(p): w for p in rooms if (w := orm_writes(p.read_text()))} == {}


def test_nothing_queues_by_hand() -> None:
    """Later work starts as an event in the outbox; only the platform speaks to the broker."""
    houses = [p for p in sources() if APPS in p.parents and "platform" not in p.parts]
    assert {str(p): q for p in houses if (q := queue_calls(p.read_text()))} == {}


def test_files_fit_a_sitting() -> None:
    """No hand-written file is longer than FILE_LINES_MAX lines."""
    lengths = {str(p): len(p.read_text().splitlines()) for p in sources()}
    assert {path: n for path, n in lengths.items() if n > FILE_LINES_MAX} == {}


def test_models_hold_no_logic() -> None:
    """No ordering, no save(), no delete(), no clean() on models."""
    rooms = [p for p in APPS.rglob("*.py") if room_of(p) == "models"]
    assert {str(p): s for p in rooms if (s := model_sins(p.read_text()))} == {}


def test_no_junk_names() -> None:
    """No module anywhere is a drawer."""
    assert [str(p) for p in sources() if p.stem in JUNK or p.parent.name in JUNK] == []


def test_rooms_stand_where_they_belong() -> None:
    """A room that is one house's alone is in no other."""
    assert [str(p) for p in sources() if APPS in p.parents and misplaced(p)] == []


def test_strings_point_down() -> None:
    """No dotted string names a module of a house above."""
    rooms = [p for p in APPS.rglob("*.py") if p.parent != APPS]
    found = {str(p): dotted_strings(p.read_text(), house=house_of(p)) for p in rooms}
    assert {path: strings for path, strings in found.items() if strings} == {}


def test_houses_are_entered_by_name() -> None:
    """`from apps.x import public`, never `import apps.x`."""
    assert {str(p): i for p in sources() if (i := bare_imports(p.read_text()))} == {}


def test_sql_stays_at_home() -> None:
    """A house's sql/ names its own tables only; the rest comes through selectors."""
    tables = {m._meta.db_table: h for m in registry.get_models() if (h := model_house(m))}
    found = {
        str(path): foreign_tables(path.read_text(), house=house_of(path), tables=tables)
        for path in APPS.rglob("*.sql")
    }
    assert {path: names for path, names in found.items() if names} == {}


def test_foreign_keys_point_down() -> None:
    """Foreign keys, also those written as strings, never leave a house upwards."""
    offences = []
    for model in registry.get_models():
        source = model_house(model)
        for field in model._meta.get_fields():
            if source is None or not isinstance(field, models.ForeignKey):
                continue
            target = model_house(field.related_model)
            if target is not None:
                offences.append(
                    crossing(
                        source,
                        target,
                        accessor=not field.remote_field.hidden,
                        on_delete=field.remote_field.on_delete,
                    )
                )
    assert [offence for offence in offences if offence] == []


def test_migrations_depend_downwards() -> None:
    """A migration depends on its own house or on a lower one."""
    houses = {
        c.label: c.name.split(".")[1] for c in registry.get_app_configs() if c.name[:5] == "apps."
    }
    for migration in MigrationLoader(None).disk_migrations.values():
        for label, _ in migration.dependencies:
            if migration.app_label in houses and label in houses:
                source, target = houses[migration.app_label], houses[label]
                assert source == target or HEIGHT[source] > HEIGHT[target], migration


def test_every_house_is_linted() -> None:
    """The explicit container lists of `rooms` and `rooms-platform` match the Django apps on disk."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    listed = {
        container
        for contract in contracts["contracts"]
        if contract["id"] in {"rooms", "rooms-platform"}
        for container in contract["containers"]
    }
    assert listed == {
        str(p.parent.relative_to(ROOT)).replace("/", ".") for p in APPS.rglob("apps.py")
    }


# --- the checks themselves catch what they are for


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (long_functions("def f():\n" + "    x = 1\n" * 70), ["f"]),
        (positional_services("def f(a, *, b): ...\ndef _g(a): ..."), ["f"]),
        (missing_arguments("def f(*, now): ...\ndef g(*, actor, now): ...", wanted={"actor", "now"}), ["f"]),
        (orm_writes("A.objects.create(x=1)\nrow.save()"), ["create", "save"]),
        (queue_calls("t.delay(1)\nt.apply_async()"), ["delay", "apply_async"]),
        (model_sins("class A:\n class Meta:\n  ordering = ['x']\n def save(self): ..."), ["ordering", "save"]),
        (dotted_strings("f('apps.accounts.public')\nf('apps.identity.public')", house="ledger"),
         ["apps.accounts.public"]),
        (bare_imports("import apps.ledger\nfrom apps.ledger import public"), ["apps.ledger"]),
        (foreign_tables("select * from monitoring_alert", house="ledger",
                        tables={"monitoring_alert": "compliance"}), ["monitoring_alert"]),
        (crossing("ledger", "accounts", accessor=False, on_delete=models.PROTECT),
         "foreign key from ledger up to accounts"),
        (crossing("identity", "ledger", accessor=False, on_delete=models.PROTECT),
         "foreign key from identity up to ledger"),
        (crossing("consent", "ledger", accessor=False, on_delete=models.PROTECT),
         "foreign key from consent to ledger, which never meet"),
        (crossing("accounts", "identity", accessor=True, on_delete=models.PROTECT),
         'foreign key from accounts to identity needs related_name="+"'),
        (crossing("accounts", "identity", accessor=False, on_delete=models.CASCADE),
         "accounts to identity needs PROTECT"),
        (crossing("accounts", "identity", accessor=False, on_delete=models.PROTECT), None),
        (misplaced(APPS / "accounts" / "authentication.py"), True),
        (misplaced(APPS / "identity" / "authentication.py"), False),
    ],
)  # fmt: skip
def test_checks_catch(found: object, expected: object) -> None:
    """Each check reports its planted offence."""
    assert found == expected
