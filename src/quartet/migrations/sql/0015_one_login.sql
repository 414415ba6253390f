-- One login with a Chat SDK. Its cookie is in no table, so what ended early is: everything that signed in before
-- "validAfter", and what goes with one of "endedSessions".
CREATE TABLE "SignInCutoff" (
  "userId" UUID PRIMARY KEY REFERENCES "User"("id") ON DELETE CASCADE,
  "validAfter" TIMESTAMP NOT NULL DEFAULT 'epoch',
  "endedSessions" UUID[] NOT NULL DEFAULT '{}'
);

ALTER TABLE "SignInCutoff" ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON "SignInCutoff" TO quartet_app, quartet_system;
CREATE POLICY quartet_own ON "SignInCutoff" TO quartet_app
  USING ("userId" = (SELECT nullif(current_setting('app.user_id', true), '')::uuid))
  WITH CHECK ("userId" = (SELECT nullif(current_setting('app.user_id', true), '')::uuid));
CREATE POLICY quartet_system ON "SignInCutoff" TO quartet_system USING (true) WITH CHECK (true);

-- Such a session continues a sign-in that happened elsewhere: nobody has just shown who they are.
ALTER TABLE "UserSession" ADD COLUMN "isContinued" BOOLEAN NOT NULL DEFAULT false;

-- Another's documents and suggestions are refused otherwise than what is not there, as the Chat SDK does.
CREATE FUNCTION quartet_document_exists(wanted UUID) RETURNS BOOLEAN
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM "Document" WHERE "id" = wanted)
$$;

CREATE FUNCTION quartet_suggestion_exists(wanted UUID) RETURNS BOOLEAN
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM "Suggestion" WHERE "documentId" = wanted)
$$;

-- JSON may hold what no text can: half a surrogate pair, where a Chat SDK's answer was cut in an emoji, and NUL. One such
-- message would make every search fail. What is written in pairs of escapes is not found, and nobody writes it so.
CREATE OR REPLACE FUNCTION quartet_said(parts JSON) RETURNS TEXT LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT string_agg(part ->> 'text', chr(10))
  FROM json_array_elements(CASE
    WHEN json_typeof(parts) <> 'array' THEN '[]'
    WHEN strpos(parts::text, '\u') = 0 THEN parts
    ELSE regexp_replace(parts::text, '\\u(0000|[dD][89a-fA-F]..)', '\\ufffd', 'g')::json
  END) AS part
  WHERE json_typeof(part) = 'object' AND part ->> 'type' = 'text'
$$;
