"""The words that fields are read from, with what a catalog knows: editions, channels, service packs, and the names that hide them."""

from __future__ import annotations

from licmatch.catalog import lexicon as lx
from licmatch.normalize.fields import FieldWords, shared_words

# Behind a package's name "dev" is what developers need of it, no preview.
_NOT_A_CHANNEL = frozenset((" dev ",))


def field_words(compiled: lx.Compiled) -> FieldWords:
    """Return the shared words and those of a catalog; a product's name hides the words inside it, as it does when names are read."""
    shared = shared_words()
    phrases = dict(shared.phrases)
    packs = list(shared.service_packs)
    for key, entry in zip(compiled.keys, compiled.entries, strict=True):
        told = [("edition", part) for part in entry.parts]
        told += [("channel", entry.channel)] if entry.channel and key not in _NOT_A_CHANNEL else []
        if told or (entry.names and key not in phrases):
            phrases[key] = tuple(dict.fromkeys((*phrases.get(key, ()), *told)))
        if entry.flags & lx.SERVICE_PACK:
            packs.append(key)
    return FieldWords(phrases, tuple(dict.fromkeys(packs)))
