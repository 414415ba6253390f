from quartet.migrations.books import execute_file

revision = "0006_usage"
down_revision = "0005_component_versions"


def upgrade() -> None:
    execute_file(revision)
