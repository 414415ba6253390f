from quartet.migrations.books import execute_file

revision = "0009_polar"
down_revision = "0008_trash"


def upgrade() -> None:
    execute_file(revision)
