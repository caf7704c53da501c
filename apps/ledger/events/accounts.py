"""What an account is, for whoever opens or reads it."""

from dataclasses import dataclass

from .ids import AccountId, AccountKind, AccountStatus, HolderId


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account to be opened, empty; `floor_minor` None: it may go as low as it likes.

    `over_capture`: a capture may take more than its hold, as far as the account's money goes.
    """

    account_id: AccountId
    code: str
    name: str
    kind: AccountKind
    currency: str
    holder_id: HolderId | None = None
    floor_minor: int | None = None
    over_capture: bool = False


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
