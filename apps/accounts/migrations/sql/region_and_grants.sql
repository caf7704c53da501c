-- The cell's own region, fixed when the database is made: a customer restored or routed to the
-- wrong region is refused by PostgreSQL itself.
ALTER TABLE accounts_customer ADD CONSTRAINT accounts_customer_region CHECK (region = %s);

-- Customers and what they hold are taken on and read. probity_report gets neither table: both
-- point at persons.
GRANT SELECT, INSERT ON accounts_customer, accounts_product_account TO probity_app;
