"""Static files under names made from their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Also the modules that a script imports: else a browser would run the old half of a new script."""

    support_js_module_import_aggregation = True
