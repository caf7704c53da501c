"""A field that nobody thought about is found; so is a declaration of a field that is not there."""

import sys
from dataclasses import dataclass
from types import ModuleType
from typing import ClassVar

import pytest
from django.db import models
from django.test.utils import isolate_apps

from apps.platform.privacy import hooks, selectors
from apps.platform.privacy import public as privacy

NAME = privacy.Personal(
    category="identity",
    purpose="to address the customer",
    basis="contract",
    retention="customer",
    export="as it is",
    erase="shred",
)
PLATFORM = ("audit.", "outbox.", "idempotency.")


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each test declare what it likes."""
    monkeypatch.setattr(hooks, "_declared", hooks.declared())


def test_every_field_of_the_platform_is_declared() -> None:
    assert [name for name in privacy.undeclared() if name.startswith(PLATFORM)] == []
    assert [name for name in privacy.orphaned() if name.startswith(PLATFORM)] == []


@pytest.mark.parametrize("field", ["audit.Event.subject", "outbox.Inbox.event_id"])
def test_field_of_a_model_that_is_not_declared_is_found(field: str) -> None:
    del hooks._declared[field]
    assert field in privacy.undeclared()


def test_planted_model_is_found_field_by_field(monkeypatch: pytest.MonkeyPatch) -> None:
    with isolate_apps("apps.platform.audit") as apart:

        class Planted(models.Model):  # noqa: DJ008 - it is never shown
            nickname = models.TextField()

            class Meta:
                app_label = "audit"

        monkeypatch.setattr(selectors, "apps", apart)
        assert {"audit.Planted.id", "audit.Planted.nickname"} <= set(privacy.undeclared())
        privacy.register(
            house="audit",
            personal={"audit.Planted.nickname": NAME},
            impersonal=["audit.Planted.id"],
        )
        assert not [name for name in privacy.undeclared() if "Planted" in name]


def test_planted_event_is_found_field_by_field(monkeypatch: pytest.MonkeyPatch) -> None:
    @dataclass(frozen=True)
    class Planted:
        event_name: ClassVar[str] = "planted.happened.v1"
        nickname: str

    room = ModuleType("apps.planted.events")
    room.Planted = Planted  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "apps.planted.events", room)
    assert "event:planted.happened.v1.nickname" in privacy.undeclared()


def test_declaration_of_a_field_that_is_not_there_is_found() -> None:
    privacy.register(house="audit", personal={}, impersonal=["audit.Event.sujbect"])
    assert "audit.Event.sujbect" in privacy.orphaned()


def test_field_is_declared_once() -> None:
    with pytest.raises(ValueError, match="declared already"):
        privacy.register(house="ledger", personal={"audit.Event.subject": NAME}, impersonal=[])


def test_record_of_processing_lists_the_personal_alone() -> None:
    listed = privacy.personal_fields()
    assert listed["idempotency.Key.body"].erase == "delete"
    assert "audit.Event.xid" not in listed
