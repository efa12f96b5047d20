"""Regular work of the kernel: throwing away sign-ins that have ended."""

from celery import shared_task

from marketplace.graphql import tokens


@shared_task(ignore_result=True)
def sweep_tokens() -> int:
    """Throw away sign-ins of API clients whose last token has expired. Harmless when it runs twice, late or never."""
    return tokens.sweep_tokens()
