"""Runs the whole test suite in parallel against embedded services of its own; arguments go to pytest."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools import browser  # noqa: E402


def main() -> None:
    """Prepare the browser, then be pytest."""
    reason = browser.install()
    if reason:
        line = "!" * 78
        print(f"{line}\nNo browser tests: {reason}.\nInstall Chromium, or set ENTREPOT_CHROMIUM to its path.\n{line}")
        os.environ["ENTREPOT_NO_BROWSER"] = reason
    arguments = sys.argv[1:]
    if not any(argument.startswith(("-n", "--numprocesses")) for argument in arguments):
        # By whole files: the tests of one file share what its fixtures made. In their order: browsers come last.
        workers = str(max(2, min(8, os.cpu_count() or 2)))
        arguments = ["-n", workers, "--dist", "loadfile", "--no-loadscope-reorder", *arguments]
    os.chdir(ROOT)
    sys.stdout.flush()
    # Become pytest, so that Ctrl-C reaches it and it can end its workers and services.
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *arguments])  # noqa: S606


if __name__ == "__main__":
    main()
