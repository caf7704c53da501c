"""What the ledger shows of a person, whom it knows by holder id alone."""

from apps.platform.privacy import public as privacy

_BASIS = "legal obligation: book-keeping law, GDPR art. 6(1)(c); erasure: art. 17(3)(b)"


def declare() -> None:
    """Declare every field: an opaque holder, and facts of money."""
    privacy.register(
        house="ledger",
        personal={
            "ledger.Account.holder_id": privacy.Personal(
                category="financial",
                purpose="whose money it is",
                basis=_BASIS,
                retention="books",
                export="id",
                erase="restrict",
            ),
            "ledger.Account.metadata": _said_by_callers("what callers keep with an account"),
            "ledger.Transaction.metadata": _said_by_callers("what callers keep with a booking"),
            "ledger.Transaction.actor_key": privacy.Personal(
                category="identity",
                purpose="accountability: who booked it (GDPR art. 5(2), 32)",
                basis=_BASIS,
                retention="books",
                export="id",
                erase="restrict",
            ),
            "ledger.Reversal.reason": privacy.Personal(
                category="financial",
                purpose="why a booking was corrected; free text, which may name somebody",
                basis=_BASIS,
                retention="books",
                export="text",
                erase="restrict",
            ),
            **dict.fromkeys(_WHO_CLOSED, _ACTED),
            **dict.fromkeys(_WHY_CLOSED, _WHY),
        },
        impersonal=(
            *(f"ledger.Account.{name}" for name in _ACCOUNT),
            *(f"ledger.Transaction.{name}" for name in _TRANSACTION),
            *(f"ledger.AccountBound.{name}" for name in _BOUND),
            *(f"ledger.Books.{name}" for name in _BOOKS),
            *(f"ledger.Entry.{name}" for name in _ENTRY),
            *(f"ledger.{name}" for name in _HOLDS),
            *(f"ledger.{name}" for name in _REVERSALS),
            *(f"ledger.RollUp.{name}" for name in _ROLL_UP),
            *(f"ledger.Span.{name}" for name in _SPAN),
            *(f"ledger.Conversion.{name}" for name in _CONVERSION),
            *(f"ledger.{name}" for name in _CHAINS),
            *(f"ledger.{name}" for name in _INTEREST),
            *(f"ledger.{name}" for name in _FEES),
            *(f"ledger.{name}" for name in _PERIODS),
            *(f"ledger.{name}" for name in _LIMITS),
            "event:ledger.transfer.posted.v1.transaction_id",
            "event:ledger.transfer.posted.v1.effective_at",
            "event:ledger.transfers.posted.v1.transaction_ids",
            "event:ledger.transaction.reversed.v1.reversed_id",
            "event:ledger.transaction.reversed.v1.transaction_id",
            *_PROOF,
            *(f"ledger.Import.{name}" for name in _IMPORT),
            "event:ledger.hold.placed.v1.hold_id",
            "event:ledger.hold.placed.v1.expires_at",
            "event:ledger.hold.captured.v1.hold_id",
            "event:ledger.hold.captured.v1.transaction_id",
            "event:ledger.hold.voided.v1.hold_id",
            "event:ledger.hold.expired.v1.hold_id",
        ),
    )


def _said_by_callers(purpose: str) -> privacy.Personal:
    return privacy.Personal(
        category="financial",
        purpose=purpose,
        basis=_BASIS,
        retention="books",
        export="JSON",
        erase="restrict",
    )


