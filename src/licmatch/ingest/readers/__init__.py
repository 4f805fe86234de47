"""One module a format: each tells from the content whether a file is its own, and reads it."""
