"""The command. One file a command, imported when it is called: `licmatch --help` loads no polars."""
