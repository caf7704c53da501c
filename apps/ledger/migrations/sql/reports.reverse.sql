DROP FUNCTION ledger_turnovers(timestamptz, timestamptz, timestamptz, text[], boolean),
    ledger_moved(bigint, bigint, bigint, date, date, timestamptz, timestamptz, timestamptz);
