from quartet.migrations.books import execute_file

revision = "0018_texts_once"
down_revision = "0017_component_tags"


def upgrade() -> None:
    execute_file(revision)
