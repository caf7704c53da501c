"""What `manage.py ledger` can do: one module a verb."""
