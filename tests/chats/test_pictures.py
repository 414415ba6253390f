"""What is taken for a picture, and what of it is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pictures import a_jpeg, a_png, an_exif, chunk, segment
from quartet.chats.pictures.reading import read
from quartet.chats.pictures.types import NotAPicture

ARITHMETIC = a_jpeg().replace(b"\xff\xc0", b"\xff\xc9")
PALETTE = a_png().replace(chunk(b"IHDR", a_png()[16:29]), chunk(b"IHDR", a_png()[16:25] + b"\x03\0\0\0"))


@pytest.mark.parametrize(("file", "media_type"), [(a_png(300, 200), "image/png"), (a_jpeg(300, 200), "image/jpeg")])
def test_a_clean_picture_stays_as_it_is(file: bytes, media_type: str):
    picture = read(file)
    assert (picture.media_type, picture.width, picture.height) == (media_type, 300, 200)
    assert picture.data == file


@pytest.mark.parametrize(
    ("file", "clean"),
    [
        (a_png(extra=chunk(b"tEXt", b"Comment\0<script>")), a_png()),
        (a_png(extra=chunk(b"eXIf", b"Secretcam")), a_png()),
        (a_png(extra=chunk(b"acTL", bytes(8))), a_png()),
        (a_png() + b"PK\x03\x04 an archive", a_png()),
        (a_jpeg(extra=segment(0xFE, b"<script>")), a_jpeg()),
        (a_jpeg(extra=segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>")), a_jpeg()),
        (a_jpeg(extra=an_exif()), a_jpeg()),
        (a_jpeg(extra=an_exif(orientation=1)), a_jpeg()),
        (a_jpeg() + a_jpeg(8, 8), a_jpeg()),
        (a_jpeg().replace(b"\xff\xdb", b"\xff\xff\xff\xdb"), a_jpeg()),
    ],
)
def test_only_what_draws_the_picture_is_kept(file: bytes, clean: bytes):
    assert read(file).data == clean


def test_what_says_how_colours_are_meant_is_kept():
    for file in (
        a_png(extra=chunk(b"iCCP", b"profile")),
        a_png(extra=chunk(b"tRNS", b"\0\0")),
        a_jpeg(extra=segment(0xE2, b"ICC_PROFILE\0\1\1profile")),
        a_jpeg(extra=segment(0xEE, b"Adobe\0d\0\0\0\0\0")),
        a_jpeg(extra=segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")),
    ):
        assert read(file).data == file


def test_a_thumbnail_goes():
    file = a_jpeg(extra=segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\1\1thumbnail"))
    assert read(file).data == a_jpeg(extra=segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"))


def test_a_photo_stays_upright_and_tells_nothing_else():
    cleaned = read(a_jpeg(extra=an_exif(orientation=6))).data
    turned = segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0")
    assert cleaned == a_jpeg(extra=turned)
    assert read(cleaned).data == cleaned


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"GIF89a" + bytes(20),
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html><img src='data:image/png;base64,iVBO'>",
        b"\x89PNG\r\n\x1a\n<html>",
        b"\xff\xd8\xff<html>",
        a_png()[:-1],
        a_png()[:40],
        a_png()[:20],
        a_jpeg()[:-1],
        a_jpeg()[:-2],
        a_jpeg()[:100],
        a_jpeg()[:3],
        a_png().replace(b"IDAT", b"IDAX"),
        a_png()[:-16] + bytes(4) + a_png()[-12:],
        a_png(extra=chunk(b"CgBI", bytes(4))),
        a_png(extra=chunk(b"IHDR", bytes(13))),
        a_png(extra=chunk(b"IDAT", b"x") + chunk(b"gAMA", bytes(4))),
        PALETTE,
        a_png(0, 5),
        a_jpeg(8, 0),
        ARITHMETIC,
        a_jpeg(extra=segment(0xDA, b"\x01\x01\x00\x00\x3f\x00")),
        b"\xff\xd8" + segment(0xFE, b"x") * 20_000 + b"\xff\xd9",
        a_jpeg(extra=segment(0xC0, b"\x0c\x00\x08\x00\x08\x01\x01\x11\x00")),
        a_jpeg()[:-2] + (segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x00") * 200 + b"\xff\xd9",
    ],
)
def test_what_is_no_picture_is_refused(file: bytes):
    with pytest.raises(NotAPicture) as refused:
        read(file)
    assert str(refused.value).endswith(".")


# Nothing is unpacked, so the pixels need not be there.
@pytest.mark.parametrize(
    "file",
    [
        *(a_png(width, height, pixels=b"") for width, height in [(8001, 1), (1, 8001), (7500, 7500), (2**31, 2**31)]),
        *(a_jpeg(width, height) for width, height in [(8001, 1), (1, 8001), (7500, 7500)]),
    ],
)
def test_what_would_fill_a_readers_memory_is_refused(file: bytes):
    with pytest.raises(NotAPicture, match="Make it smaller"):
        read(file)


@given(st.sampled_from([a_png(), a_jpeg(extra=an_exif(orientation=6))]), st.data())
def test_a_damaged_file_is_refused_or_leaves_a_picture(file: bytes, data):
    at = data.draw(st.integers(0, len(file)))
    broken = file[:at] + data.draw(st.binary(max_size=8)) + file[at + data.draw(st.integers(0, 8)) :]
    try:
        picture = read(broken)
    except NotAPicture:
        return
    assert read(picture.data) == picture
