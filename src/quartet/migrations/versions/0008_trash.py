from quartet.migrations.books import execute_file

revision = "0008_trash"
down_revision = "0007_search"


def upgrade() -> None:
    execute_file(revision)
