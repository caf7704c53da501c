"""What staff do on the ledger's screens: they look, confirm, and it happens once; if they may."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from apps.identity import public as identity
from apps.ledger import public as ledger
from apps.ledger.models import Account, Hold, HoldEnd, Reversal, Transaction
from apps.platform.audit.models import Event

from .books import ACTOR, NOW, balance, hold, open_account, post, transfer, void
from .desk import browser_of, page_of, text_of, token_in

pytestmark = pytest.mark.django_db
FAR = datetime(2999, 1, 1, tzinfo=UTC)


@pytest.fixture
def operator() -> Client:
    """A browser of somebody who runs operations."""
    return browser_of("operations")


@pytest.fixture
def auditor() -> Client:
    """A browser of somebody who may look at everything here, and do nothing."""
    return browser_of("auditor")


@pytest.fixture
def pair() -> tuple[Account, Account]:
    """A bank's account, and a customer's with 100.00 on it."""
    bank, customer = open_account(kind="asset"), open_account(floor=0)
    post(transfer(bank, customer, 100_00, reference="first"))
    return _account(bank), _account(customer)


@pytest.fixture
def booked(pair: tuple[Account, Account]) -> Transaction:  # noqa: ARG001 - it was posted there
    """The transaction of the pair."""
    return Transaction.objects.get(reference="first")


@pytest.fixture
def held(pair: tuple[Account, Account]) -> Hold:
    """60.00 held of the customer's money."""
    held = hold(ledger.AccountId(pair[1].public_id), 60_00, expires_at=FAR)
    return Hold.objects.get(public_id=held)


def _account(account_id: ledger.AccountId) -> Account:
    return Account.objects.get(public_id=account_id)


def do(browser: Client, url: str, **said: str) -> Any:
    """Open the form, look at what will happen, and confirm."""
    token = token_in(browser.get(url).content.decode())
    looked = browser.post(url, {"token": token, "step": "look", **said})
    assert looked.status_code == 200, text_of(looked.content.decode())
    return browser.post(url, {"token": token, "step": "book", **said})


# --- reversals


def test_a_transaction_is_reversed_after_a_look_at_the_legs(
    operator: Client, booked: Transaction, pair: tuple[Account, Account]
) -> None:
    url = page_of(booked, act="reverse")
    assert url in operator.get(page_of(booked)).content.decode()
    token = token_in(operator.get(url).content.decode())
    said = {"token": token, "scope": "whole", "reason": "booked twice"}
    looked = operator.post(url, said | {"step": "look"}).content.decode()
    assert "100.00" in text_of(looked)
    assert pair[0].code in looked
    assert not Reversal.objects.exists()
    done = operator.post(url, said | {"step": "book"})
    link = Reversal.objects.get()
    assert done.status_code == 302
    assert (link.reversed, link.whole, link.reason) == (booked, True, "booked twice")
    assert balance(ledger.AccountId(pair[1].public_id)) == 0
    event = Event.objects.get(action="ledger.transaction.reverse")
    assert (event.actor_kind, event.actor_key) == ("staff", str(operator.user.pk))  # type: ignore[attr-defined]


def test_a_form_that_is_sent_twice_reverses_once(operator: Client, booked: Transaction) -> None:
    url = page_of(booked, act="reverse")
    token = token_in(operator.get(url).content.decode())
    said = {"token": token, "scope": "whole", "reason": "twice", "step": "book"}
    first, second = operator.post(url, said), operator.post(url, said)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert Reversal.objects.count() == 1


def test_parts_that_are_sent_twice_are_reversed_once(operator: Client, booked: Transaction) -> None:
    url = page_of(booked, act="reverse")
    amounts = {f"leg_{leg.pk}": "100.00" for leg in booked.entries.all()}
    token = token_in(operator.get(url).content.decode())
    said = {"token": token, "scope": "parts", "reason": "twice", "step": "book", **amounts}
    first, second = operator.post(url, said), operator.post(url, said)
    assert (first.status_code, first["Location"]) == (302, second["Location"])


