"""What picture a file really is: told by its content, checked from end to end, and cleaned. Pure; decodes nothing.

Only what draws the picture is kept: no place and camera (EXIF), no comments, no thumbnails, nothing behind its end.
So a file that is a picture and something else besides leaves here as a picture only.
"""

from quartet.chats.pictures import jpeg, png
from quartet.chats.pictures.types import Damaged, NotAPicture, Picture

# Anthropic refuses longer sides: https://platform.claude.com/docs/en/build-with-claude/vision#general-limits
_LONGEST_SIDE = 8000
# Unpacked they are 200 MB in a reader's browser; the largest cameras of phones take 48 to 50 megapixels.
_MOST_MEGAPIXELS = 50


def read(data: bytes) -> Picture:
    """Read a PNG or JPEG file; raises `NotAPicture`."""
    if data.startswith(png.SIGNATURE):
        picture = png.read(data)
    elif data.startswith(jpeg.SIGNATURE):
        picture = jpeg.read(data)
    else:
        raise NotAPicture("Only PNG and JPEG pictures can be sent.")
    width, height = picture.width, picture.height
    if width < 1 or height < 1:
        raise Damaged
    if max(width, height) > _LONGEST_SIDE or width * height > _MOST_MEGAPIXELS * 1_000_000:
        raise NotAPicture(
            f"The picture is {width:,} by {height:,} pixels. Make it smaller: up to {_LONGEST_SIDE:,} on a side "
            f"and {_MOST_MEGAPIXELS} megapixels can be sent."
        )
    return picture
