"""Setting up a checkout."""

import json

from marketplace.env import CHECKOUT
from tools import debian, setup


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


def test_pango_is_installed_once_where_it_is_missing_and_where_it_can_be(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(debian, "has_pango", lambda: False)
    monkeypatch.setattr(debian, "has_chinese_font", lambda: True)
    monkeypatch.setattr(debian, "apt_install", lambda packages, _what: asked.append(list(packages)) or "no root")
    monkeypatch.setattr(setup, "VENV", tmp_path)
    for _ in range(2):
        setup.install_libraries()
    assert asked == [list(debian.PANGO)]
    monkeypatch.setattr(debian, "has_pango", lambda: True)
    assert debian.install_for_papers() is None
    assert len(asked) == 1
