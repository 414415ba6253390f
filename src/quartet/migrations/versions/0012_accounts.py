from quartet.migrations.books import execute_file

revision = "0012_accounts"
down_revision = "0011_files"


def upgrade() -> None:
    execute_file(revision)
