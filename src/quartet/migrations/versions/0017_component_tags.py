from quartet.migrations.books import execute_file

revision = "0017_component_tags"
down_revision = "0016_readiness"


def upgrade() -> None:
    execute_file(revision)
