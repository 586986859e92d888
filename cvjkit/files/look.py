"""The look of a client: name, logo, accent colour and currency, in a file beside the journeys."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from cvjkit.errors import Fault, InputError, faults_of
from cvjkit.files.disk import content_of, existing_content, text_of
from cvjkit.files.limits import MOST_BYTES
from cvjkit.files.store import LOOK
from cvjkit.files.toml import from_toml
from cvjkit.model.scalars import Currency, Name

MOST_LOGO_BYTES = 64_000
"""The logo is in each page that is sent."""
LEAST_CONTRAST = 4.5
"""Of text on its paper, as WCAG 2.2 asks for on level AA."""
WHITE, BLACK = (255, 255, 255), (0, 0, 0)
SHADES = 100

# How the files begin that a browser shows as a picture.
KINDS = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
    "image/svg+xml": re.compile(
        rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*>|\s)*<svg[\s>]",
        re.DOTALL,
    ),
}


def _color(value: str) -> str:
    if not re.fullmatch("#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})", value):
        raise ValueError("must be a colour of red, green and blue; write it like #0a5c73")
    digits = value[1:].lower()
    return f"#{digits if len(digits) == 6 else ''.join(digit * 2 for digit in digits)}"


class Look(BaseModel):
    """How pages look that are published for a client.

    Parameters
    ----------
    name : str
        The client's, shown on each page; empty for none.
    logo : str
        The picture shown in its place, as a ``data:`` address; empty for none.
    accent : str
        The colour of what is chosen or has the focus, as in "#0a5c73"; empty for ours.
    currency : str
        Of journeys that name none.

    Examples
    --------
    >>> Look(name="Harbour Coffee", accent="#f5b301").accent_on("#ffffff")
    '#986f01'
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: Name = ""
    logo: Name = ""
    accent: Annotated[str, AfterValidator(_color)] = ""
    currency: Currency = ""

    def accent_on(self, paper: str) -> str:
        """Give the accent as text in it can be read: darker on light paper, lighter on dark.

        Parameters
        ----------
        paper : str
            The colour behind it, as in "#ffffff".

        Returns
        -------
        str
            The nearest shade whose contrast is at least 4.5; empty where there is no accent.
        """
        if not self.accent:
            return ""
        accent, ground = _parts(self.accent), _parts(paper)
        end = max((BLACK, WHITE), key=lambda color: _contrast(color, ground))
        shades = (
            tuple(
                round(start + (stop - start) * step / SHADES)
                for start, stop in zip(accent, end, strict=True)
            )
            for step in range(SHADES + 1)
        )
        readable = next(shade for shade in shades if _contrast(shade, ground) >= LEAST_CONTRAST)
        return "#" + "".join(f"{part:02x}" for part in readable)


def read_look(folder: str | Path) -> Look:
    """Read the look of the pages that are published from a folder.

    Parameters
    ----------
    folder : str or Path
        Of the journeys; its file ``look.toml`` may hold ``name``, ``logo`` (the name of a PNG,
        JPEG, WebP or SVG file beside it, at most 64 kB), ``accent`` and ``currency``.

    Returns
    -------
    Look
        Ours, where there is no such file.

    Raises
    ------
    InputError
        With everything that is wrong in it.
    """
    path = Path(folder) / LOOK
    content = content_of(path, MOST_BYTES[".toml"])
    if content is None:
        return Look()
    document = from_toml(text_of(path, content), LOOK)
    logo, faults = "", list[Fault]()
    given = document.get("logo")
    if isinstance(given, str) and given.strip():
        try:
            logo = _picture(path.parent, given)
        except InputError as error:
            faults += [Fault("logo", given, fault.rule, fault.fix) for fault in error.faults]
    try:
        look = Look.model_validate(document)
    except ValidationError as error:
        faults = [*faults_of(error, {}), *faults]
    if faults:
        raise InputError(LOOK, faults)
    return look.model_copy(update={"logo": logo})


def _picture(folder: Path, given: str) -> str:
    if Path(given).name != given:
        fault = Fault("logo", given, "is not beside look.toml", "copy the file into that folder")
        raise InputError(LOOK, [fault])
    content = existing_content(folder / given, MOST_BYTES[".toml"])
    kind = next((kind for kind, start in KINDS.items() if start.match(content)), None)
    if kind is None:
        fix = "save it as PNG, JPEG, WebP or SVG"
        raise InputError(LOOK, [Fault("logo", given, "is not a picture that browsers show", fix)])
    if len(content) > MOST_LOGO_BYTES:
        rule = f"has {len(content):,} bytes, and each page is sent with it"
        fix = f"make it smaller: at most {MOST_LOGO_BYTES:,} bytes"
        raise InputError(LOOK, [Fault("logo", given, rule, fix)])
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _parts(color: str) -> tuple[int, ...]:
    return tuple(int(color[start : start + 2], 16) for start in (1, 3, 5))


def _contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """How well a colour is seen on another, 1 to 21 (WCAG 2.2, 1.4.3)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: tuple[int, ...]) -> float:
    parts = (part / 255 for part in color)
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
