-- What was spent: one row per answer. It outlives the chat, or deleting chats would win tokens back.
CREATE TABLE "Usage" (
  "messageId" UUID PRIMARY KEY,
  "userId" UUID NOT NULL REFERENCES "User"("id") ON DELETE CASCADE,
  "provider" VARCHAR(32) NOT NULL,
  "model" TEXT NOT NULL,
  "inputTokens" INTEGER NOT NULL CHECK ("inputTokens" >= 0),
  "outputTokens" INTEGER NOT NULL CHECK ("outputTokens" >= 0),
  "isMetered" BOOLEAN NOT NULL,
  "createdAt" TIMESTAMP NOT NULL DEFAULT NOW()
);

CREATE INDEX "usage_user_created_idx" ON "Usage"("userId", "createdAt");

-- What a running turn holds: tokens, what was said so far, and the messages whose place its answer takes.
-- "leaseUntil" is pushed on while the process that runs the turn lives; a row whose lease ran out belongs to a dead
-- one and is settled by any other.
CREATE TABLE "Reservation" (
  "messageId" UUID PRIMARY KEY,
  "chatId" UUID NOT NULL,
  "userId" UUID NOT NULL REFERENCES "User"("id") ON DELETE CASCADE,
  "provider" VARCHAR(32) NOT NULL,
  "model" TEXT NOT NULL,
  "inputTokens" INTEGER NOT NULL CHECK ("inputTokens" >= 0),
  "outputTokens" INTEGER NOT NULL CHECK ("outputTokens" >= 0),
  "isMetered" BOOLEAN NOT NULL,
  "parts" JSONB NOT NULL,
  "replaces" UUID[] NOT NULL,
  "createdAt" TIMESTAMP NOT NULL DEFAULT NOW(),
  "leaseUntil" TIMESTAMP NOT NULL
);

CREATE INDEX "reservation_user_idx" ON "Reservation"("userId");
CREATE INDEX "reservation_chat_idx" ON "Reservation"("chatId");
CREATE INDEX "reservation_lease_idx" ON "Reservation"("leaseUntil");
