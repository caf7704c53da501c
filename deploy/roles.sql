-- The three roles of a Probity cluster and their time-outs. Run by a superuser (or a role that may
-- create roles), as often as you like. Passwords are set by the caller: ALTER ROLE … PASSWORD ….
--
--   probity_owner   owns every object and migrates
--   probity_app     serves: what it may do is granted table by table, by the migrations
--   probity_report  reads what holds no personal data
--
-- Time-outs stand on the roles, so that no way of connecting can forget them. They nest:
-- lock 2 s < statement 5 s < transaction 10 s < web server 30 s < proxy 35 s.

DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['probity_owner', 'probity_app', 'probity_report'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', wanted);
        END IF;
    END LOOP;

    IF EXISTS (
        SELECT FROM pg_roles
        WHERE rolname IN ('probity_owner', 'probity_app', 'probity_report')
          AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)
    ) THEN
        RAISE EXCEPTION 'a role of Probity has powers it must not have'
            USING HINT = 'ALTER ROLE … NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS';
    END IF;
END
$$;

ALTER ROLE probity_app SET lock_timeout = '2s';
ALTER ROLE probity_app SET statement_timeout = '5s';
ALTER ROLE probity_app SET idle_in_transaction_session_timeout = '10s';

ALTER ROLE probity_owner SET lock_timeout = '3s';
ALTER ROLE probity_owner SET statement_timeout = 0;

ALTER ROLE probity_report SET default_transaction_read_only = on;
ALTER ROLE probity_report SET lock_timeout = '2s';
ALTER ROLE probity_report SET statement_timeout = '60s';
ALTER ROLE probity_report SET idle_in_transaction_session_timeout = '60s';

-- transaction_timeout exists from PostgreSQL 17 on. It ends the connection, not the statement alone.
DO $$
BEGIN
    IF current_setting('server_version_num')::int >= 170000 THEN
        ALTER ROLE probity_app SET transaction_timeout = '10s';
    END IF;
END
$$;

-- PostgreSQL's log holds no values: not the statement that was refused, nor DETAIL ("Failing row
-- contains …", "Key (email)=(…)"), HINT and CONTEXT. Where the caller may not set this (a managed
-- service), a superuser must.
DO $$
DECLARE
    ours text;
BEGIN
    FOREACH ours IN ARRAY ARRAY['probity_owner', 'probity_app', 'probity_report'] LOOP
        EXECUTE format('ALTER ROLE %I SET log_min_error_statement = panic', ours);
        EXECUTE format('ALTER ROLE %I SET log_error_verbosity = terse', ours);
    END LOOP;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE WARNING 'the log of PostgreSQL may hold values of refused statements'
            USING HINT = 'Have a superuser set log_min_error_statement and log_error_verbosity.';
END
$$;
