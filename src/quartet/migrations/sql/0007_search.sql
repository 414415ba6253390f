-- What finds a component: its texts without case and accents, kept by triggers. A table of its own, because counting
-- a use updates "Component", and each update of a row in a trigram index costs hundreds of entries.
-- The three extensions come with PostgreSQL and are trusted: a database's owner may make them.
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- Some hosts keep extensions in a schema of their own, so the dictionary is named with its schema.
DO $$
DECLARE
  place TEXT := (SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
                 WHERE e.extname = 'unaccent');
BEGIN
  EXECUTE format(
    'CREATE FUNCTION quartet_fold(words TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
     AS ''SELECT lower(%1$s.unaccent(''''%1$s.unaccent'''', normalize(words, NFC)))''', place);
END $$;

-- A LIKE pattern that takes the folded words literally. Escaped after folding, which turns a wide "％" into "%".
CREATE FUNCTION quartet_literal(words TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT regexp_replace(quartet_fold(words), '([\\%_])', '\\\1', 'g') $$;

-- "C" on the name: one index serves its order and its prefixes.
CREATE TABLE "ComponentSearch" (
  "componentId" UUID PRIMARY KEY REFERENCES "Component"("id") ON DELETE CASCADE,
  "userId" UUID NOT NULL REFERENCES "User"("id") ON DELETE CASCADE,
  "name" TEXT COLLATE "C" NOT NULL,
  "text" TEXT NOT NULL,
  "tags" TEXT[] NOT NULL
);

INSERT INTO "ComponentSearch" ("componentId", "userId", "name", "text", "tags")
SELECT "id", "userId", quartet_fold("name"), quartet_fold(concat_ws(chr(10), "content", "description")),
       coalesce("tags", '{}')
FROM "Component";

CREATE INDEX "component_search_name_idx" ON "ComponentSearch"("userId", "name", "componentId");
-- New entries gather in a list, which makes an import five times as fast; every search reads that list from end to
-- end, so it stays short.
CREATE INDEX "component_search_words_idx" ON "ComponentSearch"
  USING gin ("userId", "name" gin_trgm_ops, "text" gin_trgm_ops, "tags") WITH (fastupdate = on, gin_pending_list_limit = 256);

CREATE FUNCTION quartet_keep_component_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "ComponentSearch" ("componentId", "userId", "name", "text", "tags")
  VALUES (NEW."id", NEW."userId", quartet_fold(NEW."name"),
          quartet_fold(concat_ws(chr(10), NEW."content", NEW."description")), coalesce(NEW."tags", '{}'))
  ON CONFLICT ("componentId") DO UPDATE
    SET "name" = EXCLUDED."name", "text" = EXCLUDED."text", "tags" = EXCLUDED."tags";
  RETURN NULL;
END $$;

CREATE TRIGGER "component_search_new" AFTER INSERT ON "Component"
  FOR EACH ROW EXECUTE FUNCTION quartet_keep_component_search();

CREATE TRIGGER "component_search_changed" AFTER UPDATE ON "Component"
  FOR EACH ROW
  WHEN ((OLD."name", OLD."content", OLD."description", OLD."tags")
        IS DISTINCT FROM (NEW."name", NEW."content", NEW."description", NEW."tags"))
  EXECUTE FUNCTION quartet_keep_component_search();

-- The orders of the lists, for somebody who keeps very many.
CREATE INDEX "component_user_usage_idx" ON "Component"("userId", "usageCount" DESC, "id" DESC);
CREATE INDEX "component_user_changed_idx" ON "Component"("userId", "updatedAt" DESC, "id" DESC);
