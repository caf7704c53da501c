"""A small bank statement, made by hand: 1,000.00 opening, +200.00, -50.00, 1,150.00 closing."""

_DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">
  <BkToCstmrStmt>
    <GrpHdr><MsgId>MADE-1</MsgId><CreDtTm>2026-06-02T06:00:00Z</CreDtTm></GrpHdr>
    <Stmt>
      <Id>MADE-1-1</Id>
      <ElctrncSeqNb>1</ElctrncSeqNb>
      <CreDtTm>2026-06-02T06:00:00Z</CreDtTm>
      <Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>
      {balances}
      {entries}
    </Stmt>
  </BkToCstmrStmt>
</Document>
"""
_BALANCE = """<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{amount}</Amt>
      <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"""
_ENTRY = """<Ntry><NtryRef>{number}</NtryRef><Amt Ccy="EUR">{amount}</Amt>
      <CdtDbtInd>{side}</CdtDbtInd>
      <Sts><Cd>BOOK</Cd></Sts>
      <BookgDt><Dt>2026-06-01</Dt></BookgDt><ValDt><Dt>2026-06-01</Dt></ValDt>
      <AcctSvcrRef>REF{number}</AcctSvcrRef>
      <BkTxCd><Prtry><Cd>MADE</Cd></Prtry></BkTxCd></Ntry>"""


def camt053() -> bytes:
    """Return the file."""
    balances = [
        _BALANCE.format(kind="OPBD", amount="1000.00", day="2026-06-01"),
        _BALANCE.format(kind="CLBD", amount="1150.00", day="2026-06-01"),
    ]
    entries = [
        _ENTRY.format(number=1, amount="200.00", side="CRDT"),
        _ENTRY.format(number=2, amount="50.00", side="DBIT"),
    ]
    text = _DOCUMENT.format(balances="".join(balances), entries="".join(entries))
    return text.encode()
