"""Pictures of the demo goods: flat drawings, made when the demo is, so that no picture of anybody has to be shipped."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

SIDE = 480
_SCALE = 2

Colour = tuple[int, int, int]
Draw = ImageDraw.ImageDraw

PALETTE: dict[str, Colour] = {
    "white": (236, 236, 230),
    "black": (62, 66, 72),
    "blue": (74, 118, 178),
    "red": (201, 79, 71),
    "green": (104, 153, 112),
    "wood": (201, 156, 104),
    "steel": (176, 184, 192),
    "glass": (176, 214, 220),
    "sand": (222, 198, 160),
    "pink": (231, 168, 170),
}
GROUNDS: tuple[Colour, ...] = (
    (238, 243, 247), (246, 241, 234), (237, 245, 240), (247, 238, 239), (241, 240, 248), (246, 246, 236),
)  # fmt: skip


def shade(colour: Colour, by: float) -> Colour:
    """A colour made lighter (by > 0) or darker."""
    target = 255 if by > 0 else 0
    red, green, blue = (round(part + (target - part) * abs(by)) for part in colour)
    return red, green, blue


class Canvas:
    """A drawing surface in units of a thousandth of its side."""

    def __init__(self, ground: Colour) -> None:
        side = SIDE * _SCALE
        self.image = Image.new("RGB", (side, side), ground)
        self.pen: Draw = ImageDraw.Draw(self.image)
        self.unit = side / 1000
        self.pen.ellipse(self._box(110, 110, 890, 890), fill=shade(ground, 0.45))
        self._shadow(ground)

    def _shadow(self, ground: Colour) -> None:
        small = Image.new("L", (125, 125), 0)
        ImageDraw.Draw(small).ellipse((30, 98, 95, 111), fill=120)
        soft = small.filter(ImageFilter.GaussianBlur(3)).resize(self.image.size)
        self.image.paste(shade(ground, -0.35), mask=soft)

    def _box(self, *box: float) -> list[float]:
        return [part * self.unit for part in box]

    def block(self, box: tuple[float, float, float, float], colour: Colour, round_: float = 24) -> None:
        """A rectangle with round corners."""
        self.pen.rounded_rectangle(self._box(*box), radius=round_ * self.unit, fill=colour)

    def disc(self, box: tuple[float, float, float, float], colour: Colour) -> None:
        """An ellipse."""
        self.pen.ellipse(self._box(*box), fill=colour)

    def shape(self, points: list[tuple[float, float]], colour: Colour) -> None:
        """A polygon."""
        self.pen.polygon([(x * self.unit, y * self.unit) for x, y in points], fill=colour)

    def arc(self, box: tuple[float, float, float, float], start: int, end: int, colour: Colour, width: float) -> None:
        """Part of an ellipse's line."""
        self.pen.arc(self._box(*box), start, end, fill=colour, width=round(width * self.unit))

    def half(self, box: tuple[float, float, float, float], colour: Colour) -> None:
        """The lower half of an ellipse."""
        self.pen.chord(self._box(*box), 0, 180, fill=colour)


def bottle(c: Canvas, colour: Colour) -> None:
    """A vacuum bottle."""
    c.block((385, 190, 615, 300), shade(colour, -0.3), 30)
    c.block((350, 280, 650, 840), colour, 70)
    c.block((390, 330, 440, 780), shade(colour, 0.35), 25)
    c.block((350, 560, 650, 590), shade(colour, -0.12), 4)


def cup(c: Canvas, colour: Colour) -> None:
    """A cup with a handle."""
    c.arc((560, 400, 800, 680), 270, 90, shade(colour, -0.18), 46)
    c.shape([(270, 330), (690, 330), (640, 830), (320, 830)], colour)
    c.disc((270, 290, 690, 370), shade(colour, -0.22))
    c.shape([(320, 390), (375, 390), (400, 780), (360, 780)], shade(colour, 0.35))


def pan(c: Canvas, colour: Colour) -> None:
    """A frying pan."""
    c.block((600, 500, 940, 556), shade(colour, -0.35), 26)
    c.disc((110, 330, 680, 730), shade(colour, -0.25))
    c.disc((150, 360, 640, 690), colour)
    c.disc((220, 400, 520, 560), shade(colour, 0.18))


def pot(c: Canvas, colour: Colour) -> None:
    """A stock pot with a lid."""
    c.block((150, 480, 850, 545), shade(colour, -0.3), 30)
    c.block((230, 430, 770, 820), colour, 60)
    c.block((210, 390, 790, 450), shade(colour, -0.2), 26)
    c.block((450, 320, 550, 395), shade(colour, -0.4), 24)
    c.block((270, 480, 320, 770), shade(colour, 0.35), 22)


def knife(c: Canvas, colour: Colour) -> None:
    """A kitchen knife."""
    c.shape([(150, 430), (640, 430), (640, 600), (240, 600)], (206, 212, 218))
    c.shape([(150, 430), (640, 430), (640, 470), (170, 470)], (228, 232, 236))
    c.block((630, 440, 900, 530), colour, 34)
    c.disc((690, 470, 716, 496), shade(colour, 0.5))
    c.disc((800, 470, 826, 496), shade(colour, 0.5))


