"""A web server that forks for each request, so that a request may die and the server lives on.

Run as `python -m tests.drills.failpoints.server PORT`. The parent loads the application and never
touches the database; each child has a connection of its own. It prints "exit STATUS" for each
child that did not end well.
"""

import os
import sys
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.core.wsgi import get_wsgi_application


class Handler(WSGIRequestHandler):
    """Answers without a line in the log."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


class Server(WSGIServer):
    """One process a request; it is waited for before the next is taken, so nothing is left over."""

    def process_request(self, request: object, client_address: object) -> None:
        """Fork, answer, and report how the child ended."""
        pid = os.fork()
        if pid == 0:
            self._answer_and_exit(request, client_address)
        self.close_request(request)  # type: ignore[arg-type]
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if status:
            sys.stdout.write(f"exit {status}\n")
            sys.stdout.flush()

    def _answer_and_exit(self, request: object, client_address: object) -> None:
        status = 1
        try:
            self.finish_request(request, client_address)  # type: ignore[arg-type]
            status = 0
        finally:
            self.shutdown_request(request)  # type: ignore[arg-type]
            os._exit(status)


if __name__ == "__main__":
    application = get_wsgi_application()
    with make_server("127.0.0.1", int(sys.argv[1]), application, Server, Handler) as server:
        server.serve_forever()
