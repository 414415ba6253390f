-- A session ends 14 days after it was last used, and anyway at "expiresAt". "seenAt" is written once an hour at most.
ALTER TABLE "UserSession"
  ADD COLUMN "address" TEXT,
  ADD COLUMN "seenAt" TIMESTAMP NOT NULL DEFAULT NOW();

-- What programs show instead of a cookie. The key itself is shown once; here stands only its keyed hash.
CREATE TABLE "ApiKey" (
  "id" UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  "userId" UUID NOT NULL REFERENCES "User"("id") ON DELETE CASCADE,
  "hash" BYTEA NOT NULL UNIQUE,
  "hint" TEXT NOT NULL,
  "name" TEXT NOT NULL CHECK (char_length("name") BETWEEN 1 AND 100),
  "scopes" TEXT[] NOT NULL CHECK ("scopes" <@ ARRAY['read', 'chat', 'write'] AND cardinality("scopes") > 0),
  "createdAt" TIMESTAMP NOT NULL DEFAULT NOW(),
  "expiresAt" TIMESTAMP,
  "lastUsedAt" TIMESTAMP
);

CREATE INDEX "api_key_user_idx" ON "ApiKey"("userId");

-- Who somebody is elsewhere. An e-mail address links nothing: a provider's subject does.
CREATE TABLE "UserIdentity" (
  "id" UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  "userId" UUID NOT NULL REFERENCES "User"("id") ON DELETE CASCADE,
  "provider" VARCHAR(32) NOT NULL,
  "issuer" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "email" TEXT,
  "createdAt" TIMESTAMP NOT NULL DEFAULT NOW(),
  "lastUsedAt" TIMESTAMP NOT NULL DEFAULT NOW(),
  UNIQUE ("issuer", "subject")
);

CREATE INDEX "user_identity_user_idx" ON "UserIdentity"("userId");

-- A second factor: codes of an app (TOTP). "secret" is encrypted; "lastStep" is the time step of the last code that was
-- taken, so that none is taken twice. Not confirmed, it is only about to be set up.
CREATE TABLE "SecondFactor" (
  "userId" UUID PRIMARY KEY REFERENCES "User"("id") ON DELETE CASCADE,
  "secret" BYTEA NOT NULL,
  "lastStep" BIGINT NOT NULL DEFAULT 0,
  "createdAt" TIMESTAMP NOT NULL DEFAULT NOW(),
  "confirmedAt" TIMESTAMP
);

-- Codes for the day the app is lost: each is deleted by its use.
CREATE TABLE "RecoveryCode" (
  "userId" UUID NOT NULL REFERENCES "SecondFactor"("userId") ON DELETE CASCADE,
  "hash" BYTEA NOT NULL,
  PRIMARY KEY ("userId", "hash")
);

-- The password was right and the second factor is still to come.
CREATE TABLE "SignInChallenge" (
  "hash" BYTEA PRIMARY KEY,
  "userId" UUID NOT NULL REFERENCES "User"("id") ON DELETE CASCADE,
  "attemptsLeft" SMALLINT NOT NULL CHECK ("attemptsLeft" >= 0),
  "expiresAt" TIMESTAMP NOT NULL
);

CREATE INDEX "sign_in_challenge_user_idx" ON "SignInChallenge"("userId");

-- What changed who may do what, and whose things are: who, what, when, from where. "userId" is NULL only for what
-- outlives its account: that the account was deleted.
CREATE TABLE "AuditEntry" (
  "id" UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  "userId" UUID REFERENCES "User"("id") ON DELETE CASCADE,
  "action" VARCHAR(64) NOT NULL,
  "at" TIMESTAMP NOT NULL DEFAULT clock_timestamp(),
  "address" TEXT,
  "userAgent" TEXT,
  "keyId" UUID,
  "details" JSONB NOT NULL DEFAULT '{}'
);

CREATE INDEX "audit_entry_user_idx" ON "AuditEntry"("userId", "at" DESC, "id" DESC);
CREATE INDEX "audit_entry_at_idx" ON "AuditEntry"("at");

-- Guests of ours have no password: the sweeper finds the old ones here.
CREATE INDEX "user_without_password_idx" ON "User"("email") WHERE "password" IS NULL;

-- Who deletes an account, or a chat, deletes from the Chat SDK's tables too, and their foreign keys have no indexes:
-- PostgreSQL would read a whole table for each deleted row.
CREATE INDEX IF NOT EXISTS "document_user_idx" ON "Document"("userId");
CREATE INDEX IF NOT EXISTS "suggestion_user_idx" ON "Suggestion"("userId");
CREATE INDEX IF NOT EXISTS "suggestion_document_idx" ON "Suggestion"("documentId", "documentCreatedAt");
CREATE INDEX IF NOT EXISTS "vote_message_idx" ON "Vote_v2"("messageId");
CREATE INDEX IF NOT EXISTS "stream_chat_idx" ON "Stream"("chatId");
CREATE INDEX IF NOT EXISTS "old_message_chat_idx" ON "Message"("chatId");
CREATE INDEX IF NOT EXISTS "old_vote_message_idx" ON "Vote"("messageId");
