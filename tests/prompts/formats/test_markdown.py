import re

import pytest
from hypothesis import given, settings

from libraries import documents
from quartet.prompts.documents import ImportDocument
from quartet.prompts.formats import markdown
from quartet.prompts.formats.loading import ImportUnreadable
from quartet.prompts.formats.reading import read


def test_a_library_to_read():
    document = ImportDocument.model_validate(
        {
            "format": "quartet-prompts",
            "version": 1,
            "components": [
                {"id": "1", "type": "mode", "name": "Ship", "content": "# Ship\n```\nnow\n```", "tags": ["a", "b_c"]},
                {
                    "id": "2",
                    "type": "role",
                    "name": "<b>Tutor</b>\n# 2",
                    "content": "You tutor.",
                    "description": "Kind",
                },
            ],
            "presets": [
                {
                    "name": "Both",
                    "roleId": "2",
                    "modeId": "1",
                    "lost": [{"type": "style", "name": "Old", "content": "x"}],
                }
            ],
        }
    )
    assert markdown.write(document) == (
        "# Prompt library\n\n"
        "## Role\n\n### \\<b\\>Tutor\\</b\\> \\# 2\n\nKind\n\n```text\nYou tutor.\n```\n\n"
        "## Mode\n\n### Ship\n\nTags: a, b\\_c\n\n````text\n# Ship\n```\nnow\n```\n````\n\n"
        "## Presets\n\n### Both\n\n- Role: \\<b\\>Tutor\\</b\\> \\# 2\n- Mode: Ship\n- Style: deleted (Old)\n"
    )


@settings(max_examples=40, deadline=None)
@given(documents())
def test_every_content_stands_whole_between_its_fences(document: ImportDocument):
    written = markdown.write(document)
    said = re.findall(r"^(`{3,})text\n(.*?)\n\1$", written, re.DOTALL | re.MULTILINE)
    assert sorted(content for _, content in said) == sorted(each.content for each in document.components)


def test_it_is_told_from_the_json_when_somebody_imports_it():
    with pytest.raises(ImportUnreadable, match="Import the JSON instead"):
        read("library.md", b"# Prompt library\n\n## Role\n")
