from quartet.migrations.books import execute_file

revision = "0010_conversations"
down_revision = "0009_polar"


def upgrade() -> None:
    execute_file(revision)
