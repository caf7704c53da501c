-- May this role make a schema, and is there one of that name?
SELECT has_database_privilege(current_database(), 'CREATE'),
       to_regnamespace(%(schema)s) IS NOT NULL
