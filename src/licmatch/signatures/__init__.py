"""Traces of unlicensed use in names: which signatures hit, and how much a hit alone may say."""

from licmatch.signatures.names import Hit, NameSignatures, risk_of, signature_text

__all__ = ["Hit", "NameSignatures", "risk_of", "signature_text"]
