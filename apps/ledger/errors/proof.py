"""What a proof of the books is refused for."""

from apps.platform.problems import Problem


class VerificationRunning(Problem):
    """The invariants are being run by somebody else just now."""

    slug, title, status = "ledger/verification-running", "Verification running", 409


class RebuildRefused(Problem):
    """The books cannot be made again there, or not by this role."""

    slug, title, status = "ledger/rebuild-refused", "Rebuild refused", 422
