"""Setting up a checkout."""

import json

from marketplace.env import CHECKOUT
from tools import setup


def test_locks_and_packages_name_no_place_they_come_from():
    for path in [*(CHECKOUT / "requirements").glob("*.txt"), CHECKOUT / "package-lock.json", CHECKOUT / ".npmrc"]:
        text = path.read_text()
        assert "--index-url" not in text
        assert "--find-links" not in text
        assert '"resolved"' not in text
        assert "registry=" not in text


def test_every_locked_package_has_hashes():
    for path in (CHECKOUT / "requirements").glob("*.txt"):
        for line in path.read_text().splitlines():
            if line and not line.startswith((" ", "#")):
                assert line.endswith("\\"), f"{path.name}: {line}"


def test_every_icon_that_a_page_draws_is_copied():
    names = set(json.loads((CHECKOUT / "tools" / "vendor.json").read_text())["icons"]["names"])
    import re

    drawn = set()
    for path in (CHECKOUT / "storefront").rglob("*.html"):
        drawn |= set(re.findall(r'{% icon "([\w-]+)"', path.read_text()))
    assert drawn - names == set()


def test_no_copied_file_points_to_a_source_map():
    assert setup.SOURCE_MAP.sub(b"", b"a{}\n/*# sourceMappingURL=a.css.map */\n") == b"a{}\n"
    assert setup.SOURCE_MAP.sub(b"", b"f()\n//# sourceMappingURL=a.js.map") == b"f()\n"
