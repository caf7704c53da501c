"""What an account must be before it is opened."""

from ..errors import AccountHot, MalformedBounds
from ..events import NewAccount


def check_new_account(account: NewAccount) -> None:
    """Return when the account may go to the database. Raises AccountHot or MalformedBounds."""
    floor, ceiling = account.floor_minor, account.ceiling_minor
    if account.mode != "plain" and (
        floor is not None or ceiling is not None or account.over_capture
    ):
        raise AccountHot("an account that many write to has no bounds and no holds")
    if (floor is not None and floor > 0) or (ceiling is not None and ceiling < 0):
        raise MalformedBounds("an account starts at zero, within its bounds")
