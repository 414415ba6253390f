from quartet.migrations.books import execute_file

revision = "0001_add_prompt_components"
down_revision = "0000_chat_sdk_base"


def upgrade() -> None:
    execute_file(revision)