def test_a_part_leaves_the_rest_to_be_reversed(operator: Client, booked: Transaction) -> None:
    url = page_of(booked, act="reverse")
    amounts = {f"leg_{leg.pk}": "40" for leg in booked.entries.all()}
    assert do(operator, url, scope="parts", reason="too much", **amounts).status_code == 302
    page = operator.get(url).content.decode()
    assert "At most 60.00" in page
    whole = {"token": token_in(page), "scope": "whole", "reason": "all", "step": "look"}
    refused = operator.post(url, whole)
    assert refused.status_code == 422
    assert "ledger/already-reversed" in refused.content.decode()


@pytest.mark.parametrize(
    ("amounts", "says"),
    [
        (("40", "30"), "ledger/unbalanced"),
        (("", ""), "Say how much"),
        (("x", "40"), "This is no amount of EUR."),
        (("-1", "-1"), "An amount is above zero."),
        (("0.001", "0.001"), "This is no amount of EUR."),
        (("100.01", "100.01"), "ledger/malformed-posting"),
    ],
)
def test_parts_that_make_no_booking_are_told_so(
    operator: Client, booked: Transaction, amounts: tuple[str, str], says: str
) -> None:
    url = page_of(booked, act="reverse")
    legs = booked.entries.order_by("-debit")
    said = {f"leg_{leg.pk}": text for leg, text in zip(legs, amounts, strict=True)}
    token = token_in(operator.get(url).content.decode())
    answer = operator.post(
        url, {"token": token, "scope": "parts", "reason": "r", "step": "look", **said}
    )
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Reversal.objects.exists()


@pytest.mark.parametrize("step", ["look", "book"])
def test_a_large_reversal_asks_for_a_second_person_and_says_how_to_go_on(
    operator: Client, booked: Transaction, settings: Any, step: str
) -> None:
    settings.LEDGER_REVERSAL_FOUR_EYES_MINOR = 99_99
    url = page_of(booked, act="reverse")
    page = operator.get(url).content.decode()
    assert "above 99.99 EUR" in page
    said = {"token": token_in(page), "scope": "whole", "reason": "large", "step": step}
    refused = operator.post(url, said)
    told = text_of(refused.content.decode())
    assert refused.status_code == 403
    assert "a reversal of this size takes a second person" in told
    assert "with both of you named" in told
    assert not Reversal.objects.exists()


def test_the_same_form_with_other_contents_is_refused(
    operator: Client, booked: Transaction
) -> None:
    url = page_of(booked, act="reverse")
    token = token_in(operator.get(url).content.decode())
    parts = {f"leg_{leg.pk}": "40" for leg in booked.entries.all()}
    said = {"token": token, "reason": "r", "step": "book", "scope": "parts"}
    assert operator.post(url, said | parts).status_code == 302
    again = operator.post(url, said | dict.fromkeys(parts, "50"))
    assert again.status_code == 409
    assert "open the form afresh" in text_of(again.content.decode())


def test_a_reversal_that_the_floor_forbids_tells_what_to_do(
    operator: Client, booked: Transaction, pair: tuple[Account, Account]
) -> None:
    spent = [ledger.AccountId(row.public_id) for row in reversed(pair)]
    post(transfer(spent[0], spent[1], 50_00))
    url = page_of(booked, act="reverse")
    token = token_in(operator.get(url).content.decode())
    answer = operator.post(url, {"token": token, "scope": "whole", "reason": "r", "step": "book"})
    assert answer.status_code == 422
    assert "what is available" in text_of(answer.content.decode())


# --- holds


def test_a_hold_is_voided(operator: Client, held: Hold) -> None:
    done = do(operator, page_of(held, act="void"))
    assert done.status_code == 302
    assert HoldEnd.objects.get().outcome == "voided"
    assert "There is nothing left to do here" in text_of(
        operator.get(page_of(held, act="void")).content.decode()
    )


