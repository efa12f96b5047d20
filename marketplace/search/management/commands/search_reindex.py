"""`entrepot search-reindex` and `manage search_reindex`: make the whole index anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from marketplace.search.reindex import reindex


class Command(BaseCommand):
    help = "Make the search index anew, for all organizations or for one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", help="code of the organization whose products are indexed")

    def handle(self, *args: Any, **options: Any) -> None:
        done = 0
        for done, total in reindex(options["organization"]):
            self.stdout.write(f"\r{done} of {total} products", ending="")
        self.stdout.write(f"\r{done} products indexed.")
