"""What a running instance tells the person who started it: where things are and how to log in."""

import json
from dataclasses import dataclass
from pathlib import Path

from dev import places
from dev.environment import Plan

TRANSFER_MINOR = 1050


@dataclass(frozen=True, slots=True)
class LogIns:
    """What the seed wrote: staff log-ins, an API client and two accounts to move money between."""

    staff: list[dict[str, str]]
    token: str
    debit_account_id: str
    credit_account_id: str
    currency: str

    @classmethod
    def read(cls, path: Path) -> "LogIns":
        """Read them; SystemExit, with the way out, when the file has gone."""
        if not path.exists():
            raise SystemExit(
                f"{shown(path)} is gone, and passwords are kept nowhere else: make demo-reset"
            )
        kept = json.loads(path.read_text(encoding="utf-8"))
        return cls(staff=kept["staff"], token=kept["client"]["token"], **kept["transfer"])

    def transfer(self) -> dict[str, object]:
        """Return the body of a small transfer between the two accounts."""
        return {
            "debit_account_id": self.debit_account_id,
            "credit_account_id": self.credit_account_id,
            "amount": {"amount": TRANSFER_MINOR, "currency": self.currency},
        }

    def legs(self) -> list[dict[str, object]]:
        """Return the legs that the API shows of that transfer."""
        one, other = self.debit_account_id, self.credit_account_id
        return [
            {"account_id": one, "debit": TRANSFER_MINOR, "credit": 0, "currency": self.currency},
            {"account_id": other, "debit": 0, "credit": TRANSFER_MINOR, "currency": self.currency},
        ]


def shown(path: Path) -> str:
    """Return `path` as seen from the checkout."""
    return str(path.relative_to(places.ROOT))


def curl(log_ins: LogIns, *, base: str) -> str:
    """Return a command that posts a transfer; run twice, it moves the money once."""
    return "\n".join(
        [
            f"  curl -sS {base}/v1/ledger/transfers \\",
            f"    -H 'Authorization: Bearer {log_ins.token}' \\",
            "    -H 'Idempotency-Key: my-first-transfer' -H 'Content-Type: application/json' \\",
            f"    -d '{json.dumps(log_ins.transfer(), separators=(',', ':'))}'",
        ]
    )


def greeting(plan: Plan) -> str:
    """Return the lines to print once the instance is ready."""
    base = f"http://127.0.0.1:{plan.web}"
    log_ins = LogIns.read(plan.instance.credentials)
    width = max((len(entry["username"]) for entry in log_ins.staff), default=0)
    staff = [
        f"  {entry['username']:<{width}}   {entry['password']}   ({entry['role']})"
        for entry in log_ins.staff
    ]
    lines = [
        "",
        "Probity is running. Ctrl-C stops it; `make demo` goes on where it was.",
        "",
        f"  Back-office   {base}/admin/",
        f"  API           {base}/v1/docs/",
        f"  Health        {base}/health/ready",
        f"  Mail sent     {shown(plan.instance.mail)}/",
        "",
        f"Staff log-ins (kept in {shown(plan.instance.credentials)}):",
        *staff,
        "",
        "Post a transfer as the API client `demo`, then look for it in the back-office:",
        curl(log_ins, base=base),
        "",
    ]
    return "\n".join(lines)
