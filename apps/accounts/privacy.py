"""What accounts knows of a person. What names them is sealed; without their key it is noise."""

from typing import Final

from apps.platform.privacy.public import Personal, register

_CONTRACT: Final = "contract"
_RETENTION: Final = "customer relationship, then the statutory period"
_PSEUDONYM: Final = Personal(
    category="identity",
    purpose="ties what the law keeps to the customer; to nobody once the key is destroyed",
    basis="legal obligation",
    retention=_RETENTION,
    export="as it is",
    erase="restrict",
)
_KEY: Final = Personal(
    category="credential",
    purpose="opens what is sealed of this customer, and nothing else",
    basis=_CONTRACT,
    retention=_RETENTION,
    export="never: it is a key",
    erase="delete",
)
_NAME: Final = Personal(
    category="identity",
    purpose="to know and to address the customer",
    basis=_CONTRACT,
    retention=_RETENTION,
    export="in clear",
    erase="shred",
)
_EMAIL: Final = Personal(
    category="contact",
    purpose="messages that belong to the contract",
    basis=_CONTRACT,
    retention=_RETENTION,
    export="in clear",
    erase="shred",
)
_LANGUAGE: Final = Personal(
    category="contact",
    purpose="the language that the customer is written to in",
    basis=_CONTRACT,
    retention=_RETENTION,
    export="as it is",
    erase="redact",
)
_PRODUCT: Final = Personal(
    category="financial",
    purpose="what the customer holds with us",
    basis=_CONTRACT,
    retention=_RETENTION,
    export="as it is",
    erase="restrict",
)


def declare() -> None:
    """Declare every field of accounts."""
    register(
        house="accounts",
        personal={
            "accounts.Customer.public_id": _PSEUDONYM,
            "accounts.Customer.wrapped_key": _KEY,
            "accounts.Customer.name_sealed": _NAME,
            "accounts.Customer.email_sealed": _EMAIL,
            "accounts.Customer.language": _LANGUAGE,
            "accounts.ProductAccount.customer": _PSEUDONYM,
            "accounts.ProductAccount.product": _PRODUCT,
        },
        impersonal=[
            "accounts.Customer.id",
            "accounts.Customer.region",
            "accounts.Customer.opened_at",
            "accounts.ProductAccount.id",
            "accounts.ProductAccount.public_id",
            "accounts.ProductAccount.opened_at",
        ],
    )
