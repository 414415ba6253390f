from quartet.migrations.books import execute_file

revision = "0003_hold_the_rules"
down_revision = "0002_extend_chat_table"


def upgrade() -> None:
    execute_file(revision)
