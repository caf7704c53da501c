"""The upload page and the admin's tables, as staff see them."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.payments.models import Statement, StatementEntry, StatementFile
from apps.payments.web.forms import UPLOAD_MAX

from .books import bank_balance, take
from .factories import Spec, camt

pytestmark = pytest.mark.django_db

PAGE = "/admin/statements/import/"
Staff = Callable[..., Client]


@pytest.fixture
def staff() -> Staff:
    """Return a maker of browsers in which somebody with these permissions has logged in."""

    def make(*codenames: str, is_staff: bool = True) -> Client:
        user = get_user_model().objects.create(username="somebody", is_staff=is_staff)
        granted = Permission.objects.filter(
            codename__in=codenames, content_type__app_label="payments"
        )
        assert granted.count() == len(codenames)
        user.user_permissions.set(granted)
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return browser

    return make


def upload(browser: Client, content: bytes, *, token: bool = True) -> tuple[int, str]:
    """Send the form as a browser does; return status and text."""
    form = browser.get(PAGE).content.decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    assert found
    data: dict[str, object] = {"statement": SimpleUploadedFile("day.xml", content)}
    if token:
        data["csrfmiddlewaretoken"] = found[1]
    answer = browser.post(PAGE, data)
    return answer.status_code, " ".join(answer.content.decode().split())


def test_somebody_who_may_imports_a_statement(staff: Staff) -> None:
    status, text = upload(staff("import_statement"), camt(Spec()))
    assert status == 200
    assert "Imported: 2 entries of 1 statement." in text
    assert "closing balance 115.50 EUR" in text
    assert bank_balance() == 11_550


def test_the_same_file_again_says_that_nothing_changed(staff: Staff) -> None:
    take(camt(Spec()))
    status, text = upload(staff("import_statement"), camt(Spec()))
    assert status == 200
    assert "This file was imported before. Nothing has changed." in text


def test_a_statement_brought_before_is_named(staff: Staff) -> None:
    take(camt(Spec()))
    _, text = upload(staff("import_statement"), camt(Spec(), Spec().next()))
    assert "1 statement had come with an earlier file and was left as it is" in text


def test_a_refused_file_shows_every_reason_and_books_nothing(staff: Staff) -> None:
    status, text = upload(staff("import_statement"), camt(Spec(closing=1), Spec(closing=2)))
    assert status == 422
    assert "Refused. Nothing was booked." in text
    assert text.count("difference") == 2
    assert StatementFile.objects.count() == 0


def test_a_file_that_does_not_continue_shows_why(staff: Staff) -> None:
    take(camt(Spec()))
    other = Spec(number=2, identification="B", opening=1)
    status, text = upload(staff("import_statement"), camt(other))
    assert status == 422
    assert "opening 0.01 is not the closing 115.50" in text


def test_what_a_file_is_called_cannot_harm_the_page(staff: Staff) -> None:
    browser = staff("import_statement")
    form = browser.get(PAGE).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    assert token
    file = SimpleUploadedFile("<script>alert(1)</script>.xml", camt(Spec()))
    answer = browser.post(PAGE, {"statement": file, "csrfmiddlewaretoken": token[1]})
    assert b"<script>alert(1)" not in answer.content


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "The file is empty."), (b"x" * (UPLOAD_MAX + 1), "more than the 8,388,608")],
)
def test_an_upload_of_the_wrong_size_is_refused(staff: Staff, content: bytes, told: str) -> None:
    status, text = upload(staff("import_statement"), content)
    assert status == 422
    assert told in text


def test_a_form_without_token_is_refused(staff: Staff) -> None:
    status, _ = upload(staff("import_statement"), camt(Spec()), token=False)
    assert status == 403
    assert StatementFile.objects.count() == 0


@pytest.mark.parametrize(("permissions", "status"), [((), 403), (("view_statement",), 403)])
def test_staff_without_the_permission_are_refused(
    staff: Staff, permissions: tuple[str, ...], status: int
) -> None:
    assert staff(*permissions).get(PAGE).status_code == status


def test_who_is_not_staff_is_sent_to_the_log_in(staff: Staff) -> None:
    answer = staff("import_statement", is_staff=False).get(PAGE)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/admin/login/")


def test_the_bank_accounts_show_that_bank_and_ledger_agree(staff: Staff) -> None:
    take(camt(Spec(opening=123_456_789)))
    text = staff("view_bankaccount").get("/admin/payments/bankaccount/").content.decode()
    assert text.count("1,234,583.39 EUR") == 2
    assert "…2051" in text
    assert "DE02120300000000202051" not in text


def test_the_list_of_bank_accounts_costs_the_same_however_long(
    staff: Staff, django_assert_max_num_queries: Callable[..., object]
) -> None:
    take(camt(*(Spec(account=f"DE{number:020}") for number in range(10))))
    browser = staff("view_bankaccount")
    with django_assert_max_num_queries(16):  # type: ignore[attr-defined]
        browser.get("/admin/payments/bankaccount/")


def test_statements_and_entries_are_shown_and_cannot_be_changed(staff: Staff) -> None:
    take(camt(Spec()))
    browser = staff("view_statement", "view_statemententry")
    statement, entry = Statement.objects.get(), StatementEntry.objects.earliest("pk")
    listed = browser.get("/admin/payments/statement/").content.decode()
    assert "STMT-1" in listed
    assert "115.50 EUR" in listed
    shown = browser.get(f"/admin/payments/statement/{statement.pk}/change/").content.decode()
    link = f"/admin/payments/statemententry/?statement__id__exact={statement.pk}"
    assert link in shown
    entries = browser.get(link).content.decode()
    assert "25.50 EUR" in entries
    assert "-10.00 EUR" in entries
    assert browser.get(f"/admin/payments/statemententry/{entry.pk}/change/").status_code == 200
    for path in ("add/", f"{statement.pk}/delete/"):
        assert browser.get(f"/admin/payments/statement/{path}").status_code == 403
    found = browser.get("/admin/payments/statement/?q=STMT-1").content.decode()
    assert "115.50 EUR" in found


def test_one_bank_account_shows_its_balances(staff: Staff) -> None:
    take(camt(Spec()))
    account = Statement.objects.get().bank_account
    page = f"/admin/payments/bankaccount/{account.pk}/change/"
    text = staff("view_bankaccount").get(page).content.decode()
    assert text.count("115.50 EUR") == 2
