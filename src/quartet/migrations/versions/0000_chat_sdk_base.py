from quartet.migrations.books import execute_file

revision = "0000_chat_sdk_base"
down_revision = None


def upgrade() -> None:
    execute_file(revision)
