"""What payments knows of people: nothing by design.

Names of counterparties and remittance information are not read from statements, let alone stored.
Bank accounts are the company's own; a bank's reference names a booking at the bank.
"""

from apps.platform.privacy import public as privacy

_IMPERSONAL = (
    "payments.BankAccount.id",
    "payments.BankAccount.public_id",
    "payments.BankAccount.identification",
    "payments.BankAccount.currency",
    "payments.BankAccount.ledger_account_id",
    "payments.BankAccount.opened_at",
    "payments.StatementFile.id",
    "payments.StatementFile.public_id",
    "payments.StatementFile.sha256",
    "payments.StatementFile.format",
    "payments.StatementFile.size",
    "payments.StatementFile.recorded_at",
    "payments.Statement.id",
    "payments.Statement.public_id",
    "payments.Statement.file",
    "payments.Statement.bank_account",
    "payments.Statement.previous",
    "payments.Statement.identification",
    "payments.Statement.number",
    "payments.Statement.page",
    "payments.Statement.identity",
    "payments.Statement.fingerprint",
    "payments.Statement.opening_day",
    "payments.Statement.closing_day",
    "payments.Statement.opening_minor",
    "payments.Statement.booked_minor",
    "payments.Statement.closing_minor",
    "payments.Statement.entry_count",
    "payments.Statement.pending_count",
    "payments.Statement.recorded_at",
    "payments.StatementEntry.id",
    "payments.StatementEntry.statement",
    "payments.StatementEntry.position",
    "payments.StatementEntry.booking_day",
    "payments.StatementEntry.value_day",
    "payments.StatementEntry.amount_minor",
    "payments.StatementEntry.bank_reference",
    "payments.StatementEntry.transaction_id",
)


def declare() -> None:
    """Declare every field of payments."""
    privacy.register(house="payments", personal={}, impersonal=_IMPERSONAL)
