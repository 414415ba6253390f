from io import BytesIO
from pathlib import PurePosixPath
from zipfile import ZipFile

import pytest
from hypothesis import given, settings

from archives import a_zip
from libraries import documents
from quartet.prompts.formats import skills
from quartet.prompts.formats.reading import read

FOREIGN = """---
name: pdf-forms
description: >
  Fills forms
  in PDF files.
license: 'It''s free'
metadata:
  author: somebody
allowed-tools: Bash(rm:*) Read
---

# PDF forms

First look at the fields, then plan the steps.
"""


def test_a_foreign_skill_is_its_text():
    for name, data in (
        ("SKILL.md", FOREIGN.encode()),
        ("x.zip", a_zip({"pdf-forms/SKILL.md": FOREIGN, "a/b.py": "!"})),
    ):
        planned = read(name, data)
        assert planned.format == "skills"
        [component] = planned.document.components
        assert (component.name, component.description) == ("pdf-forms", "Fills forms in PDF files.")
        assert component.content == "# PDF forms\n\nFirst look at the fields, then plan the steps."
        assert (component.type, planned.remarks[component.id].guessed) == ("mode", True)
        assert "permissions" in planned.remarks[component.id].notes[0]


@settings(max_examples=40, deadline=None)
@given(documents())
def test_what_we_write_is_what_the_format_allows_and_comes_back(document):
    written = skills.write(document)
    with ZipFile(BytesIO(written)) as archive:
        folders = [PurePosixPath(path).parent.name for path in archive.namelist()]
    assert len(set(folders)) == len(folders) == len(document.components)
    for folder in folders:
        assert 0 < len(folder) <= 64
        assert set(folder) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
        assert not folder.startswith("-")
        assert not folder.endswith("-")
        assert "--" not in folder
    if not document.components:
        return
    texts = {(each.type, each.name, each.content) for each in document.components}
    said = {(each.type, each.name, each.content): each.tags for each in document.components}
    back = read("", written).document.components
    assert {(each.type, each.name, each.content) for each in back} == texts
    assert len(back) < len(document.components) or all(
        each.tags == said[each.type, each.name, each.content] for each in back
    )


@pytest.mark.parametrize(
    ("name", "folder"),
    [("Marketing Expert", "marketing-expert"), ("École d'été!", "ecole-d-ete"), ("老师", "role"), ("--", "role")],
)
def test_folders_are_named_in_kebab_case(name: str, folder: str):
    document = read("", a_zip({"x/SKILL.md": "---\nname: x\n---\nYou are x."})).document
    component = document.components[0].model_copy(update={"name": name})
    twice = document.model_copy(update={"components": (component, component, component)})
    with ZipFile(BytesIO(skills.write(twice))) as archive:
        assert archive.namelist() == [f"{folder}{end}/SKILL.md" for end in ("", "-2", "-3")]


def test_a_description_is_one_line_whatever_is_in_it():
    document = read("", a_zip({"x/SKILL.md": "---\nname: x\n---\nYou are x."})).document
    described = 'A "quoted"\n---\nname: other\u2028\\ end'
    component = document.components[0].model_copy(update={"description": described})
    with ZipFile(BytesIO(skills.write(document.model_copy(update={"components": (component,)})))) as archive:
        lines = archive.read("x/SKILL.md").decode().split("\n")
    assert lines[:4] == ["---", "name: x", 'description: "A \\"quoted\\" --- name: other \\\\ end"', "metadata:"]


def test_no_name_ends_its_line():
    document = read("", a_zip({"x/SKILL.md": "---\nname: x\n---\nYou are x."})).document
    name = "A\u2028B\x85C\nD: 'E'"
    component = document.components[0].model_copy(update={"name": name, "tags": ["y\u2029, x"]})
    written = skills.write(document.model_copy(update={"components": (component,)}))
    [back] = read("", written).document.components
    assert (back.name, back.tags) == (name, ["y\u2029, x"])
    with ZipFile(BytesIO(written)) as archive:
        assert len(archive.read("a-b-c-d-e/SKILL.md").decode().splitlines()) == 9
