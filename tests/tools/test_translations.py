"""The check of translations sees what it is for."""

import polib
import pytest

from tools import translations


def catalogue(*entries) -> polib.POFile:
    file = polib.POFile()
    for text, chinese, *flags in entries:
        file.append(polib.POEntry(msgid=text, msgstr=chinese, flags=flags))
    return file


def test_strings_of_code_are_found_with_their_plural(tmp_path):
    path = tmp_path / "code.py"
    path.write_text('x = _("One thing.")\ny = ngettext("%(n)s line", "%(n)s lines", n)\nz = other("No string.")\n')
    assert [*translations.python_strings(path)] == [(1, "One thing.", None), (2, "%(n)s line", "%(n)s lines")]


def test_strings_of_templates_are_found(tmp_path):
    path = tmp_path / "page.html"
    path.write_text(
        '<h1>{% translate "It\'s here" %}</h1>\n'
        "{% blocktranslate trimmed count n=lines %}{{ n }} line{% plural %}{{ n }} lines{% endblocktranslate %}\n"
        '{% include "ui/empty.html" with title=_("Nothing yet") only %}\n'
    )
    found = {text: plural for _line, text, plural in translations.template_strings(path)}
    assert found == {"It's here": None, "%(n)s line": "%(n)s lines", "Nothing yet": None}


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        ([("Order %(number)s", "订单 %(nummer)s")], "different placeholders"),
        ([("Order %(number)s", "订单")], "different placeholders"),
        ([("Order", "订单"), ("Order", "订单")], "stands twice"),
        ([("Order", "订单", "fuzzy")], "marked fuzzy"),
    ],
)
def test_a_doubtful_entry_is_told(entries, problem):
    assert problem in "\n".join(translations.doubtful_entries(catalogue(*entries)))


def test_a_sound_entry_is_not_told():
    assert not [*translations.doubtful_entries(catalogue(("Order %(number)s", "订单 %(number)s")))]


def test_two_rooms_that_translate_one_text_differently_are_told():
    rooms = {"a": catalogue(("Order", "订单")), "b": catalogue(("Order", "单据"))}
    assert [*translations.two_translations(rooms)] == ["'Order' is ['订单'] in a and ['单据'] in b"]


def test_a_placeholder_without_a_name_is_told():
    assert translations.POSITIONAL.search("%s lines")
    assert translations.POSITIONAL.search("{} lines")
    assert not translations.POSITIONAL.search("%(count)s lines of 100%%")