def board(c: Canvas, colour: Colour) -> None:
    """A cutting board."""
    c.block((230, 260, 770, 830), colour, 60)
    c.disc((465, 300, 535, 370), shade(colour, 0.6))
    for at in (450, 560, 670):
        c.block((270, at, 730, at + 12), shade(colour, -0.1), 4)


def bowl(c: Canvas, colour: Colour) -> None:
    """A bowl."""
    c.half((190, 150, 810, 800), colour)
    c.disc((190, 420, 810, 540), shade(colour, -0.15))
    c.block((400, 780, 600, 830), shade(colour, -0.2), 10)
    c.arc((230, 200, 770, 760), 110, 160, shade(colour, 0.45), 22)


def plate(c: Canvas, colour: Colour) -> None:
    """A plate seen from above."""
    c.disc((180, 200, 820, 840), shade(colour, -0.06))
    c.disc((210, 230, 790, 810), colour)
    c.disc((310, 330, 690, 710), shade(colour, -0.1))
    c.disc((325, 345, 675, 695), shade(colour, 0.25))


def sticks(c: Canvas, colour: Colour) -> None:
    """Chopsticks."""
    for at in (0, 110):
        c.shape(
            [(300 + at, 200), (350 + at, 190), (600 + at, 830), (580 + at, 836)], shade(colour, -0.1 if at else 0.1)
        )
        c.shape([(300 + at, 200), (350 + at, 190), (388 + at, 290), (340 + at, 304)], shade(colour, -0.45))


def box(c: Canvas, colour: Colour) -> None:
    """A box with a lid and a label."""
    c.block((210, 380, 790, 820), colour, 40)
    c.block((180, 310, 820, 410), shade(colour, -0.22), 36)
    c.block((380, 520, 620, 640), shade(colour, 0.6), 18)
    c.block((415, 565, 585, 583), shade(colour, -0.2), 6)


def towel(c: Canvas, colour: Colour) -> None:
    """A stack of folded towels."""
    for number, by in enumerate((-0.14, 0.06, 0.28)):
        top = 660 - number * 170
        c.block((210, top, 790, top + 160), shade(colour, by), 76)
        c.block((250, top + 70, 790, top + 84), shade(colour, by - 0.12), 6)


def mop(c: Canvas, colour: Colour) -> None:
    """A mop."""
    c.block((478, 130, 522, 640), shade(colour, -0.25), 20)
    c.shape([(430, 620), (570, 620), (640, 720), (360, 720)], colour)
    for number in range(7):
        c.block((345 + number * 46, 700, 385 + number * 46, 850), shade(colour, 0.5 if number % 2 else 0.35), 20)


def bin_(c: Canvas, colour: Colour) -> None:
    """A waste bin."""
    c.shape([(290, 340), (710, 340), (660, 840), (340, 840)], colour)
    c.block((260, 270, 740, 350), shade(colour, -0.2), 36)
    c.block((440, 230, 560, 280), shade(colour, -0.35), 20)
    c.shape([(340, 390), (390, 390), (410, 790), (375, 790)], shade(colour, 0.3))


def shelf(c: Canvas, colour: Colour) -> None:
    """A shelf with three boards."""
    for at in (230, 740):
        c.block((at, 190, at + 34, 850), shade(colour, -0.3), 10)
    for at in (250, 490, 730):
        c.block((210, at, 794, at + 44), colour, 12)
    c.block((300, 370, 420, 490), shade(colour, 0.4), 14)
    c.disc((560, 610, 680, 730), shade(colour, 0.3))


def kettle(c: Canvas, colour: Colour) -> None:
    """An electric kettle."""
    c.arc((560, 330, 860, 700), 280, 80, shade(colour, -0.35), 50)
    c.shape([(330, 330), (640, 330), (700, 800), (280, 800)], colour)
    c.shape([(330, 340), (220, 420), (300, 500), (318, 430)], shade(colour, -0.12))
    c.block((310, 270, 660, 340), shade(colour, -0.3), 30)
    c.block((260, 790, 720, 840), shade(colour, -0.4), 20)


def lamp(c: Canvas, colour: Colour) -> None:
    """A desk lamp."""
    c.shape([(330, 230), (670, 230), (770, 470), (230, 470)], colour)
    c.half((330, 400, 670, 540), (255, 236, 170))
    c.block((480, 470, 520, 790), shade(colour, -0.4), 8)
    c.block((340, 780, 660, 840), shade(colour, -0.3), 28)


SHAPES: dict[str, Callable[[Canvas, Colour], None]] = {
    "bottle": bottle, "cup": cup, "pan": pan, "pot": pot, "knife": knife, "board": board, "bowl": bowl, "plate": plate,
    "sticks": sticks, "box": box, "towel": towel, "mop": mop, "bin": bin_, "shelf": shelf, "kettle": kettle,
    "lamp": lamp,
}  # fmt: skip


def picture(shape: str, colour: str, number: int) -> Image.Image:
    """A drawing of a thing in a colour; the number chooses the ground."""
    canvas = Canvas(GROUNDS[number % len(GROUNDS)])
    SHAPES[shape](canvas, PALETTE[colour])
    return canvas.image.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
