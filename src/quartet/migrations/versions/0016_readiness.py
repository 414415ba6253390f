from quartet.migrations.books import execute_file

revision = "0016_readiness"
down_revision = "0015_one_login"


def upgrade() -> None:
    execute_file(revision)
