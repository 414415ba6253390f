from quartet.migrations.books import execute_file

revision = "0002_extend_chat_table"
down_revision = "0001_add_prompt_components"


def upgrade() -> None:
    execute_file(revision)
