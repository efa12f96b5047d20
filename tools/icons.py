"""Draws the icons under which Entrepot is installed, from the same shapes as storefront/static/img/icon.svg.

python tools/icons.py    write storefront/static/img/icon-*.png
"""

from pathlib import Path

from PIL import Image, ImageDraw

TARGET = Path(__file__).resolve().parent.parent / "storefront" / "static" / "img"
GROUND, ROOF, DOOR = "#1d4ed8", "#ffffff", "#93c5fd"
ROOF_SHAPE = [(7, 13.5), (16, 8), (25, 13.5), (25, 24), (21, 24), (21, 17), (11, 17), (11, 24), (7, 24)]
DOOR_SHAPE = (13, 19, 19, 24)
FINE = 8  # drawn this many times larger, then made small, for smooth edges


def icon(size: int, maskable: bool = False) -> Image.Image:
    """The icon with round corners; maskable: to the edges, its shape within the circle that every launcher leaves."""
    large = size * FINE
    image = Image.new("RGBA", (large, large), GROUND if maskable else (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    if not maskable:
        draw.rounded_rectangle((0, 0, large - 1, large - 1), radius=large // 4, fill=GROUND)
    unit = large / 32 * (0.78 if maskable else 1)
    edge = (large - unit * 32) / 2
    draw.polygon([(edge + x * unit, edge + y * unit) for x, y in ROOF_SHAPE], fill=ROOF)
    draw.rectangle([edge + value * unit for value in DOOR_SHAPE], fill=DOOR)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    """Write every size that a browser asks for."""
    for size in (192, 512):
        icon(size).save(TARGET / f"icon-{size}.png", optimize=True)
        icon(size, maskable=True).save(TARGET / f"icon-maskable-{size}.png", optimize=True)
    icon(180, maskable=True).convert("RGB").save(TARGET / "icon-apple.png", optimize=True)
    icon(32).save(TARGET / "favicon.ico", sizes=[(16, 16), (32, 32)])


if __name__ == "__main__":
    main()
