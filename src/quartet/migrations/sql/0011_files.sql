-- Pictures that people send. A file belongs to its uploader; from the moment it is sent it is shown to whoever may read
-- the chat, and goes with the chat. When its message is deleted it is unsent again.
CREATE TABLE "File" (
  "id" UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  "userId" UUID NOT NULL REFERENCES "User"("id") ON DELETE CASCADE,
  "chatId" UUID REFERENCES "Chat"("id") ON DELETE CASCADE,
  "messageId" UUID REFERENCES "Message_v2"("id") ON DELETE SET NULL,
  "name" TEXT NOT NULL,
  "mediaType" VARCHAR(32) NOT NULL CHECK ("mediaType" IN ('image/png', 'image/jpeg')),
  "width" INTEGER NOT NULL CHECK ("width" > 0),
  "height" INTEGER NOT NULL CHECK ("height" > 0),
  "size" INTEGER NOT NULL CHECK ("size" > 0),
  "sha256" BYTEA NOT NULL,
  "content" BYTEA, -- NULL: it is in the folder of QUARTET_FILES, under its id
  "createdAt" TIMESTAMP NOT NULL DEFAULT NOW(),
  "unsentSince" TIMESTAMP NOT NULL DEFAULT NOW()
);

-- Pictures are compressed already.
ALTER TABLE "File" ALTER COLUMN "content" SET STORAGE EXTERNAL;

CREATE INDEX "file_user_unsent_idx" ON "File"("userId", "unsentSince") WHERE "messageId" IS NULL;
CREATE INDEX "file_unsent_idx" ON "File"("unsentSince") WHERE "messageId" IS NULL;
CREATE INDEX "file_user_idx" ON "File"("userId");
CREATE INDEX "file_chat_idx" ON "File"("chatId");
CREATE INDEX "file_message_idx" ON "File"("messageId");

-- The day that an unsent file has left begins when it loses its message, not when it was uploaded: whoever edits an
-- old message sends its pictures again.
CREATE FUNCTION quartet_file_unsent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."unsentSince" := NOW();
  RETURN NEW;
END $$;

CREATE TRIGGER "file_unsent" BEFORE UPDATE OF "messageId" ON "File"
  FOR EACH ROW WHEN (OLD."messageId" IS NOT NULL AND NEW."messageId" IS NULL)
  EXECUTE FUNCTION quartet_file_unsent();

-- What the folder still holds of files that are gone, whoever deleted them: here or in a Chat SDK.
CREATE TABLE "GoneFile" ("id" UUID PRIMARY KEY);

CREATE FUNCTION quartet_keep_gone_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "GoneFile" ("id") VALUES (OLD."id") ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

CREATE TRIGGER "file_gone" AFTER DELETE ON "File"
  FOR EACH ROW WHEN (OLD."content" IS NULL)
  EXECUTE FUNCTION quartet_keep_gone_file();
