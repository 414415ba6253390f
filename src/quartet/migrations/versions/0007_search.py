from quartet.migrations.books import execute_file

revision = "0007_search"
down_revision = "0006_usage"


def upgrade() -> None:
    execute_file(revision)
