-- Tags, each in a row of its own: who asks for one reads its rows alone, where it took all of a person's texts.
CREATE TABLE "ComponentTag" (
  "componentId" UUID NOT NULL REFERENCES "Component"("id") ON DELETE CASCADE,
  "tag" TEXT NOT NULL,
  "userId" UUID NOT NULL REFERENCES "User"("id") ON DELETE CASCADE,
  PRIMARY KEY ("componentId", "tag")
);

-- What is longer than any tag of ours was written by somebody else, and may be too long for an index.
INSERT INTO "ComponentTag" ("componentId", "tag", "userId")
SELECT DISTINCT c."id", t."tag", c."userId" FROM "Component" c, unnest(c."tags") AS t("tag") WHERE length(t."tag") <= 100;

CREATE INDEX "component_tag_user_idx" ON "ComponentTag"("userId", "tag", "componentId");

ALTER TABLE "ComponentTag" ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON "ComponentTag" TO quartet_app, quartet_system;
CREATE POLICY quartet_own ON "ComponentTag" TO quartet_app
  USING ("userId" = (SELECT nullif(current_setting('app.user_id', true), '')::uuid))
  WITH CHECK ("userId" = (SELECT nullif(current_setting('app.user_id', true), '')::uuid));
CREATE POLICY quartet_system ON "ComponentTag" TO quartet_system USING (true) WITH CHECK (true);

CREATE OR REPLACE FUNCTION quartet_keep_component_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "ComponentSearch" ("componentId", "userId", "name", "text")
  VALUES (NEW."id", NEW."userId", quartet_fold(NEW."name"),
          quartet_fold(concat_ws(chr(10), NEW."content", NEW."description")))
  ON CONFLICT ("componentId") DO UPDATE SET "name" = EXCLUDED."name", "text" = EXCLUDED."text";
  IF TG_OP = 'UPDATE' THEN
    DELETE FROM "ComponentTag" WHERE "componentId" = NEW."id" AND "tag" <> ALL (coalesce(NEW."tags", '{}'));
  END IF;
  INSERT INTO "ComponentTag" ("componentId", "tag", "userId")
  SELECT NEW."id", t."tag", NEW."userId" FROM unnest(NEW."tags") AS t("tag") WHERE length(t."tag") <= 100
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

-- With all that a page is put in order by, so that only the page itself is read from "Component".
DROP FUNCTION quartet_component_search(TEXT);
CREATE FUNCTION quartet_component_search(words TEXT)
  RETURNS TABLE ("componentId" UUID, "name" TEXT, "type" TEXT, "usageCount" INTEGER, "updatedAt" TIMESTAMP)
  LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 5000 SET search_path = public, pg_temp AS $$
BEGIN
  -- Planned for these words: a plan for any would ask the trigrams of words that have none.
  RETURN QUERY EXECUTE
    'SELECT f."componentId", f."name"::text, c."type"::text, c."usageCount", c."updatedAt"
     FROM "ComponentSearch" f JOIN "Component" c ON c."id" = f."componentId"
     WHERE f."userId" = $1 AND c."userId" = $1 AND (f."name" LIKE $2 OR f."text" LIKE $2)'
    USING nullif(current_setting('app.user_id', true), '')::uuid, '%' || quartet_literal(words) || '%';
END $$;

ALTER TABLE "ComponentSearch" DROP COLUMN "tags";
