-- Somebody asked another process than the speaking one to stop an answer; the speaking one looks here.
ALTER TABLE "Reservation" ADD COLUMN "stopAsked" BOOLEAN NOT NULL DEFAULT false;

-- The exact text behind an answer, which outlives its components. Many answers share one: kept once per person,
-- by the SHA-256 that stands in their receipts.
CREATE TABLE "ComposedPrompt" (
  "userId" UUID NOT NULL REFERENCES "User"("id") ON DELETE CASCADE,
  "hash" BYTEA NOT NULL,
  "text" TEXT NOT NULL,
  "createdAt" TIMESTAMP NOT NULL DEFAULT NOW(),
  PRIMARY KEY ("userId", "hash")
);

-- One question answered by two prompts side by side, until one of the answers is picked as the chat's.
CREATE TABLE "Comparison" (
  "id" UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  "userId" UUID NOT NULL REFERENCES "User"("id") ON DELETE CASCADE,
  "chatId" UUID NOT NULL REFERENCES "Chat"("id") ON DELETE CASCADE,
  "questionId" UUID NOT NULL,
  "pickedId" UUID,
  "createdAt" TIMESTAMP NOT NULL DEFAULT NOW()
);

CREATE INDEX "comparison_chat_idx" ON "Comparison"("chatId", "createdAt");
CREATE INDEX "comparison_user_idx" ON "Comparison"("userId");

CREATE TABLE "Candidate" (
  "messageId" UUID PRIMARY KEY,
  "comparisonId" UUID NOT NULL REFERENCES "Comparison"("id") ON DELETE CASCADE,
  "userId" UUID NOT NULL REFERENCES "User"("id") ON DELETE CASCADE,
  "side" VARCHAR(8) NOT NULL CHECK ("side" IN ('left', 'right')),
  "presetId" UUID,
  "slots" JSONB NOT NULL,
  "parts" JSONB,
  UNIQUE ("comparisonId", "side")
);

CREATE INDEX "candidate_user_idx" ON "Candidate"("userId");

-- What people thought of answers, by the parts that made them. Not tied to messages or components: it outlives both.
CREATE TABLE "PartVote" (
  "messageId" UUID NOT NULL,
  "componentId" UUID NOT NULL,
  "userId" UUID NOT NULL REFERENCES "User"("id") ON DELETE CASCADE,
  "isUpvoted" BOOLEAN NOT NULL,
  "createdAt" TIMESTAMP NOT NULL DEFAULT NOW(),
  PRIMARY KEY ("messageId", "componentId")
);

CREATE INDEX "part_vote_user_component_idx" ON "PartVote"("userId", "componentId");

-- What of a message was said, in the Chat SDK's parts. Anything else than parts says nothing.
CREATE FUNCTION quartet_said(parts JSON) RETURNS TEXT LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT string_agg(part ->> 'text', chr(10))
  FROM json_array_elements(CASE WHEN json_typeof(parts) = 'array' THEN parts ELSE '[]' END) AS part
  WHERE json_typeof(part) = 'object' AND part ->> 'type' = 'text'
$$;
