"""The sidebar: where staff can go, and only where this one may."""

from dataclasses import dataclass
from typing import TypedDict, cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


class Link(TypedDict):
    """An entry as unfold's sidebar takes it."""

    title: str
    icon: str
    link: str
    active: bool


class Group(TypedDict):
    """A heading with its entries."""

    title: str
    items: list[Link]


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen, its URL name and the permission that opens it ("": all staff)."""

    title: str
    icon: str
    url: str
    permission: str


SCREENS: dict[str, tuple[Screen, ...]] = {
    "": (Screen("Home", "home", "admin:index", ""),),
    "Books": (
        Screen("Trial balance", "balance", "backoffice:trial-balance", "ledger.view_report"),
        Screen("Balance sheet", "account_tree", "backoffice:balance-sheet", "ledger.view_report"),
        Screen(
            "Income statement", "trending_up", "backoffice:income-statement", "ledger.view_report"
        ),
        Screen("Periods", "calendar_month", "backoffice:periods", "ledger.view_period"),
        Screen("Chart of accounts", "schema", "admin:ledger_chart", "ledger.view_account"),
        Screen(
            "Accounts", "account_balance_wallet", "admin:ledger_account_changelist",
            "ledger.view_account",
        ),
        Screen(
            "Transactions", "swap_horiz", "admin:ledger_transaction_changelist",
            "ledger.view_transaction",
        ),
        Screen("Holds", "lock_clock", "admin:ledger_hold_changelist", "ledger.view_hold"),
        Screen("Verification", "fact_check", "backoffice:verification", "ledger.view_account"),
        Screen("Limits", "speed", "admin:ledger_limit_changelist", "ledger.view_limit"),
    ),
    "Interest & fees": (
        Screen(
            "Interest schedules", "percent", "admin:ledger_interestschedule_changelist",
            "ledger.view_interestschedule",
        ),
        Screen(
            "Interest by day", "calendar_month", "admin:ledger_interestaccrual_changelist",
            "ledger.view_interestaccrual",
        ),
        Screen(
            "Capitalised", "savings", "admin:ledger_interestcapital_changelist",
            "ledger.view_interestcapital",
        ),
        Screen(
            "Fee schedules", "sell", "admin:ledger_feeschedule_changelist",
            "ledger.view_feeschedule",
        ),
        Screen("Fees", "receipt", "admin:ledger_fee_changelist", "ledger.view_fee"),
    ),
    "Customers": (
        Screen(
            "Customers", "group", "admin:accounts_customer_changelist", "accounts.view_customer"
        ),
        Screen(
            "Product accounts", "credit_card", "admin:accounts_productaccount_changelist",
            "accounts.view_productaccount",
        ),
    ),
    "Bank statements": (
        Screen("Import", "upload_file", "payments:import", "payments.import_statement"),
        Screen(
            "Statements", "receipt_long", "admin:payments_statement_changelist",
            "payments.view_statement",
        ),
        Screen(
            "Bank accounts", "account_balance", "admin:payments_bankaccount_changelist",
            "payments.view_bankaccount",
        ),
    ),
    "Compliance & audit": (
        Screen(
            "Audit events", "policy", "admin:audit_event_changelist",
            "audit.view_event",
        ),
    ),
    "Operations": (
        Screen("Overview", "monitor_heart", "backoffice:operations", "outbox.view_delivery"),
        Screen(
            "Outbox deliveries", "outbox", "admin:outbox_delivery_changelist",
            "outbox.view_delivery",
        ),
        Screen(
            "Messages", "mail", "admin:notifications_message_changelist",
            "notifications.view_message",
        ),
    ),
    "People & systems": (
        Screen("Staff", "badge", "admin:identity_user_changelist", "identity.view_user"),
        Screen(
            "API clients", "api", "admin:identity_apiclient_changelist", "identity.view_apiclient"
        ),
    ),
}  # fmt: skip


def sidebar(request: HttpRequest) -> list[Group]:
    """Return the groups with an entry that the caller may open (unfold's SIDEBAR.navigation)."""
    here = _here(request.path)
    shown = (
        (title, [_link(screen, here=here) for screen in screens if may_open(request, screen)])
        for title, screens in SCREENS.items()
    )
    return [Group(title=title, items=links) for title, links in shown if links]


def _here(path: str) -> str:
    """Return the link that the path is below: the longest, so that one entry is marked, not two."""
    home, *links = (reverse(screen.url) for group in SCREENS.values() for screen in group)
    if path == home:
        return home
    return max((link for link in links if path.startswith(link)), key=len, default="")


def may_open(request: HttpRequest, screen: Screen) -> bool:
    """Return whether the caller has the screen's permission."""
    return not screen.permission or request.user.has_perm(screen.permission)


def environment(request: HttpRequest) -> tuple[str, str] | None:  # noqa: ARG001 - unfold's signature
    """Return (text, colour) of the label in the page's head: which cell, and whether it is real."""
    name = cast("str", settings.PROBITY_ENV)
    colour = "danger" if name == "production" else "info"
    return f"{settings.PROBITY_REGION} · {name}", colour


def _link(screen: Screen, *, here: str) -> Link:
    link = reverse(screen.url)
    return Link(title=screen.title, icon=screen.icon, link=link, active=link == here)
