-- Run once by the image of PostgreSQL, on its empty data folder (compose.yaml).
-- Behind a pooler in transaction mode a request's login has its role by itself: docs/decisions/0017-two-walls.md.
\getenv owner_password QUARTET_OWNER_PASSWORD
\getenv requests_password QUARTET_REQUESTS_PASSWORD

CREATE ROLE quartet_app NOLOGIN;
CREATE ROLE quartet_system NOLOGIN;

-- Owns the tables and migrates them; past the pooler.
CREATE ROLE quartet_owner LOGIN PASSWORD :'owner_password';
GRANT quartet_app, quartet_system TO quartet_owner;
ALTER DATABASE quartet OWNER TO quartet_owner;

-- Runs the requests, through the pooler, which forgets what a client sets for its session.
CREATE ROLE quartet_requests LOGIN PASSWORD :'requests_password';
GRANT quartet_app, quartet_system TO quartet_requests;
ALTER ROLE quartet_requests SET role TO quartet_app;
ALTER ROLE quartet_requests SET timezone TO 'UTC';
ALTER ROLE quartet_requests SET statement_timeout TO '60s';
ALTER ROLE quartet_requests SET idle_in_transaction_session_timeout TO '60s';
