from quartet.migrations.books import execute_file

revision = "0004_sign_in"
down_revision = "0003_hold_the_rules"


def upgrade() -> None:
    execute_file(revision)
