"""A migration's changes as one step."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from marketplace.core.together import Together

KEY = ("id", models.BigAutoField(primary_key=True))


def shelf(*fields):
    return migrations.CreateModel("Shelf", [KEY, *fields])


def book():
    return migrations.CreateModel("Book", [KEY, ("shelf", models.ForeignKey("library.Shelf", models.CASCADE))])


def test_a_table_is_not_changed_by_the_step_that_makes_it():
    with pytest.raises(ValueError, match="say so where the table is made"):
        Together([shelf(), migrations.AddField("Shelf", "name", models.TextField(default=""))])


@pytest.mark.django_db(transaction=True)
def test_it_does_and_undoes_what_its_changes_do():
    before = ProjectState()
    assert before.apps  # known already, as within a run of many migrations
    made = before.clone()
    step = Together([shelf(("name", models.TextField(default=""))), book()])
    step.state_forwards("library", made)
    changed = made.clone()
    later = Together(
        [
            migrations.AddField("Shelf", "room", models.TextField(null=True)),
            migrations.AddConstraint("Book", models.UniqueConstraint(fields=["shelf"], name="one_book_a_shelf")),
        ]
    )
    later.state_forwards("library", changed)
    with connection.schema_editor() as editor:
        step.database_forwards("library", editor, before, made)
        later.database_forwards("library", editor, made, changed)
    names = connection.introspection.table_names()
    assert {"library_shelf", "library_book"} <= set(names)
    room = changed.apps.get_model("library", "Shelf").objects.create(name="A", room="1")
    changed.apps.get_model("library", "Book").objects.create(shelf=room)
    with connection.schema_editor() as editor:
        later.database_backwards("library", editor, changed, made)
        step.database_backwards("library", editor, made, before)
    assert not {"library_shelf", "library_book"} & set(connection.introspection.table_names())
