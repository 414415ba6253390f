from quartet.migrations.migrate import execute_file

revision = "0006_usage"
down_revision = "0005_component_versions"


def upgrade() -> None:
    execute_file(revision)
