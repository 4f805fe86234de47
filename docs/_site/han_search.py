"""Search in Chinese pages without a dictionary: a word of Chinese is every pair of neighbouring characters.

Sphinx's own splits Chinese by `jieba` and finds no Chinese at all where that is not installed. Pairs need nothing, miss nothing, and a page
of which all pairs fit is the page that was meant.
"""

from __future__ import annotations

import re

import snowballstemmer
from sphinx.search import SearchLanguage

WORDS = re.compile(r"[a-zA-Z0-9_]+|[\u3400-\u9fff]+")


class HanSearch(SearchLanguage):
    """Latin words by their English stem, Chinese by characters and pairs of them.

    >>> HanSearch({}).split("用KMS激活")
    ['用', 'KMS', '激', '激活', '活']
    """

    lang = "zh"
    language_name = "English"  # the name Sphinx's stemmer script goes by
    js_stemmer_rawcode = "english-stemmer.js"
    js_splitter_code = """
function splitQuery(query) {
  return (query.match(/[a-zA-Z0-9_]+|[\\u3400-\\u9fff]+/g) || []).flatMap((word) =>
    /^[a-zA-Z0-9_]/.test(word) || word.length === 1
      ? [word]
      : Array.from({ length: word.length - 1 }, (_, at) => word.slice(at, at + 2)));
}
"""

    def __init__(self, options: dict[str, str]) -> None:
        super().__init__(options)
        self.stemmer = snowballstemmer.stemmer("english")

    def split(self, input: str) -> list[str]:
        """Return the words of a text as the index keeps them."""
        found = []
        for word in WORDS.findall(input):
            if word.isascii():
                found.append(word)
            else:
                found += [word[at : at + size] for at in range(len(word)) for size in (1, 2) if at + size <= len(word)]
        return found

    def stem(self, word: str) -> str:
        """Return the stem of an English word; Chinese stays as it is."""
        return str(self.stemmer.stemWord(word.lower()))
