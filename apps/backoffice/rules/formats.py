"""Statements as banks send them: camt.053.001.08 (ISO 20022) and MT940 (SWIFT). Pure text.

Every text in a seeded statement is made of letters, digits, blanks and hyphens, which both formats
carry as they are.
"""

from datetime import date
from typing import Final

from apps.platform import money
from apps.platform.money import Money

from .statements import Entry, Statement

CAMT053_CURRENCIES: Final = ("EUR", "JPY")
_BIC: Final = "PROBDEF0XXX"  # a 0 in the eighth place marks a test code (ISO 9362)
_NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def file_name(statement: Statement) -> str:
    """Return for instance `house-bank-EUR-1.camt053.xml`."""
    suffix = "camt053.xml" if statement.currency in CAMT053_CURRENCIES else "mt940"
    return f"house-bank-{statement.currency}-{statement.number}.{suffix}"


def text_of(statement: Statement) -> str:
    """Return the file's text in the format that this account's statements come in."""
    return camt053(statement) if statement.currency in CAMT053_CURRENCIES else mt940(statement)


def camt053(statement: Statement) -> str:
    """Return the statement as camt.053.001.08."""
    made = f"{statement.last_day}T23:59:59Z"
    name = f"HB-{statement.currency}-{statement.number}"
    opening, closing = _ends(statement)
    entries = "".join(_camt_entry(entry, statement.currency) for entry in statement.entries)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="{_NAMESPACE}">
 <BkToCstmrStmt>
  <GrpHdr><MsgId>{name}</MsgId><CreDtTm>{made}</CreDtTm></GrpHdr>
  <Stmt>
   <Id>{name}</Id>
   <ElctrncSeqNb>{statement.number}</ElctrncSeqNb>
   <CreDtTm>{made}</CreDtTm>
   <FrToDt>
    <FrDtTm>{statement.first_day}T00:00:00Z</FrDtTm><ToDtTm>{made}</ToDtTm>
   </FrToDt>
   <Acct>
    <Id><IBAN>{statement.iban}</IBAN></Id><Ccy>{statement.currency}</Ccy>
    <Svcr><FinInstnId><BICFI>{_BIC}</BICFI></FinInstnId></Svcr>
   </Acct>
{_camt_balance("OPBD", opening, statement.first_day)}\
{_camt_balance("CLBD", closing, statement.last_day)}\
{entries}  </Stmt>
 </BkToCstmrStmt>
</Document>
"""


def mt940(statement: Statement) -> str:
    """Return the statement as MT940, blocks and all; lines end in CR LF."""
    opening, closing = _ends(statement)
    lines = [
        f"{{1:F01{_BIC[:8]}A{_BIC[8:]}0000000000}}{{2:I940{_BIC[:8]}X{_BIC[8:]}N}}{{4:",
        f":20:HB{statement.currency}{statement.number}",
        f":25:{statement.iban}",
        f":28C:{statement.number}/1",
        _mt_balance("60F", opening, statement.first_day),
    ]
    for entry in statement.entries:
        lines += _mt_entry(entry, statement.currency)
    lines += [
        _mt_balance("62F", closing, statement.last_day),
        "-}",
    ]
    return "".join(f"{line}\r\n" for line in lines)


def _ends(statement: Statement) -> tuple[Money, Money]:
    currency = statement.currency
    return Money(statement.opening_minor, currency), Money(statement.closing_minor, currency)


def _camt_balance(code: str, balance: Money, day: date) -> str:
    return f"""\
   <Bal>
    <Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>
    <Amt Ccy="{balance.currency}">{_size(balance.minor, balance.currency)}</Amt>
    <CdtDbtInd>{_side(balance.minor)}</CdtDbtInd>
    <Dt><Dt>{day}</Dt></Dt>
   </Bal>
"""


def _camt_entry(entry: Entry, currency: str) -> str:
    return f"""\
   <Ntry>
    <Amt Ccy="{currency}">{_size(entry.minor, currency)}</Amt>
    <CdtDbtInd>{_side(entry.minor)}</CdtDbtInd>
    <Sts><Cd>BOOK</Cd></Sts>
    <BookgDt><Dt>{entry.booked_on}</Dt></BookgDt>
    <ValDt><Dt>{entry.booked_on}</Dt></ValDt>
    <AcctSvcrRef>{entry.reference}</AcctSvcrRef>
    <BkTxCd><Prtry><Cd>{entry.text.split()[0]}</Cd></Prtry></BkTxCd>
    <NtryDtls>
     <TxDtls>
      <Refs><EndToEndId>{entry.reference}</EndToEndId></Refs>
      <Amt Ccy="{currency}">{_size(entry.minor, currency)}</Amt>
      <CdtDbtInd>{_side(entry.minor)}</CdtDbtInd>
      <RmtInf><Ustrd>{entry.text}</Ustrd></RmtInf>
     </TxDtls>
    </NtryDtls>
   </Ntry>
"""


def _mt_balance(tag: str, balance: Money, day: date) -> str:
    amount = f"{balance.currency}{_comma(balance.minor, balance.currency)}"
    return f":{tag}:{_side(balance.minor)[0]}{day:%y%m%d}{amount}"


def _mt_entry(entry: Entry, currency: str) -> list[str]:
    """Return the lines of one entry: field 61 (customer and bank reference alike), and 86."""
    day, amount = f"{entry.booked_on:%y%m%d%m%d}", _comma(entry.minor, currency)
    line = f":61:{day}{_side(entry.minor)[0]}{amount}NTRF{entry.reference}//{entry.reference}"
    return [line, f":86:{entry.text}"]


def _side(minor: int) -> str:
    return "DBIT" if minor < 0 else "CRDT"


def _size(minor: int, currency: str) -> str:
    return money.decimal(Money(abs(minor), currency))


def _comma(minor: int, currency: str) -> str:
    """Return the amount with SWIFT's comma, which also ends a whole number."""
    whole, _, fraction = _size(minor, currency).partition(".")
    return f"{whole},{fraction}"
