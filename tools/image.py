"""Makes the checkout in a container image ready to run: front-end files, translations, static files, the command."""

import os
import sys
from pathlib import Path

from tools import setup

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
os.environ["ENTREPOT_SECRET_KEY"] = "only-while-the-image-is-built-and-never-after"  # noqa: S105 - signs nothing


def main() -> None:
    """Do what `tools/setup.py` does in a checkout, with the packages that are there already."""
    setup.copy_vendor_files()
    setup.compile_catalogues(Path(sys.executable))
    launcher = Path(sys.executable).parent / "entrepot"
    launcher.write_text(setup.LAUNCHER.format(python=sys.executable))
    launcher.chmod(0o755)

    import django

    django.setup()
    from marketplace.runtime.making_ready import collect_static

    collect_static()


if __name__ == "__main__":
    main()
