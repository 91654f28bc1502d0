"""A code as a QR: a decoder reads the link, with the code in the fragment."""

from __future__ import annotations

import re

import pytest
from PIL import Image, ImageDraw

from api.pages.enrolment.codes import qr_of
from tests.qr_reader import texts_in


def picture(svg: str, pixels: int = 6) -> Image.Image:
    """The SVG as a picture: its path is made of horizontal strokes, one module high."""
    size = int(re.search(r'viewBox="0 0 (\d+) \d+"', svg).group(1))  # type: ignore[union-attr]
    image = Image.new("L", (size * pixels, size * pixels), 255)
    draw = ImageDraw.Draw(image)
    *_, path = re.findall(r' d="([^"]+)"', svg)
    x, y = 0.0, 0.0
    for step, numbers in re.findall(r"([MmHh])([-\d. ]+)", path):
        values = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        if step == "M":
            x, y = values
        elif step == "m":
            x, y = x + values[0], y + values[1]
        else:
            end = values[0] if step == "H" else x + values[0]
            box = (x * pixels, (y - 0.5) * pixels, end * pixels - 1, (y + 0.5) * pixels - 1)
            draw.rectangle(box, fill=0)
            x = end
    return image


@pytest.mark.parametrize(
    "link", ["https://slope.example.org/enrol#7K3M-9QX2-TB4E", "http://localhost:8000/enrol#A"]
)
def test_a_decoder_reads_the_link(link: str) -> None:
    assert texts_in(picture(qr_of(link))) == [link]


def test_it_has_no_style_that_the_policy_would_block_and_a_ground_for_dark_pages() -> None:
    svg = qr_of("https://slope.example.org/enrol#7K3M-9QX2-TB4E")
    assert "style" not in svg
    assert 'fill="#fff"' in svg
    assert "width=" not in svg.partition(">")[0]
