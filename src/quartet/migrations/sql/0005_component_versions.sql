-- Every text a component ever had, the present one included. Kept by triggers, so that a row is right
-- whoever writes to "Component"; its columns are the spec's and stay so.
CREATE TABLE "ComponentVersion" (
  "componentId" UUID NOT NULL REFERENCES "Component"("id") ON DELETE CASCADE,
  "version" INTEGER NOT NULL,
  "userId" UUID NOT NULL REFERENCES "User"("id") ON DELETE CASCADE,
  "name" TEXT NOT NULL,
  "content" TEXT NOT NULL,
  "description" TEXT,
  "tags" TEXT[],
  "createdAt" TIMESTAMP NOT NULL DEFAULT NOW(),
  PRIMARY KEY ("componentId", "version")
);

CREATE INDEX "component_version_user_idx" ON "ComponentVersion"("userId");

CREATE FUNCTION quartet_keep_component_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "ComponentVersion" ("componentId", "version", "userId", "name", "content", "description", "tags")
  SELECT NEW."id", coalesce(max(v."version"), 0) + 1,
         NEW."userId", NEW."name", NEW."content", NEW."description", NEW."tags"
  FROM "ComponentVersion" v WHERE v."componentId" = NEW."id";
  RETURN NULL;
END $$;

CREATE TRIGGER "component_first_version" AFTER INSERT ON "Component"
  FOR EACH ROW EXECUTE FUNCTION quartet_keep_component_version();

CREATE TRIGGER "component_next_version" AFTER UPDATE ON "Component"
  FOR EACH ROW
  WHEN ((OLD."name", OLD."content", OLD."description", OLD."tags")
        IS DISTINCT FROM (NEW."name", NEW."content", NEW."description", NEW."tags"))
  EXECUTE FUNCTION quartet_keep_component_version();

INSERT INTO "ComponentVersion" ("componentId", "version", "userId", "name", "content", "description", "tags")
SELECT "id", 1, "userId", "name", "content", "description", "tags" FROM "Component";

-- What a preset lost when a component of its was deleted: SET NULL alone looks like a slot never filled.
CREATE TABLE "PresetLoss" (
  "presetId" UUID NOT NULL REFERENCES "Preset"("id") ON DELETE CASCADE,
  "type" component_type NOT NULL,
  "userId" UUID NOT NULL REFERENCES "User"("id") ON DELETE CASCADE,
  "componentId" UUID NOT NULL,
  "name" TEXT NOT NULL,
  "content" TEXT NOT NULL,
  "description" TEXT,
  "tags" TEXT[],
  "lostAt" TIMESTAMP NOT NULL DEFAULT NOW(),
  PRIMARY KEY ("presetId", "type")
);

CREATE INDEX "preset_loss_user_idx" ON "PresetLoss"("userId");

CREATE FUNCTION quartet_keep_preset_loss() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "PresetLoss" ("presetId", "type", "userId", "componentId", "name", "content", "description", "tags")
  SELECT p."id", OLD."type", p."userId", OLD."id", OLD."name", OLD."content", OLD."description", OLD."tags"
  FROM "Preset" p
  WHERE (p."roleId" = OLD."id" OR p."styleId" = OLD."id" OR p."contextId" = OLD."id" OR p."modeId" = OLD."id")
    -- A user who is being deleted takes everything along: nothing may refer to them any more.
    AND EXISTS (SELECT 1 FROM "User" u WHERE u."id" = p."userId")
  ON CONFLICT DO NOTHING;
  RETURN OLD;
END $$;

CREATE TRIGGER "component_lost" BEFORE DELETE ON "Component"
  FOR EACH ROW EXECUTE FUNCTION quartet_keep_preset_loss();

CREATE FUNCTION quartet_clear_preset_loss() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM "PresetLoss" l
  WHERE l."presetId" = NEW."id"
    AND CASE l."type"
          WHEN 'role' THEN NEW."roleId"
          WHEN 'style' THEN NEW."styleId"
          WHEN 'context' THEN NEW."contextId"
          WHEN 'mode' THEN NEW."modeId"
        END IS NOT NULL;
  RETURN NULL;
END $$;

CREATE TRIGGER "preset_slot_filled" AFTER UPDATE OF "roleId", "styleId", "contextId", "modeId" ON "Preset"
  FOR EACH ROW EXECUTE FUNCTION quartet_clear_preset_loss();
