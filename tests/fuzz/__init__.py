"""Inputs made to break readers, the rule compiler and the catalog loader: small in the tests, long by `make fuzz`."""
