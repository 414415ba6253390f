import os
from pathlib import Path

import pytest

from quartet.embedded.errors import EmbeddedFailed
from quartet.embedded.home import data_folder


def test_a_folder_is_made_for_us_alone(tmp_path):
    made = data_folder(tmp_path / "new" / "data")
    assert made == tmp_path / "new" / "data"
    assert made.stat().st_mode & 0o777 == 0o700


def test_an_existing_folder_is_left_as_it_is(tmp_path):
    tmp_path.chmod(0o755)
    assert data_folder(tmp_path) == tmp_path
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    assert list(tmp_path.iterdir()) == []


def test_links_and_dots_are_resolved(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert data_folder(tmp_path / "other" / ".." / "link") == tmp_path / "real"


@pytest.mark.parametrize("inside", [True, False])
def test_a_file_in_the_way(tmp_path, inside):
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(EmbeddedFailed, match=f"{file}.*set QUARTET_HOME"):
        data_folder(file / "data" if inside else file)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no file system here that nobody may write")
def test_a_folder_that_nobody_may_write():
    with pytest.raises(EmbeddedFailed, match=r"/proc/quartet.*set QUARTET_HOME"):
        data_folder(Path("/proc/quartet"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_somebody_else(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(EmbeddedFailed, match=r"permission denied.*set QUARTET_HOME"):
        data_folder(tmp_path)
    with pytest.raises(EmbeddedFailed, match=r"permission denied.*set QUARTET_HOME"):
        data_folder(tmp_path / "data")


def test_a_user_who_is_not_there():
    with pytest.raises(EmbeddedFailed, match="QUARTET_HOME"):
        data_folder(Path("~no-such-user-here/data"))