def test_a_hold_is_captured_in_part_to_an_account_by_its_code(
    operator: Client, held: Hold, pair: tuple[Account, Account]
) -> None:
    url = page_of(held, act="capture")
    token = token_in(operator.get(url).content.decode())
    said = {"token": token, "to_account": pair[0].code, "amount": "20.50"}
    looked = text_of(operator.post(url, said | {"step": "look"}).content.decode())
    assert "39.50 stay held" in looked
    first = operator.post(url, said | {"step": "book"})
    second = operator.post(url, said | {"step": "book"})
    assert (first.status_code, second.status_code) == (302, 302)
    assert balance(ledger.AccountId(pair[1].public_id)) == 79_50
    page = operator.get(page_of(held)).content.decode()
    captured = Transaction.objects.get(kind="capture")
    assert page_of(captured) in page
    assert page_of(held) in operator.get(page_of(captured)).content.decode()


def test_a_hold_is_extended(operator: Client, held: Hold) -> None:
    url = page_of(held, act="extend")
    assert do(operator, url, expires_at="3000-01-01T00:00").status_code == 302
    assert "3000-01-01" in operator.get(page_of(held)).content.decode()


@pytest.mark.parametrize(
    ("act", "said", "code", "status"),
    [
        ("extend", {"expires_at": "2030-01-01T00:00"}, "ledger/hold-not-extended", 422),
        ("capture", {"to_account": "nowhere"}, "ledger/account-not-found", 404),
        ("capture", {"to_account": "BANK", "amount": "60.01"}, "ledger/capture-exceeds-hold", 422),
        ("capture", {"to_account": "YEN"}, "ledger/currency-mismatch", 422),
    ],
)
@pytest.mark.parametrize("step", ["look", "book"])
def test_what_a_hold_refuses_is_told_by_its_code(
    operator: Client,
    held: Hold,
    pair: tuple[Account, Account],
    act: str,
    said: dict[str, str],
    code: str,
    status: int,
    step: str,
) -> None:
    codes = {"BANK": pair[0].code, "YEN": _account(open_account(currency="JPY")).code}
    said = {name: codes.get(text, text) for name, text in said.items()}
    url = page_of(held, act=act)
    token = token_in(operator.get(url).content.decode())
    answer = operator.post(url, {"token": token, "step": step, **said})
    assert (answer.status_code, code in answer.content.decode()) == (status, True)


@pytest.mark.parametrize("act", ["void", "capture", "extend"])
def test_a_hold_that_is_over_refuses_everything(
    operator: Client, held: Hold, pair: tuple[Account, Account], act: str
) -> None:
    void(ledger.HoldId(held.public_id))
    url = page_of(held, act=act)
    said = {"to_account": pair[0].code, "expires_at": "3000-01-01T00:00", "token": str(uuid4())}
    for step in ("look", "book"):
        answer = operator.post(url, said | {"step": step})
        assert "ledger/hold-ended" in answer.content.decode()


# --- status


def test_an_account_is_frozen_thawed_and_closed_with_reasons(
    operator: Client, pair: tuple[Account, Account]
) -> None:
    empty = _account(open_account())
    for act, status in (
        ("freeze-debits", "frozen_debit"),
        ("freeze", "frozen"),
        ("thaw", "open"),
        ("close", "closed"),
    ):
        assert page_of(empty, act=act) in operator.get(page_of(empty)).content.decode()
        assert do(operator, page_of(empty, act=act), reason=f"to {act}").status_code == 302
        empty.refresh_from_db()
        assert empty.status == status
        told = Event.objects.filter(action="ledger.account.status").latest("pk").detail
        assert told["reason"] == f"to {act}"
    assert "Thaw" not in text_of(operator.get(page_of(empty)).content.decode())
    full = operator.post(
        page_of(pair[1], act="close"), {"token": str(uuid4()), "reason": "r", "step": "look"}
    )
    assert "ledger/account-not-empty" in full.content.decode()


def test_a_second_click_on_freeze_records_nothing(
    operator: Client, pair: tuple[Account, Account]
) -> None:
    said = {"token": str(uuid4()), "reason": "r", "step": "book"}
    url = page_of(pair[1], act="freeze")
    assert [operator.post(url, said).status_code for _ in range(2)] == [302, 302]
    assert Event.objects.filter(action="ledger.account.status").count() == 1


