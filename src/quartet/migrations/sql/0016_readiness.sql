-- A server asks whether the database is at its own migrations, as /readyz says.
GRANT SELECT ON "quartet_migrations" TO quartet_system;
