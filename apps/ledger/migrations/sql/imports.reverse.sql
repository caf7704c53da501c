DROP TRIGGER import_guard ON ledger_import;
DROP TRIGGER import_no_delete ON ledger_import;
DROP TRIGGER import_no_truncate ON ledger_import;
DROP FUNCTION ledger_import_guard();
