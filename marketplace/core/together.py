"""A migration's changes as one step: the models that Django knows are made anew once, and not once for each change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class Together(Operation):
    """Changes of tables that follow one another, without code or SQL of our own between them.

    After each operation Django makes every model anew that can be reached from the changed one. Here all are reachable
    from organizations, so a hundred tables cost ten thousand models. Each change sees the models as they are before
    the first and after the last of them, which is all that making and altering tables looks at: so a table is made with
    all its columns and constraints, and not changed by the same step (ValueError).
    """

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = list(operations)
        made = {_model_of(one) for one in self.operations if isinstance(one, CreateModel)}
        for one in self.operations:
            if _model_of(one) in made and not isinstance(one, CreateModel):
                raise ValueError(f"{one.describe()}: say so where the table is made")

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__qualname__, [self.operations], {})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        apps = state.__dict__.pop("apps", None)
        for one in self.operations:
            one.state_forwards(app_label, state)
        if apps is not None:
            state.__dict__["apps"] = apps
            keys = sorted({(app_label, name) for one in self.operations if (name := _model_of(one))})
            if all(isinstance(one, CreateModel) for one in self.operations):
                # Nobody knows them yet, so nobody is made anew for them.
                state.apps.render_multiple([state.models[key] for key in keys])
            else:
                state.reload_models([key for key in keys if key in state.models], delay=False)

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for one in self.operations:
            one.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for one in reversed(self.operations):
            one.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return "; ".join(one.describe() for one in self.operations)

    @property
    def migration_name_fragment(self) -> str:
        return "_".join(one.migration_name_fragment or "" for one in self.operations[:3])


def _model_of(operation: Operation) -> str:
    """The lower-case name of the model an operation makes or changes."""
    return getattr(operation, "model_name_lower", "") or getattr(operation, "name_lower", "")
