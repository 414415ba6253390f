from quartet.migrations.books import execute_file

revision = "0013_walls"
down_revision = "0012_accounts"


def upgrade() -> None:
    execute_file(revision)
