-- One row per signed-in browser. The cookie holds a random token, this table only its keyed hash.
CREATE TABLE "UserSession" (
  "tokenHash" BYTEA PRIMARY KEY,
  "id" UUID NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  "userId" UUID NOT NULL REFERENCES "User"("id") ON DELETE CASCADE,
  "userAgent" TEXT NOT NULL DEFAULT '',
  "createdAt" TIMESTAMP NOT NULL DEFAULT NOW(),
  "expiresAt" TIMESTAMP NOT NULL
);

CREATE INDEX "user_session_user_idx" ON "UserSession"("userId");

-- E-mail addresses are compared without case. Not unique: the base table may already hold two of one address.
CREATE INDEX "user_email_lower_idx" ON "User"(lower("email"));
