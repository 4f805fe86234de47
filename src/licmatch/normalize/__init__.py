"""From a raw name to padded tokens: `name_steps` holds the steps, `spans` replays them for one name, `fields` reads off what a name says.

`publisher` reads makers' names, `mojibake` what was read with the wrong character table.
"""

from licmatch.normalize.fields import FIELDS, FieldWords, read_fields
from licmatch.normalize.name_steps import NORMALIZER, normalize
from licmatch.normalize.spans import Traced, traced

__all__ = ["FIELDS", "NORMALIZER", "FieldWords", "Traced", "normalize", "read_fields", "traced"]
