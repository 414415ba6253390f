-- What was deleted and may still be brought back, for 30 days. The deleted row itself is gone, as the spec says;
-- here stands all that is needed to make it again under its own id.
CREATE TABLE "Trash" (
  "id" UUID PRIMARY KEY,
  "userId" UUID NOT NULL REFERENCES "User"("id") ON DELETE CASCADE,
  "kind" VARCHAR(16) NOT NULL CHECK ("kind" IN ('component', 'preset')),
  "type" component_type CHECK (("type" IS NULL) = ("kind" = 'preset')),
  "name" TEXT NOT NULL,
  "kept" JSONB NOT NULL,
  "deletedAt" TIMESTAMP NOT NULL DEFAULT NOW()
);

CREATE INDEX "trash_user_deleted_idx" ON "Trash"("userId", "deletedAt" DESC, "id" DESC);
CREATE INDEX "trash_deleted_idx" ON "Trash"("deletedAt");

-- Who brings a component back asks which presets lost it.
CREATE INDEX "preset_loss_component_idx" ON "PresetLoss"("componentId");
