"""What an account is, for whoever opens or reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .ids import AccountId, AccountKind, AccountMode, AccountStatus, HolderId


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account to be opened, empty; `floor_minor` None: it may go as low as it likes.

    `over_capture`: a capture may take more than its hold, as far as the account's money goes.
    `parent_id`: what it stands below in the chart. `mode`: "slots" for an account that many write
    to at once, which spreads over 16 sub-accounts and has no bounds and no holds; "deferred" when a
    job books what they gather onto the account itself.
    """

    account_id: AccountId
    code: str
    name: str
    kind: AccountKind
    currency: str
    holder_id: HolderId | None = None
    floor_minor: int | None = None
    over_capture: bool = False
    ceiling_minor: int | None = None
    parent_id: AccountId | None = None
    mode: AccountMode = "plain"
    metadata: Mapping[str, str | int | bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """An account as others see it; `posted_minor` is on its normal side."""

    account_id: AccountId
    code: str
    name: str
    kind: AccountKind
    currency: str
    status: AccountStatus
    holder_id: HolderId | None
    floor_minor: int | None
    posted_minor: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How low and how high an account may go (normal side, minor units) from `effective_at` on."""

    floor_minor: int | None
    ceiling_minor: int | None
    effective_at: datetime
