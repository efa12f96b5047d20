"""Finds a Chromium for the browser tests; installs Debian's, with a Chinese font, where that is possible."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MACOS = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
PACKAGES = ("chromium", "fonts-noto-cjk")


def chromium() -> str | None:
    """The path of a Chromium: ENTREPOT_CHROMIUM, or the one installed on this machine."""
    named = os.environ.get("ENTREPOT_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or (str(MACOS) if MACOS.exists() else None)


def has_chinese_font() -> bool:
    """Whether pages in Chinese show characters and not boxes."""
    if sys.platform == "darwin":
        return True
    listing = shutil.which("fc-list")
    return bool(listing and subprocess.run([listing, ":lang=zh"], capture_output=True, check=False).stdout.strip())


def install() -> str | None:
    """Install what is missing with apt, as root or by sudo without a password; None, or why it could not be."""
    if chromium() and has_chinese_font():
        return None
    apt = shutil.which("apt-get")
    if not apt:
        return "this machine has no apt-get"
    sudo: list[str] = []
    if os.geteuid() != 0:
        if subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode:
            return "installing needs root, or sudo without a password"
        sudo = ["sudo", "-n"]
    print("Installing Chromium and a Chinese font for the browser tests ...", flush=True)
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES]):
        command = [*sudo, apt, "-qq", *arguments]
        quiet = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True}
        ran = subprocess.run(command, env=environ, check=False, **quiet)  # type: ignore[call-overload]
        if ran.returncode:
            return f"apt-get {arguments[0]} failed: {(ran.stderr or ran.stdout).strip().splitlines()[-1:]}"
    return None if chromium() else "apt-get installed no Chromium"
