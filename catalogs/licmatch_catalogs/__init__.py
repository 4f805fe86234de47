"""The built-in catalogs: reviewed text files, one a product family, read through `importlib.resources`."""
