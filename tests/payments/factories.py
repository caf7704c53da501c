"""Statement files made by code: one description, written in each of the three formats."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from apps.payments import rules
from apps.platform.money import Money, decimal

DAY = date(2026, 3, 16)
ACCOUNT = "DE02120300000000202051"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One entry: minor units, what comes in is positive."""

    minor: int
    day: date = DAY
    reference: str = "REF1"
    status: str = "BOOK"


@dataclass(frozen=True, kw_only=True)
class Spec:
    """One statement; `closing` None: what opening and entries make."""

    account: str = ACCOUNT
    currency: str = "EUR"
    identification: str = "STMT-1"
    number: int = 1
    opening: int = 10_000
    lines: Sequence[Line] = field(default_factory=lambda: (Line(minor=2_550), Line(minor=-1_000)))
    closing: int | None = None
    day: date = DAY

    @property
    def end(self) -> int:
        if self.closing is not None:
            return self.closing
        return self.opening + sum(line.minor for line in self.lines if line.status == "BOOK")

    def next(self, *lines: Line) -> "Spec":
        """Return the statement of the following day."""
        return replace(
            self,
            identification=f"STMT-{self.number + 1}",
            number=self.number + 1,
            opening=self.end,
            closing=None,
            lines=lines or (Line(minor=100),),
            day=date.fromordinal(self.day.toordinal() + 1),
        )


def camt(*specs: Spec, version: str | None = "001.08", head: str = "") -> bytes:
    """Write camt.053; version None leaves the namespace out."""
    space = f' xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.{version}"' if version else ""
    inside = "\n".join(_camt_statement(spec) for spec in specs)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{head}<Document{space}><BkToCstmrStmt>\n'
        f"<GrpHdr><MsgId>M1</MsgId></GrpHdr>\n{inside}\n</BkToCstmrStmt></Document>\n"
    ).encode()


def _camt_statement(spec: Spec) -> str:
    parts = [
        f"<Stmt><Id>{spec.identification}</Id><ElctrncSeqNb>{spec.number}</ElctrncSeqNb>",
        f"<Acct><Id><IBAN>{spec.account}</IBAN></Id><Ccy>{spec.currency}</Ccy></Acct>",
        _camt_balance("OPBD", spec.opening, spec),
        _camt_balance("CLBD", spec.end, spec),
        *(_camt_entry(line, spec) for line in spec.lines),
        "</Stmt>",
    ]
    return "\n".join(parts)


def _camt_amount(minor: int, currency: str) -> str:
    mark = "CRDT" if minor >= 0 else "DBIT"
    figure = decimal(Money(abs(minor), currency))
    return f'<Amt Ccy="{currency}">{figure}</Amt><CdtDbtInd>{mark}</CdtDbtInd>'


def _camt_balance(kind: str, minor: int, spec: Spec) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
        f"{_camt_amount(minor, spec.currency)}<Dt><Dt>{spec.day}</Dt></Dt></Bal>"
    )


def _camt_entry(line: Line, spec: Spec) -> str:
    return (
        f"<Ntry>{_camt_amount(line.minor, spec.currency)}<Sts>{line.status}</Sts>"
        f"<BookgDt><Dt>{line.day}</Dt></BookgDt><ValDt><Dt>{line.day}</Dt></ValDt>"
        f"<AcctSvcrRef>{line.reference}</AcctSvcrRef>"
        f"<NtryDtls><TxDtls><RltdPties><Dbtr><Nm>Jane Client</Nm></Dbtr></RltdPties>"
        f"<RmtInf><Ustrd>For Jane</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def mt940(*specs: Spec, newline: str = "\n", blocks: bool = False) -> bytes:
    """Write MT940, with or without SWIFT block headers."""
    head, tail = (
        ("{1:F01BANKDEFFAXXX0000000000}{2:I940BANKDEFFXXXXN}{4:", "-}") if blocks else ("", "-")
    )
    lines = []
    for spec in specs:
        lines += [head] if head else []
        lines += _mt940_fields(spec)
        lines.append(tail)
    return newline.join([*lines, ""]).encode()


def _mt940_fields(spec: Spec) -> list[str]:
    fields = [
        f":20:{spec.identification}",
        f":25:{spec.account}",
        f":28C:{spec.number}/1",
        f":60F:{_mt940_balance(spec.opening, spec)}",
    ]
    for line in spec.lines:
        mark = "C" if line.minor >= 0 else "D"
        fields.append(
            f":61:{line.day:%y%m%d%m%d}{mark}{_comma(abs(line.minor), spec.currency)}"
            f"NTRFNONREF//{line.reference}"
        )
        fields.append(":86:166?00Transfer?20For Jane?32Jane Client")
    return [*fields, f":62F:{_mt940_balance(spec.end, spec)}"]


def _mt940_balance(minor: int, spec: Spec) -> str:
    mark = "C" if minor >= 0 else "D"
    return f"{mark}{spec.day:%y%m%d}{spec.currency}{_comma(abs(minor), spec.currency)}"


def _comma(minor: int, currency: str) -> str:
    text = decimal(Money(minor, currency))
    return text.replace(".", ",") if "." in text else f"{text},"


def bai2(*specs: Spec) -> bytes:
    """Write BAI2 with right counts and totals: a group and an account for each statement."""
    lines = ["01,BANK,US,260317,0800,1,,,2/"]
    groups = total = 0
    for spec in specs:
        amounts = [spec.opening, spec.end, *(abs(line.minor) for line in spec.lines)]
        account = [
            f"03,{spec.account},{spec.currency},010,{spec.opening},,/",
            f"88,015,{spec.end},,/",
        ]
        for line in spec.lines:
            code = "195" if line.minor >= 0 else "495"
            account.append(f"16,{code},{abs(line.minor)},V,{line.day:%y%m%d},,{line.reference},X,")
            account.append("88,FOR JANE, FROM JANE CLIENT/")
        account.append(f"49,{sum(amounts)},{len(account) + 1}/")
        lines.append(f"02,US,BANK,1,{spec.day:%y%m%d},2359,{spec.currency},2/")
        lines += account
        lines.append(f"98,{sum(amounts)},1,{len(account) + 2}/")
        groups, total = groups + 1, total + sum(amounts)
    lines.append(f"99,{total},{groups},{len(lines) + 1}/")
    return "\n".join([*lines, ""]).encode()


WRITERS: dict[str, Callable[..., bytes]] = {"camt.053": camt, "MT940": mt940, "BAI2": bai2}


def reason(content: bytes) -> str:
    """Return why the file is refused; empty when it is accepted."""
    return "; ".join(str(flaw) for flaw in rules.examine(content).flaws)
