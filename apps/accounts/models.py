"""Tables of accounts: customers and what they hold with us. The money itself is the ledger's."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.platform import ids

from . import rules


class Customer(models.Model):
    """One person; the ledger knows them as a holder id, which is `public_id`.

    What could name the person is sealed under a data key of their own (see platform.crypto); the
    key is kept wrapped. `region` is held to the cell's own by a constraint that is fixed when the
    database is made.
    """

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(unique=True)
    region = models.CharField(max_length=8)
    wrapped_key = models.BinaryField()
    name_sealed = models.BinaryField()
    email_sealed = models.BinaryField()
    language = models.CharField(max_length=2)
    opened_at = models.DateTimeField()

    class Meta:
        """We write in the languages that we have templates for."""

        db_table = "accounts_customer"
        default_permissions = ("view",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="accounts_customer_language", condition=Q(language__in=rules.LANGUAGES)
            )
        ]

    def __str__(self) -> str:
        """Identify the customer without personal data."""
        return ids.encode("cust", self.public_id, region=self.region)


class ProductAccount(models.Model):
    """What the customer bought; `public_id` is also that of the ledger account with its money."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    product = models.CharField(max_length=40)
    opened_at = models.DateTimeField()

    class Meta:
        """A product is one that we offer."""

        db_table = "accounts_product_account"
        default_permissions = ("view",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="accounts_product_account_product",
                condition=Q(product__in=tuple(rules.PRODUCTS)),
            )
        ]

    def __str__(self) -> str:
        """Identify the product account without personal data."""
        return ids.encode("acct", self.public_id, region=settings.PROBITY_REGION)
