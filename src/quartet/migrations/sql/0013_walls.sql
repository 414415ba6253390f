-- The second wall. Every query of ours names its user; should one forget to, the database still shows and takes only
-- what is that user's. Two roles that nobody logs in as:
--   quartet_app     a request. Row-level security: rows of "app.user_id", set for one transaction; none when unset.
--   quartet_system  what happens before a user is known or for everybody: sign-in, webhooks, sweepers.
-- A table's owner is not held by its policies: a Chat SDK that runs as owner goes on as before, and so do migrations.
DO $$
DECLARE
  role TEXT;
  -- From PostgreSQL 16 on, whoever makes a role is a member of it who may not yet take it.
  may CONSTANT TEXT := CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END;
BEGIN
  FOREACH role IN ARRAY ARRAY['quartet_app', 'quartet_system'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', role);
      EXCEPTION
        -- Roles belong to the whole cluster: another database of ours has just made it.
        WHEN duplicate_object OR unique_violation THEN NULL;
      END;
    END IF;
    IF NOT pg_has_role(current_user, role, may) THEN
      BEGIN
        EXECUTE format('GRANT %I TO %I', role, current_user);
      EXCEPTION
        WHEN unique_violation OR internal_error THEN NULL;
      END;
    END IF;
  END LOOP;
EXCEPTION
  WHEN insufficient_privilege THEN
    RAISE EXCEPTION '% may not make or take the roles of Quartet. Let an administrator run, without what is there '
      'already: CREATE ROLE quartet_app NOLOGIN; CREATE ROLE quartet_system NOLOGIN; '
      'GRANT quartet_app, quartet_system TO %', quote_ident(current_user), quote_ident(current_user);
END $$;

GRANT USAGE ON SCHEMA public TO quartet_app, quartet_system;

-- What a person owns by "userId": read and changed by that person only.
DO $$
DECLARE
  name TEXT;
  mine CONSTANT TEXT := '"userId" = (SELECT nullif(current_setting(''app.user_id'', true), '''')::uuid)';
BEGIN
  FOREACH name IN ARRAY ARRAY[
    'Component', 'ComponentVersion', 'ComponentSearch', 'Preset', 'PresetLoss', 'Trash', 'Usage', 'Reservation',
    'ComposedPrompt', 'Comparison', 'Candidate', 'PartVote', 'UserSession', 'ApiKey', 'UserIdentity', 'SecondFactor',
    'RecoveryCode', 'SignInChallenge', 'Document', 'Suggestion', 'Chat', 'File'
  ] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO quartet_app', name);
    EXECUTE format('CREATE POLICY quartet_own ON %I TO quartet_app USING (%s) WITH CHECK (%2$s)', name, mine);
  END LOOP;
  -- What a plan is, only the seller says; what happened, happened.
  FOREACH name IN ARRAY ARRAY['Subscription', 'PolarCustomer', 'PolarSubscription', 'PolarEvent', 'AuditEntry'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('GRANT SELECT ON %I TO quartet_app', name);
    EXECUTE format('CREATE POLICY quartet_own ON %I FOR SELECT TO quartet_app USING (%s)', name, mine);
  END LOOP;
  GRANT INSERT ON "AuditEntry" TO quartet_app;
  EXECUTE format('CREATE POLICY quartet_note ON "AuditEntry" FOR INSERT TO quartet_app WITH CHECK (%s)', mine);
  -- What belongs to a chat.
  FOREACH name IN ARRAY ARRAY['Message_v2', 'Vote_v2', 'Stream', 'Message', 'Vote'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO quartet_app', name);
    EXECUTE format('CREATE POLICY quartet_own ON %I TO quartet_app USING (%s) WITH CHECK (%2$s)', name,
      format('EXISTS (SELECT FROM "Chat" c WHERE c."id" = %I."chatId" AND c.%s)', name, mine));
  END LOOP;
END $$;

ALTER TABLE "User" ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON "User" TO quartet_app;
CREATE POLICY quartet_own ON "User" TO quartet_app
  USING ("id" = (SELECT nullif(current_setting('app.user_id', true), '')::uuid))
  WITH CHECK ("id" = (SELECT nullif(current_setting('app.user_id', true), '')::uuid));

-- A public chat is read by everybody, with its messages and the pictures in them.
CREATE POLICY quartet_public ON "Chat" FOR SELECT TO quartet_app USING ("visibility" = 'public');
CREATE POLICY quartet_public ON "Message_v2" FOR SELECT TO quartet_app
  USING (EXISTS (SELECT FROM "Chat" c WHERE c."id" = "Message_v2"."chatId" AND c."visibility" = 'public'));
CREATE POLICY quartet_public ON "File" FOR SELECT TO quartet_app
  USING ("messageId" IS NOT NULL
         AND EXISTS (SELECT FROM "Chat" c WHERE c."id" = "File"."chatId" AND c."visibility" = 'public'));

-- The system's role is held by nothing but its name: also in what nobody owns.
DO $$
DECLARE
  name TEXT;
BEGIN
  FOREACH name IN ARRAY ARRAY[
    'User', 'Chat', 'Message_v2', 'Vote_v2', 'Message', 'Vote', 'Stream', 'Document', 'Suggestion', 'Component',
    'ComponentVersion', 'ComponentSearch', 'Preset', 'PresetLoss', 'Trash', 'Usage', 'Reservation', 'ComposedPrompt',
    'Comparison', 'Candidate', 'PartVote', 'File', 'GoneFile', 'UserSession', 'ApiKey', 'UserIdentity', 'SecondFactor',
    'RecoveryCode', 'SignInChallenge', 'AuditEntry', 'Subscription', 'PolarCustomer', 'PolarSubscription', 'PolarEvent'
  ] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO quartet_system', name);
    EXECUTE format('CREATE POLICY quartet_system ON %I TO quartet_system USING (true) WITH CHECK (true)', name);
  END LOOP;
END $$;

-- Who shows a token that only its owner has. They look past the wall, for one row, found by its keyed hash.
CREATE FUNCTION quartet_session(hash BYTEA)
  RETURNS TABLE ("id" UUID, "userId" UUID, "email" TEXT, "seenAt" TIMESTAMP, "expiresAt" TIMESTAMP)
  LANGUAGE sql STABLE SECURITY DEFINER ROWS 1 SET search_path = public, pg_temp AS $$
  SELECT s."id", u."id", u."email", s."seenAt", s."expiresAt"
  FROM "UserSession" s JOIN "User" u ON u."id" = s."userId" WHERE s."tokenHash" = hash
$$;

CREATE FUNCTION quartet_api_key(hash BYTEA)
  RETURNS TABLE ("id" UUID, "userId" UUID, "email" TEXT, "scopes" TEXT[], "lastUsedAt" TIMESTAMP, "expiresAt" TIMESTAMP)
  LANGUAGE sql STABLE SECURITY DEFINER ROWS 1 SET search_path = public, pg_temp AS $$
  SELECT k."id", u."id", u."email", k."scopes", k."lastUsedAt", k."expiresAt"
  FROM "ApiKey" k JOIN "User" u ON u."id" = k."userId" WHERE k."hash" = quartet_api_key.hash
$$;

-- Whether somebody else has this: an address that exists is refused otherwise (403) than one that does not (404), as
-- the Chat SDK does; and an id that is taken is told from one that is free.
CREATE FUNCTION quartet_chat_exists(wanted UUID) RETURNS BOOLEAN
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM "Chat" WHERE "id" = wanted)
$$;

-- A deleted file leaves its name for the sweeper, in a table that no person may look into.
ALTER FUNCTION quartet_keep_gone_file() SECURITY DEFINER SET search_path = public, pg_temp;

-- Under row-level security an index serves only what cannot leak a row, and LIKE could. So who keeps very many looks for
-- words past the wall, by a function with a wall of its own.
CREATE FUNCTION quartet_component_search(words TEXT)
  RETURNS TABLE ("componentId" UUID, "name" TEXT, "tags" TEXT[])
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  -- Planned for these words: a plan for any would ask the trigrams of words that have none.
  RETURN QUERY EXECUTE
    'SELECT f."componentId", f."name"::text, f."tags" FROM "ComponentSearch" f
     WHERE f."userId" = $1 AND (f."name" LIKE $2 OR f."text" LIKE $2)'
    USING nullif(current_setting('app.user_id', true), '')::uuid, '%' || quartet_literal(words) || '%';
END $$;

-- Tags are read with their owner's other rows now; and the newest version of each part of a page stands beside the
-- others of its owner, where it was one place in the whole index for each.
DROP INDEX "component_search_words_idx";
CREATE INDEX "component_search_words_idx" ON "ComponentSearch"
  USING gin ("userId", "name" gin_trgm_ops, "text" gin_trgm_ops) WITH (fastupdate = on, gin_pending_list_limit = 256);
CREATE INDEX "component_version_newest_idx" ON "ComponentVersion"("userId", "componentId", "version");
DROP INDEX "component_version_user_idx";
