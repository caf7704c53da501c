"""A mail server that delivers nowhere: it keeps every message as a file and counts them.

`python -m dev.mail PORT DIRECTORY`. Files are named by arrival (`000001.eml`, …); one that is there
is complete. They hold personal data: the directory is ours alone.
"""

import signal
import sys
import threading
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from dev import places


class Keeper:
    """Writes each accepted message into a directory."""

    def __init__(self, directory: Path) -> None:
        """Go on counting from the messages that are there."""
        self.directory = places.private(directory)
        self.count = max((int(path.stem) for path in messages(directory)), default=0)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the message and accept it."""
        self.count += 1
        content = envelope.content or b""
        data = content if isinstance(content, bytes) else content.encode()
        draft = self.directory / f"{self.count:06}.part"
        draft.write_bytes(data)
        draft.rename(draft.with_suffix(".eml"))
        print(f"{self.count} kept for {len(envelope.rcpt_tos)} recipient(s)", flush=True)
        return "250 kept"


def messages(directory: Path) -> list[Path]:
    """Return the kept messages in the order they came."""
    return sorted(directory.glob("[0-9]*.eml"))


def main() -> None:
    """Serve until told to stop."""
    port, directory = int(sys.argv[1]), Path(sys.argv[2])
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    keeper = Keeper(directory)
    controller = Controller(keeper, hostname="127.0.0.1", port=port)
    controller.start()
    print(f"mail on 127.0.0.1:{port}, {keeper.count} kept so far", flush=True)
    stop.wait()
    controller.stop()


if __name__ == "__main__":
    main()
