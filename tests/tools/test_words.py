"""One concept, one word: nothing in code, schema or labels uses a word that the vocabulary has another one for."""

from tools import words


def test_no_class_no_label_and_no_page_uses_a_forbidden_word():
    assert words.found() == []
