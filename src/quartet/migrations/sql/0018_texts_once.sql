-- A present text stands in "Component" alone. Its row in "ComponentVersion" has its number and moment, and takes the
-- texts when the next one is written: most components have had one text, and it was kept twice.
ALTER TABLE "ComponentVersion" ALTER COLUMN "name" DROP NOT NULL;
ALTER TABLE "ComponentVersion" ALTER COLUMN "content" DROP NOT NULL;

CREATE OR REPLACE FUNCTION quartet_keep_component_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    UPDATE "ComponentVersion"
    SET "name" = OLD."name", "content" = OLD."content", "description" = OLD."description", "tags" = OLD."tags"
    WHERE "componentId" = OLD."id" AND "content" IS NULL;
  END IF;
  INSERT INTO "ComponentVersion" ("componentId", "version", "userId")
  SELECT NEW."id", coalesce(max(v."version"), 0) + 1, NEW."userId"
  FROM "ComponentVersion" v WHERE v."componentId" = NEW."id";
  RETURN NULL;
END $$;

UPDATE "ComponentVersion" v SET "name" = NULL, "content" = NULL, "description" = NULL, "tags" = NULL
FROM "Component" c
WHERE c."id" = v."componentId"
  AND v."version" = (SELECT max(newest."version") FROM "ComponentVersion" newest WHERE newest."componentId" = c."id")
  AND (v."name", v."content", v."description", v."tags")
      IS NOT DISTINCT FROM (c."name", c."content", c."description", c."tags");

-- The index of words is for those who keep very many. Who keeps few is answered by reading all of theirs, and yet filled
-- the index: a sixth of the database, and most of the work of a new component.
ALTER TABLE "ComponentSearch" ADD COLUMN "isIndexed" BOOLEAN NOT NULL DEFAULT false;

UPDATE "ComponentSearch" SET "isIndexed" = true
WHERE NOT "isIndexed"
  AND "userId" IN (SELECT "userId" FROM "ComponentSearch" GROUP BY "userId" HAVING count(*) > 1000);

DROP INDEX "component_search_words_idx";
CREATE INDEX "component_search_words_idx" ON "ComponentSearch"
  USING gin ("userId", "name" gin_trgm_ops, "text" gin_trgm_ops) WITH (fastupdate = on, gin_pending_list_limit = 256)
  WHERE "isIndexed";

-- Of one person either all texts are in the index or none: the first after 1,000 others takes those along.
CREATE OR REPLACE FUNCTION quartet_keep_component_search() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  indexed BOOLEAN;
BEGIN
  -- In an order, so that it is looked up, and not searched for from the table's start on.
  SELECT s."isIndexed" INTO indexed FROM "ComponentSearch" s WHERE s."userId" = NEW."userId" ORDER BY s."name" LIMIT 1;
  IF TG_OP = 'INSERT' AND NOT coalesce(indexed, false) THEN
    -- Whoever counts waits for whoever adds, as for the plan's limit.
    PERFORM FROM "User" u WHERE u."id" = NEW."userId" FOR NO KEY UPDATE;
    PERFORM FROM "ComponentSearch" s WHERE s."userId" = NEW."userId"
      ORDER BY s."name" OFFSET 1000 LIMIT 1;
    indexed := FOUND;
    IF indexed THEN
      UPDATE "ComponentSearch" SET "isIndexed" = true WHERE "userId" = NEW."userId" AND NOT "isIndexed";
    END IF;
  END IF;
  INSERT INTO "ComponentSearch" ("componentId", "userId", "name", "text", "isIndexed")
  VALUES (NEW."id", NEW."userId", quartet_fold(NEW."name"),
          quartet_fold(concat_ws(chr(10), NEW."content", NEW."description")), coalesce(indexed, false))
  ON CONFLICT ("componentId") DO UPDATE SET "name" = EXCLUDED."name", "text" = EXCLUDED."text";
  IF TG_OP = 'UPDATE' THEN
    DELETE FROM "ComponentTag" WHERE "componentId" = NEW."id" AND "tag" <> ALL (coalesce(NEW."tags", '{}'));
  END IF;
  INSERT INTO "ComponentTag" ("componentId", "tag", "userId")
  SELECT NEW."id", t."tag", NEW."userId" FROM unnest(NEW."tags") AS t("tag") WHERE length(t."tag") <= 100
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

-- One tier of a search (0: names that start with the words, 1: names that have them, 2: texts that do), with all that a
-- page is put in order by: among these components, by their keys, or else from the index.
DROP FUNCTION quartet_component_search(TEXT);
CREATE FUNCTION quartet_component_tier(words TEXT, tier INTEGER, among UUID[])
  RETURNS TABLE ("componentId" UUID, "name" TEXT, "type" TEXT, "usageCount" INTEGER, "updatedAt" TIMESTAMP)
  LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 500 SET search_path = public, pg_temp AS $$
DECLARE
  start CONSTANT TEXT := quartet_literal(words) || '%';
BEGIN
  -- Planned for these words: a plan for any would ask the trigrams of words that have none.
  RETURN QUERY EXECUTE
    'SELECT f."componentId", f."name"::text, c."type"::text, c."usageCount", c."updatedAt"
     FROM "ComponentSearch" f JOIN "Component" c ON c."id" = f."componentId"
     WHERE c."userId" = $1 AND '
    || CASE WHEN among IS NULL THEN 'f."userId" = $1 AND f."isIndexed"' ELSE 'f."componentId" = ANY ($4)' END || ' AND '
    || CASE tier
       WHEN 0 THEN 'f."name" LIKE $2'
       WHEN 1 THEN 'f."name" LIKE $3 AND f."name" NOT LIKE $2'
       ELSE 'f."text" LIKE $3 AND f."name" NOT LIKE $3' END
    USING nullif(current_setting('app.user_id', true), '')::uuid, start, '%' || start, among;
END $$;
