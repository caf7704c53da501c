"""manage.py sync_roles, which a release runs."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from apps.platform.audit.models import Event

pytestmark = pytest.mark.django_db


def test_a_role_has_what_the_release_says_and_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call_command("sync_roles")
    operations = Group.objects.get(name="operations")
    given = set(operations.permissions.values_list("codename", flat=True))
    assert {"close_period", "reverse_transaction", "change_limits"} <= given
    operations.permissions.clear()
    Group.objects.create(name="forgotten")
    call_command("sync_roles")
    assert set(operations.permissions.values_list("codename", flat=True)) == given
    assert not Group.objects.get(name="forgotten").permissions.exists()
    assert Event.objects.filter(action="identity.roles.sync").count() == 2
    assert "as this release says" in capsys.readouterr().out
