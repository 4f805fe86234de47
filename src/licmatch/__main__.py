"""`python -m licmatch`: the command, for systems where the scripts folder is not on the path."""

from licmatch.cli.main import run

if __name__ == "__main__":
    run()
