"""What a bulk load is refused for."""

from apps.platform.problems import Problem


class Flawed(Exception):
    """Something in a file is not as it must be: a code for programs, a detail for people."""

    def __init__(self, code: str, detail: str) -> None:
        """Keep both."""
        super().__init__(detail)
        self.code, self.detail = code, detail


class ImportRefused(Problem):
    """The file cannot be loaded as it is; its flaws say why."""

    slug, title, status = "ledger/import-refused", "Import refused", 422


class ImportElsewhere(Problem):
    """The same file is being loaded by another run, or was loaded under another source."""

    slug, title, status = "ledger/import-elsewhere", "Import under way elsewhere", 409


class ImportFileChanged(Problem):
    """The file is no longer the one that was checked."""

    slug, title, status = "ledger/import-file-changed", "Import file changed", 409
