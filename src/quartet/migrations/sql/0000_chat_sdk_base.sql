-- The Chat SDK's own tables as they were at the version the spec describes (commit 5f9e231, 2025-12-15),
-- made only where nobody made them before. Nothing here may ever change: they are the Chat SDK's.

CREATE TABLE IF NOT EXISTS "User" (
  "id" UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  "email" VARCHAR(64) NOT NULL,
  "password" VARCHAR(64)
);

CREATE TABLE IF NOT EXISTS "Chat" (
  "id" UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  "createdAt" TIMESTAMP NOT NULL,
  "title" TEXT NOT NULL,
  "userId" UUID NOT NULL REFERENCES "User"("id"),
  "visibility" VARCHAR NOT NULL DEFAULT 'private',
  "lastContext" JSONB
);

CREATE TABLE IF NOT EXISTS "Message_v2" (
  "id" UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  "chatId" UUID NOT NULL REFERENCES "Chat"("id"),
  "role" VARCHAR NOT NULL,
  "parts" JSON NOT NULL,
  "attachments" JSON NOT NULL,
  "createdAt" TIMESTAMP NOT NULL
);

CREATE TABLE IF NOT EXISTS "Vote_v2" (
  "chatId" UUID NOT NULL REFERENCES "Chat"("id"),
  "messageId" UUID NOT NULL REFERENCES "Message_v2"("id"),
  "isUpvoted" BOOLEAN NOT NULL,
  PRIMARY KEY ("chatId", "messageId")
);

-- The kind of a document lives in a column that is named "text": the Chat SDK's own migration says so.
CREATE TABLE IF NOT EXISTS "Document" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "createdAt" TIMESTAMP NOT NULL,
  "title" TEXT NOT NULL,
  "content" TEXT,
  "text" VARCHAR NOT NULL DEFAULT 'text',
  "userId" UUID NOT NULL REFERENCES "User"("id"),
  PRIMARY KEY ("id", "createdAt")
);

CREATE TABLE IF NOT EXISTS "Suggestion" (
  "id" UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  "documentId" UUID NOT NULL,
  "documentCreatedAt" TIMESTAMP NOT NULL,
  "originalText" TEXT NOT NULL,
  "suggestedText" TEXT NOT NULL,
  "description" TEXT,
  "isResolved" BOOLEAN NOT NULL DEFAULT false,
  "userId" UUID NOT NULL REFERENCES "User"("id"),
  "createdAt" TIMESTAMP NOT NULL,
  FOREIGN KEY ("documentId", "documentCreatedAt") REFERENCES "Document"("id", "createdAt")
);

CREATE TABLE IF NOT EXISTS "Stream" (
  "id" UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  "chatId" UUID NOT NULL REFERENCES "Chat"("id"),
  "createdAt" TIMESTAMP NOT NULL
);

-- Deprecated by the Chat SDK, still made by its migrations.
CREATE TABLE IF NOT EXISTS "Message" (
  "id" UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  "chatId" UUID NOT NULL REFERENCES "Chat"("id"),
  "role" VARCHAR NOT NULL,
  "content" JSON NOT NULL,
  "createdAt" TIMESTAMP NOT NULL
);

CREATE TABLE IF NOT EXISTS "Vote" (
  "chatId" UUID NOT NULL REFERENCES "Chat"("id"),
  "messageId" UUID NOT NULL REFERENCES "Message"("id"),
  "isUpvoted" BOOLEAN NOT NULL,
  PRIMARY KEY ("chatId", "messageId")
);

-- The Chat SDK's migrator runs what its journal does not know and would fail on tables that are already there.
-- So tables that we made are written into its journal as it would have written them (hash: sha256 of its
-- file; only "created_at" decides). A journal that exists is the Chat SDK's own: it is left alone.
DO $$
BEGIN
  IF to_regclass('drizzle.__drizzle_migrations') IS NULL THEN
    CREATE SCHEMA IF NOT EXISTS drizzle;
    CREATE TABLE drizzle.__drizzle_migrations (id SERIAL PRIMARY KEY, hash TEXT NOT NULL, created_at BIGINT);
    INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES
      ('6507b708abed877087c2436107f0c4f5ead94bccad9173fc62bd1bd0f2d97071', 1728598022383),
      ('18764b56ff99235f4d56ae0ec39207cb60df14aeeba9545fbbc49eecd0de10a0', 1730207363999),
      ('2033f25b81f2c809949ad34badd70ec88c4f62618fa927603c35e9d377de0731', 1730725226313),
      ('b34ea738ee17b204c6127a722cb672638842536a1ed8b824b18d5715294f3408', 1733403031014),
      ('cca66219a963b908313daa0918f643c367abed20fcefac235d5df28b5b31cb6b', 1733945232355),
      ('7d057bfade9e6aebee2e4ea02e33fd8426c35902de3f3489659320480fe46c8a', 1741934630596),
      ('6a30552023ba8ef25142e5d338fb36f31c55850d6368aba4b47f1891bf8ec6dd', 1746118166211),
      ('3cd2d07d24d6c466ba3c6bcba213ddf5e9e5f93fb0c82be9bbaa1c7788c3366d', 1757362773211);
  END IF;
END $$;
