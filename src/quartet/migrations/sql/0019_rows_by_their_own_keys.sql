-- Whether a row belongs to a public chat is looked up by the chat's key, a row at a time. Said with EXISTS, PostgreSQL read
-- all chats of everybody for the public ones when it expected a chat to have many messages.
ALTER POLICY quartet_public ON "Message_v2"
  USING ((SELECT c."visibility" FROM "Chat" c WHERE c."id" = "Message_v2"."chatId") = 'public');
ALTER POLICY quartet_public ON "File"
  USING ("messageId" IS NOT NULL
         AND (SELECT c."visibility" FROM "Chat" c WHERE c."id" = "File"."chatId") = 'public');

-- One's own presets by use: the spec's index by use is everybody's, and was read until enough of one's own were found.
CREATE INDEX "preset_user_usage_idx" ON "Preset"("userId", "usageCount" DESC, "id" DESC);
