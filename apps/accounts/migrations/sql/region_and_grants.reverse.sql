REVOKE ALL ON accounts_customer, accounts_product_account FROM probity_app;
ALTER TABLE accounts_customer DROP CONSTRAINT accounts_customer_region;
