from quartet.migrations.books import execute_file

revision = "0011_files"
down_revision = "0010_conversations"


def upgrade() -> None:
    execute_file(revision)
