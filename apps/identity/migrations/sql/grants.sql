-- What the app role may do to log-ins, and to the tables of Django and of the libraries.
-- Everything else on them is the owner's; a new table of theirs starts with no grant at all.
REVOKE ALL ON identity_user, identity_user_groups, identity_user_user_permissions,
    identity_api_client FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE ON identity_user TO probity_app;
GRANT SELECT, INSERT, DELETE ON identity_user_groups, identity_user_user_permissions TO probity_app;
GRANT SELECT, INSERT ON identity_api_client TO probity_app;
GRANT UPDATE (active) ON identity_api_client TO probity_app; -- what it may do is fixed when it is made

GRANT SELECT ON django_content_type, auth_permission, django_migrations TO probity_app;
GRANT SELECT, INSERT ON auth_group TO probity_app;
GRANT SELECT, INSERT, DELETE ON auth_group_permissions TO probity_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON django_session TO probity_app;
GRANT SELECT, INSERT ON django_admin_log TO probity_app; -- a log: nobody edits it
GRANT SELECT, INSERT, DELETE ON guardian_userobjectpermission, guardian_groupobjectpermission
    TO probity_app;
