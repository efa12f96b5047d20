"""Installs packages of the system with apt, where the machine has it and the user may. Needs only Python."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from ctypes.util import find_library

CHINESE_FONT = "fonts-noto-cjk"
#: What WeasyPrint loads to make PDF; no wheel brings it.
PANGO = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")


def apt_install(packages: Sequence[str], what: str) -> str | None:
    """Install packages, as root or by sudo without a password; None, or why it could not be."""
    apt = shutil.which("apt-get")
    if not apt:
        return "this machine has no apt-get"
    sudo: list[str] = []
    if os.geteuid() != 0:
        if (
            not shutil.which("sudo")
            or subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode
        ):
            return "installing needs root, or sudo without a password"
        sudo = ["sudo", "-n"]
    print(f"{what} ...", flush=True)
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        command = [*sudo, apt, "-qq", *arguments]
        quiet = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True}
        ran = subprocess.run(command, env=environ, check=False, **quiet)  # type: ignore[call-overload]
        if ran.returncode:
            return f"apt-get {arguments[0]} failed: {(ran.stderr or ran.stdout).strip().splitlines()[-1:]}"
    return None


def has_chinese_font() -> bool:
    """Whether pages and papers in Chinese show characters and not boxes."""
    if sys.platform == "darwin":
        return True
    listing = shutil.which("fc-list")
    return bool(listing and subprocess.run([listing, ":lang=zh"], capture_output=True, check=False).stdout.strip())


def has_pango() -> bool:
    """Whether the libraries are there that PDF is made with."""
    return bool(find_library("pango-1.0") and find_library("pangoft2-1.0"))


def install_for_papers() -> str | None:
    """Install what PDF needs and this machine lacks; None, or why it could not be."""
    packages = [*(() if has_pango() else PANGO), *(() if has_chinese_font() else (CHINESE_FONT,))]
    return apt_install(packages, "Installing Pango and a Chinese font for PDF") if packages else None
