"""`gatehouse message`: what users are told, looked at before they are."""

import typer

from gatehouse_cli.message_lint import lint
from gatehouse_cli.message_preview import preview_messages

message = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Check messages, and look at them.")
message.command()(lint)
message.command(name="preview")(preview_messages)
