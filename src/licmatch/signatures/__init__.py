"""Traces of unlicensed use, in names and of every other kind: which signatures hit, and how much a hit alone may say."""

from licmatch.signatures.key_servers import KeyServers
from licmatch.signatures.names import Hit, NameSignatures, risk_of, signature_text
from licmatch.signatures.traces import TRACE_KINDS, TraceSignatures

__all__ = ["TRACE_KINDS", "Hit", "KeyServers", "NameSignatures", "TraceSignatures", "risk_of", "signature_text"]