_ACCOUNT = (
    "id", "public_id", "code", "name", "kind", "currency", "status", "floor_minor",
    "posted_minor", "version", "opened_at", "over_capture", "parent", "ceiling_minor",
    "bounds_due_at", "limited", "mode", "slot_of", "slot", "held_minor",
)  # fmt: skip
_TRANSACTION = (
    "id", "public_id", "kind", "source", "reference", "fingerprint", "effective_at", "recorded_at",
    "actor_kind", "chain_id",
)  # fmt: skip
_BOUND = ("id", "account", "floor_minor", "ceiling_minor", "effective_at", "recorded_at")
_BOOKS = ("id", "closed_before")
_ENTRY = (
    "id", "transaction", "account", "version", "debit", "credit", "currency", "balance_after",
)  # fmt: skip
_HOLDS = (
    "Hold.id", "Hold.public_id", "Hold.account", "Hold.amount_minor", "Hold.currency",
    "Hold.source", "Hold.reference", "Hold.fingerprint", "Hold.expires_at", "Hold.recorded_at",
    "Hold.chain_id",
    "HoldExtension.id", "HoldExtension.hold", "HoldExtension.expires_at", "HoldExtension.source",
    "HoldExtension.reference", "HoldExtension.recorded_at",
    "HoldCapture.id", "HoldCapture.hold", "HoldCapture.transaction", "HoldCapture.amount_minor",
    "HoldCapture.final", "HoldCapture.recorded_at",
    "HoldEnd.hold", "HoldEnd.outcome", "HoldEnd.released_minor", "HoldEnd.source",
    "HoldEnd.reference", "HoldEnd.recorded_at",
    "HoldOpen.hold", "HoldOpen.account", "HoldOpen.left_minor", "HoldOpen.expires_at",
)  # fmt: skip
_REVERSALS = (
    "Reversal.id", "Reversal.transaction", "Reversal.reversed", "Reversal.whole",
    "Reversal.recorded_at",
    "ReversalPart.id", "ReversalPart.reversal", "ReversalPart.entry", "ReversalPart.amount_minor",
)  # fmt: skip
_SPAN = (
    "id", "account", "level", "place", "debit_minor", "credit_minor", "effective_min",
    "effective_max", "recorded_min", "recorded_max", "late_at", "late_minor",
)  # fmt: skip
_ROLL_UP = (
    "id", "account", "effective_on", "recorded_on", "first_version", "last_version", "entries",
    "debit_minor", "credit_minor",
)  # fmt: skip
_CONVERSION = (
    "id", "transaction", "sold_account", "sold_currency", "sold_minor", "bought_account",
    "bought_currency", "bought_minor", "rate_numerator", "rate_denominator", "fixes", "rounding",
    "rate_source", "quoted_at",
)  # fmt: skip
_CHAINS = (
    "Chain.id", "Chain.recorded_at",
    "ChainEnd.chain", "ChainEnd.outcome", "ChainEnd.recorded_at",
)  # fmt: skip
_LIMITS = (
    "Limit.id", "Limit.public_id", "Limit.account", "Limit.direction", "Limit.period", "Limit.days",
    "Limit.scope", "Limit.counterparty", "Limit.measure", "Limit.counted_from", "Limit.recorded_at",
    "LimitVersion.id", "LimitVersion.limit", "LimitVersion.maximum", "LimitVersion.effective_from",
    "LimitVersion.effective_until", "LimitVersion.recorded_at",
    "LimitUse.id", "LimitUse.limit", "LimitUse.counterparty", "LimitUse.day", "LimitUse.used",
    "LimitWaiver.reversal",
)  # fmt: skip
_PROOF = tuple(
    f"event:ledger.invariant.broken.v1.{name}"
    for name in ("verified_at", "invariants", "offenders")
)
_IMPORT = (
    "id", "digest", "source", "rows", "postings", "entries", "done_postings", "booked_postings",
    "began_at", "finished_at", "stopped_for",
)  # fmt: skip
_INTEREST = tuple(
    f"{model}.{field}"
    for model, fields in {
        "InterestSchedule": (
            "id code name currency day_count capitalises expense_account payable_account "
            "income_account receivable_account recorded_at"
        ),
        "InterestVersion": "id schedule effective_on tiering minimum_minor recorded_at",
        "InterestTier": "id version side from_minor rate",
        "InterestAssignment": "id account schedule effective_on recorded_at",
        "InterestAccrual": (
            "id account number day revision assignment version base_minor paid_grains "
            "charged_grains paid_total charged_total paid_minor charged_minor transaction "
            "seen_version recorded_at"
        ),
        "InterestCapital": (
            "id account day revision number assignment paid_minor charged_minor transaction "
            "recorded_at"
        ),
    }.items()
    for field in fields.split()
)
_FEES = tuple(
    f"{model}.{field}"
    for model, fields in {
        "FeeSchedule": "id code name currency income_account recorded_at",
        "FeeVersion": "id schedule effective_on tiering min_minor max_minor recorded_at",
        "FeeTier": "id version from_minor flat_minor rate",
        "Fee": (
            "id account version amount_minor fee_minor transaction source reference "
            "fingerprint effective_at recorded_at"
        ),
    }.items()
    for field in fields.split()
)
_PERIODS = (
    "Period.number", "Period.name", "Period.starts_on", "Period.ends_on", "Period.recorded_at",
    "PeriodClosing.id", "PeriodClosing.period", "PeriodClosing.actor_kind",
    "PeriodClosing.recorded_at",
    "ClosingJournal.transaction", "ClosingJournal.closing",
    "ReopeningRequest.id", "ReopeningRequest.closing", "ReopeningRequest.actor_kind",
    "ReopeningRequest.recorded_at",
    "PeriodReopening.closing", "PeriodReopening.request", "PeriodReopening.actor_kind",
    "PeriodReopening.recorded_at",
)  # fmt: skip
_WHO_CLOSED = (
    "ledger.PeriodClosing.actor_key",
    "ledger.ReopeningRequest.actor_key",
    "ledger.PeriodReopening.actor_key",
)
_ACTED = privacy.Personal(
    category="identity",
    purpose="accountability: who closed the books or opened them (GDPR art. 5(2), 32)",
    basis=_BASIS,
    retention="books",
    export="id",
    erase="restrict",
)
_WHY_CLOSED = ("ledger.PeriodClosing.reason", "ledger.ReopeningRequest.reason")
_WHY = privacy.Personal(
    category="financial",
    purpose="why a period was closed or opened again; free text, which may name somebody",
    basis=_BASIS,
    retention="books",
    export="text",
    erase="restrict",
)
