"""The build fails on a field that nobody declared."""

from apps.platform.privacy import public as privacy


def test_every_field_of_every_model_and_event_is_declared() -> None:
    assert privacy.undeclared() == []


def test_nothing_is_declared_that_does_not_exist() -> None:
    assert privacy.orphaned() == []
