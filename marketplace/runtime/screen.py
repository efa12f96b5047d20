"""The one screen that `entrepot up` shows when everything runs."""

from rich import box
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from marketplace.env import Environment
from marketplace.runtime.place import Place
from marketplace.runtime.preparation import read_stamp

COLOURS = {"web": "cyan", "worker": "green", "beat": "blue", "postgres": "magenta", "redis": "yellow"}


def show_screen(console: Console, environment: Environment, place: Place, seconds: float) -> None:
    """Show the address, the demo accounts, the API explorer, and how to stop."""
    url = environment.public_url
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    facts.add_row("Address", Text(f"{url}/", style=f"bold link {url}/"))
    facts.add_row("GraphQL explorer", Text(f"{url}/graphql/", style=f"link {url}/graphql/"))
    facts.add_row("Data and logs", f"{place.home}" + (f" and {place.base}" if place.elsewhere else ""))
    facts.add_row("Stop", "Ctrl-C")
    parts: list[Table | Text] = [facts]
    accounts = read_stamp(place).get("sign_ins", [])
    if accounts:
        parts += [Text(), sign_in_table(accounts)]
    title = f"Entrepot is running [dim](ready after {seconds:.1f} s)[/]"
    console.print(Panel(Group(*parts), title=title, title_align="left", border_style="cyan", expand=False))


def sign_in_table(accounts: list[dict[str, str]]) -> Table:
    """The demo accounts by role; the password stands in the head where all have the same."""
    passwords = {account["password"] for account in accounts}
    same = len(passwords) == 1
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("Sign in as")
    table.add_column("Organization")
    table.add_column("E-mail" + (f" (password: {next(iter(passwords))})" if same else ""))
    if not same:
        table.add_column("Password")
    for account in accounts:
        row = [account["role"], account["organization"], account["email"]]
        table.add_row(*row, *([] if same else [account["password"]]))
    return table
