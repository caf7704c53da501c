"""Failpoints of one request: die (exit 137, as after kill -9) at the k-th boundary it passes.

A boundary lies before every statement, before COMMIT, and after COMMIT. A request asks for one by
the header X-Failpoint; only the settings of this drill install the middleware. The dying process
writes which boundary it was to standard error.
"""

import os
import re
import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

KILLED = 137
_COMMENT = re.compile(r"--.*")


class Failpoints:
    """Counts the boundaries of one request and ends the process at one of them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = int(request.headers.get("X-Failpoint", "0"))
        if not asked:
            return self.get_response(request)
        passed = Boundaries(die_at=asked)
        with ExitStack() as stack:
            stack.enter_context(connection.execute_wrapper(passed.around_statement))
            commit = connection._commit  # type: ignore[attr-defined]
            connection._commit = passed.around_commit(commit)  # type: ignore[attr-defined]
            stack.callback(setattr, connection, "_commit", commit)
            response = self.get_response(request)
        response["X-Boundaries"] = str(passed.count)
        return response


class Boundaries:
    """Where we are in the request."""

    def __init__(self, *, die_at: int) -> None:
        self.die_at, self.count = die_at, 0

    def _pass(self, name: str) -> None:
        self.count += 1
        if self.count == self.die_at:
            sys.stderr.write(f"failpoint {self.count} {name}\n")
            sys.stderr.flush()
            os._exit(KILLED)

    def around_statement(
        self,
        execute: Callable[..., Any],
        sql: str,
        params: Any,
        many: bool,
        context: dict[str, Any],
    ) -> Any:
        """Pass the boundary before a statement (Django's execute_wrapper)."""
        bare = " ".join(_COMMENT.sub("", str(sql)).split())
        self._pass(f"before {bare[:60]}")
        return execute(sql, params, many, context)

    def around_commit(self, commit: Callable[[], None]) -> Callable[[], None]:
        """Return `commit` with a boundary on either side."""

        def wrapped() -> None:
            self._pass("before COMMIT")
            commit()
            self._pass("after COMMIT")

        return wrapped
