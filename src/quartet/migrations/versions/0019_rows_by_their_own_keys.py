from quartet.migrations.books import execute_file

revision = "0019_rows_by_their_own_keys"
down_revision = "0018_texts_once"


def upgrade() -> None:
    execute_file(revision)
