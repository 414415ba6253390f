from quartet.migrations.books import execute_file

revision = "0005_component_versions"
down_revision = "0004_sign_in"


def upgrade() -> None:
    execute_file(revision)
