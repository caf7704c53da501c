-- The accounts that closing entries may touch, in the order in which a post locks: accounts first, the
-- books after them. A closing in another order and a backdated post would wait for each other.
SELECT id FROM ledger_account WHERE kind IN ('income', 'expense', 'equity')
ORDER BY slot_of_id IS NOT NULL, id FOR NO KEY UPDATE
