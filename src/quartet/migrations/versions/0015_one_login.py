from quartet.migrations.books import execute_file

revision = "0015_one_login"
down_revision = "0013_walls"


def upgrade() -> None:
    execute_file(revision)
