"""What every screen of the ledger has in common."""

from django.http import HttpRequest


class ReadOnly:
    """Nothing is added, changed or deleted here: the service posts, a reversal corrects."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse."""
        return False
