-- Add new columns to Chat table
ALTER TABLE "Chat"
  ADD COLUMN "currentPresetId" UUID REFERENCES "Preset"("id") ON DELETE SET NULL,
  ADD COLUMN "presetHistory" JSONB DEFAULT '[]',
  ADD COLUMN "totalTokens" INTEGER DEFAULT 0,
  ADD COLUMN "provider" VARCHAR(32) DEFAULT 'anthropic';

-- Create index for preset tracking
CREATE INDEX "chat_preset_idx" ON "Chat"("currentPresetId");
