"""The addresses of the API. `/graphql/stream` and websockets are answered by `live` before Django is asked."""

from django.urls import path, re_path

from marketplace.graphql.views import graphql

urlpatterns = [
    path("graphql/", graphql, name="graphql"),
    re_path(r"^graphql$", graphql),
]
