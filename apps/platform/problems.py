"""Problems: named, expected failures. `rest` renders them as RFC 9457 problem details."""

from collections.abc import Sequence
from typing import ClassVar, TypedDict


class Fault(TypedDict):
    """One fault within a request: where (RFC 6901 pointer), which, and what to do about it."""

    pointer: str
    code: str
    detail: str


class Problem(Exception):
    """Base of every named failure; subclasses give the slug, the title and the HTTP status."""

    slug: ClassVar[str]
    title: ClassVar[str]
    status: ClassVar[int]

    def __init__(
        self, detail: str, *, errors: Sequence[Fault] = (), **extensions: str | int
    ) -> None:
        """Keep `detail` (for people) and the rest (for programs); none of it holds personal data.

        `retry_after` (seconds) among the extensions becomes the Retry-After header too.
        """
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.extensions = extensions
