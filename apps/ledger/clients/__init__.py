"""What the ledger reads from outside: files."""