# --- who may


def _acts(pair: tuple[Account, Account], booked: Transaction, held: Hold) -> list[str]:
    return [
        page_of(booked, act="reverse"),
        *(page_of(held, act=act) for act in ("void", "capture", "extend")),
        *(page_of(pair[1], act=act) for act in ("freeze-debits", "freeze", "thaw", "close")),
    ]


def test_without_the_permission_there_is_no_button_and_no_way_in(
    auditor: Client, pair: tuple[Account, Account], booked: Transaction, held: Hold
) -> None:
    for row in (pair[1], booked, held):
        assert "pb-acts" not in auditor.get(page_of(row)).content.decode()
    said = {"token": str(uuid4()), "reason": "r", "scope": "whole", "step": "book"}
    for url in _acts(pair, booked, held):
        assert auditor.get(url).status_code == 403
        assert auditor.post(url, said).status_code == 403
    assert not Reversal.objects.exists()
    assert not HoldEnd.objects.exists()


def test_the_permission_alone_opens_nothing_that_may_not_be_seen(booked: Transaction) -> None:
    browser = browser_of("auditor")
    user = browser.user  # type: ignore[attr-defined]
    user.groups.clear()
    user.user_permissions.add(Permission.objects.get(codename="reverse_transaction"))
    assert browser.get(page_of(booked, act="reverse")).status_code == 403


def test_a_permission_on_one_account_opens_that_account_alone(
    auditor: Client, pair: tuple[Account, Account]
) -> None:
    user = auditor.user  # type: ignore[attr-defined]
    identity.grant(
        actor=ACTOR, now=NOW, user_id=user.pk, permission="ledger.freeze_account", on=pair[1]
    )
    assert auditor.get(page_of(pair[1], act="freeze")).status_code == 200
    assert auditor.get(page_of(pair[0], act="freeze")).status_code == 403
    assert auditor.get(page_of(pair[1], act="close")).status_code == 403


def test_an_act_takes_a_form_of_ours(booked: Transaction) -> None:
    browser = browser_of("operations")
    checked = Client(enforce_csrf_checks=True)
    checked.cookies = browser.cookies
    url = page_of(booked, act="reverse")
    said = {"token": str(uuid4()), "scope": "whole", "reason": "r", "step": "book"}
    assert checked.post(url, said).status_code == 403
    assert not Reversal.objects.exists()


def test_an_act_is_not_done_by_get_put_or_delete(operator: Client, held: Hold) -> None:
    url = page_of(held, act="void")
    assert operator.get(url, {"step": "book", "token": str(uuid4())}).status_code == 200
    for method in ("put", "delete", "patch"):
        assert getattr(operator, method)(url).status_code in {403, 405}
    assert not HoldEnd.objects.exists()


def test_nonsense_in_a_form_is_shown_again_and_does_nothing(
    operator: Client, booked: Transaction
) -> None:
    token = str(uuid4())
    nonsense: list[dict[str, str]] = [
        {},
        {"token": "nonsense"},
        {"token": "\0"},
        {"token": "a" * 10_000},
        {"token": token, "reason": "\0"},
        {"token": token, "reason": "   "},
        {"token": token, "reason": "x" * 501, "scope": "whole"},
        {"token": token, "reason": "r", "scope": "everything"},
    ]
    for said in nonsense:
        answer = operator.post(page_of(booked, act="reverse"), said | {"step": "book"})
        assert answer.status_code == 422
    assert not Reversal.objects.exists()


def test_somebody_elses_token_books_something_of_ones_own(
    operator: Client, booked: Transaction
) -> None:
    other = browser_of("administrator")
    url = page_of(booked, act="reverse")
    parts = {f"leg_{leg.pk}": "10" for leg in booked.entries.all()}
    said = {"token": str(uuid4()), "scope": "parts", "reason": "r", "step": "book", **parts}
    links = {browser.post(url, said)["Location"] for browser in (operator, other)}
    assert len(links) == 2
