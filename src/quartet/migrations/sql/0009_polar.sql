-- What Polar told us, as it was signed. An event comes again under the same id: each is kept once.
CREATE TABLE "PolarEvent" (
  "webhookId" TEXT PRIMARY KEY,
  "type" TEXT,
  "polarTimestamp" TIMESTAMP,
  -- Bytes, because JSONB refuses some JSON (\u0000) and all that is no JSON.
  "body" BYTEA NOT NULL,
  "outcome" VARCHAR(16) NOT NULL
    CHECK ("outcome" IN ('applied', 'outdated', 'noted', 'unmatched', 'disputed', 'unreadable')),
  "userId" UUID REFERENCES "User"("id") ON DELETE CASCADE,
  "receivedAt" TIMESTAMP NOT NULL DEFAULT NOW()
);

CREATE INDEX "polar_event_user_idx" ON "PolarEvent"("userId");
CREATE INDEX "polar_event_received_idx" ON "PolarEvent"("receivedAt");

-- Whose customer is whose. "Subscription" knows one customer of a user; an earlier one may still send events.
-- "dueAt" is when Polar is to be asked about the customer again.
CREATE TABLE "PolarCustomer" (
  "id" TEXT PRIMARY KEY,
  "userId" UUID NOT NULL REFERENCES "User"("id") ON DELETE CASCADE,
  "deletedAt" TIMESTAMP,
  "dueAt" TIMESTAMP NOT NULL DEFAULT 'infinity',
  "checkedAt" TIMESTAMP
);

CREATE INDEX "polar_customer_user_idx" ON "PolarCustomer"("userId");
CREATE INDEX "polar_customer_due_idx" ON "PolarCustomer"("dueAt");

-- The newest snapshot of each of Polar's subscriptions, in Polar's words; "Subscription" is derived from them.
-- "anchorAt" is the earliest period start ever seen: the month of tokens counts from its day, and a change of plan,
-- which may move the period, does not start it anew.
CREATE TABLE "PolarSubscription" (
  "id" TEXT PRIMARY KEY,
  "userId" UUID NOT NULL REFERENCES "User"("id") ON DELETE CASCADE,
  "polarCustomerId" TEXT NOT NULL,
  "productId" TEXT NOT NULL,
  "productPlan" TEXT,
  "status" TEXT NOT NULL,
  "currentPeriodStart" TIMESTAMP,
  "currentPeriodEnd" TIMESTAMP,
  "cancelAtPeriodEnd" BOOLEAN NOT NULL,
  "pastDueAt" TIMESTAMP,
  "anchorAt" TIMESTAMP,
  "createdAt" TIMESTAMP NOT NULL,
  "modifiedAt" TIMESTAMP NOT NULL,
  "eventAt" TIMESTAMP NOT NULL
);

CREATE INDEX "polar_subscription_user_idx" ON "PolarSubscription"("userId");

-- Which prompt a turn was made with and how many tokens each part of it had: {presetId, presetName, parts: [{id,
-- type, name, tokens}]}. It stands here and not only in the message, because usage outlives its chat.
ALTER TABLE "Usage" ADD COLUMN "prompt" JSONB;
