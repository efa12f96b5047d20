"""Finds a Chromium for the browser tests; installs Debian's, with a Chinese font, where that is possible."""

import os
import shutil
from pathlib import Path

from tools.debian import CHINESE_FONT, apt_install, has_chinese_font

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MACOS = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
PACKAGES = ("chromium", CHINESE_FONT)


def chromium() -> str | None:
    """The path of a Chromium: ENTREPOT_CHROMIUM, or the one installed on this machine."""
    named = os.environ.get("ENTREPOT_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or (str(MACOS) if MACOS.exists() else None)


def install() -> str | None:
    """Install what is missing with apt, as root or by sudo without a password; None, or why it could not be."""
    if chromium() and has_chinese_font():
        return None
    refused = apt_install(PACKAGES, "Installing Chromium and a Chinese font for the browser tests")
    return refused or (None if chromium() else "apt-get installed no Chromium")
