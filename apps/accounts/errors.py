"""Named failures of accounts; `rest` renders each as RFC 9457 problem details."""

from apps.platform.problems import Problem


class CustomerNotFound(Problem):
    """A customer id names no customer."""

    slug, title, status = "accounts/customer-not-found", "Customer not found", 404


class CustomerExists(Problem):
    """The customer id is taken."""

    slug, title, status = "accounts/customer-exists", "Customer exists", 409


class InvalidCustomer(Problem):
    """Name, e-mail address or language cannot be those of a customer; which one, not what."""

    slug, title, status = "accounts/invalid-customer", "Invalid customer", 422


class UnknownProduct(Problem):
    """The product code names nothing we offer."""

    slug, title, status = "accounts/unknown-product", "Unknown product", 422
