"""What a trace of each kind says, cut into the texts that signatures are asked about: the hosts of a line, the file of a path.

Every function takes `d` (number of the distinct trace) and `text` (normalised) and returns the same two columns, none, one or several
rows a trace. Nothing is looked up on this machine: paths and addresses are strings.
"""

from __future__ import annotations

import polars as pl

TEXT = pl.col("text")
# A file that can be a tool or the wrapping of one: its name without the ending is read as the name of a program.
_RUNS_OR_HOLDS = r"(?:exe|com|scr|msi|msix|bat|cmd|ps1|vbs|reg|lnk|dll|sys|zip|rar|7z|tar|tgz|iso|img|gho|wim|esd|apk|dmg|torrent|tmp|bak)"
_FILE_IN_TEXT = r"(?:[a-z]:|%[a-z0-9()]+%|\\systemroot)\\[^\x22<>|*?:]+?\.(?:exe|dll|sys|com|cmd|bat|ps1|vbs|jar)"
# Folders as Windows names them in variables and links.
_PLACES = {
    "%programfiles(x86)%": "c:\\program files (x86)", "%programfiles%": "c:\\program files", "%programw6432%": "c:\\program files",
    "%programdata%": "c:\\programdata", "%allusersprofile%": "c:\\programdata", "%systemroot%": "c:\\windows", "%windir%": "c:\\windows",
    "\\systemroot\\": "c:\\windows\\", "%systemdrive%": "c:",
}  # fmt: skip
_HIVES = {"hkey_local_machine": "hklm", "hkey_current_user": "hkcu", "hkey_users": "hku", "hkey_classes_root": "hkcr"}
# Words of those who write about tools, look for them or take them off.
_ABOUT = (
    "通知", "清理", "清除", "排查", "整治", "治理", "核查", "检查", "分析", "报告", "查杀", "专杀", "卸载", "防范", "检测",
    "removal", "remover", "detector", "detection", "analysis", "uninstall",
)  # fmt: skip
# "tool (1).exe", "tool - 副本.exe": what browsers and shells put to a second copy.
_COPY = r"(?: ?\([0-9]{1,2}\)| - (?:copy|副本)(?: ?\([0-9]{1,2}\))?)(\.[0-9a-z]{1,5})?$"
# Where a computer was told to ask for its activation: in the registry, as it is written there, and on the command line.
_TOLD_HOSTS = (
    r"keymanagementservice(?:machine)?name\x22? ?(?:=|:|reg_sz)? ?\x22?([^\x22 ;,=]+)",
    r"keymanagementservicename\x22? (?:/t \x22?reg_sz\x22? )?/d \x22?([^\x22 ;,&]+)",
    r"[/-](?:skms|sethst)[: ] ?\x22?([^\x22 ;,&]+)",
)
_BLOCKED = r"^(?:127(?:\.[0-9]{1,3}){3}|::1|0\.0\.0\.0)$"


def whole(texts: pl.DataFrame) -> pl.DataFrame:
    """Return the texts as they are."""
    return texts


def paths(texts: pl.DataFrame) -> pl.DataFrame:
    """Return paths with single backslashes and places of variables filled in."""
    return texts.with_columns(
        TEXT.str.strip_chars("\"' ").str.replace_all(r"[\\/]+", "\\").str.replace_many(list(_PLACES), list(_PLACES.values()))
    )  # fmt: skip


def file_names(texts: pl.DataFrame) -> pl.DataFrame:
    """Return the last part of paths, without the mark of a second copy."""
    return paths(texts).select("d", TEXT.str.strip_chars_end("\\").str.extract(r"([^\\]+)$").str.replace(_COPY, "$1")).drop_nulls()


def processes(texts: pl.DataFrame) -> pl.DataFrame:
    """Return processes as paths of files; those told without an ending get the one that programs have."""
    plain = paths(texts).with_columns(TEXT.str.replace(r" ?\*32$", ""))
    return plain.with_columns(pl.when(TEXT.str.contains(r"\.[a-z0-9]{2,4}$")).then(TEXT).otherwise(TEXT + ".exe"))


def tool_words(texts: pl.DataFrame) -> pl.DataFrame:
    """Return what files and folders of paths are called, as names of programs; papers and program sources call themselves nothing."""
    parts = paths(texts).select("d", TEXT.str.split("\\"))
    last = parts.select("d", TEXT.list.last()).filter(TEXT.str.contains(rf"\.{_RUNS_OR_HOLDS}$|^[^.]*$"))
    stems = last.with_columns(TEXT.str.replace(_COPY, "$1").str.replace(rf"\.{_RUNS_OR_HOLDS}$", ""))
    folders = parts.select("d", TEXT.list.head(TEXT.list.len() - 1)).explode("text")
    return _names(pl.concat([stems, folders]))


def last_words(texts: pl.DataFrame) -> pl.DataFrame:
    """Return the last part of task paths and service names, as names of programs."""
    return _names(texts.select("d", TEXT.str.extract(r"([^\\]+)\\?$")))


def _names(texts: pl.DataFrame) -> pl.DataFrame:
    told = texts.filter((TEXT.str.len_chars() > 2) & ~TEXT.str.contains_any(list(_ABOUT)))
    return told.with_columns(TEXT.str.replace_all("_", " "))


def files_in(texts: pl.DataFrame) -> pl.DataFrame:
    """Return the files that command lines and values name, as paths."""
    quoted = texts.with_columns(TEXT.str.replace_all(r"[\\/]{2,}", "\\"))
    return paths(quoted.select("d", TEXT.str.extract_all(_FILE_IN_TEXT)).explode("text").drop_nulls())


def registry_paths(texts: pl.DataFrame) -> pl.DataFrame:
    """Return `key::value=data` as one path; the 32-bit view of a key is the key."""
    plain = texts.with_columns(TEXT.str.replace_all(r"[\\/]+", "\\").str.replace_many(list(_HIVES), list(_HIVES.values())))
    return plain.with_columns(TEXT.str.replace_all(r"\\wow6432node\\", "\\").str.replace_all(r" ?(?:::|=) ?", "\\"))


def registry_values(texts: pl.DataFrame) -> pl.DataFrame:
    """Return `key::value=data` without blanks around its signs."""
    return texts.with_columns(TEXT.str.replace_all(r" ?(::|=) ?", "$1"))


def blocked_hosts(texts: pl.DataFrame) -> pl.DataFrame:
    """Return the names a line of a hosts file sends nowhere (127.*, ::1, 0.0.0.0); other addresses and comments say nothing."""
    words = texts.select("d", TEXT.str.replace(r"#.*$", "").str.strip_chars().str.split(" "))
    blocked = words.filter(TEXT.list.first().str.contains(_BLOCKED))
    return blocked.select("d", TEXT.list.slice(1)).explode("text").drop_nulls().with_columns(TEXT.str.strip_chars_end("."))


def hosts(texts: pl.DataFrame) -> pl.DataFrame:
    """Return host names and addresses without port, brackets and the dot at the end."""
    return texts.with_columns(host_text(TEXT))


def told_hosts(texts: pl.DataFrame) -> pl.DataFrame:
    """Return the KMS hosts that registry values and command lines set, as `hosts`.

    >>> line = r"hklm\\software\\x\\softwareprotectionplatform::keymanagementservicename=kms.example.org:1688"
    >>> told_hosts(pl.DataFrame({"d": [0], "text": [line]}))["text"].to_list()
    ['kms.example.org']
    """
    told = [texts.with_columns(TEXT.str.extract(pattern)) for pattern in _TOLD_HOSTS]
    return hosts(pl.concat(told).drop_nulls().unique(maintain_order=True))


def host_text(text: pl.Expr) -> pl.Expr:
    """Return lower-case hosts without scheme, port, brackets and the dot at the end.

    >>> pl.Series(["KMS.Example.org:1688", "[::1]:1688", "::1", "host."]).to_frame("h").select(host_text(pl.col("h"))).to_series().to_list()
    ['kms.example.org', '::1', '::1', 'host']
    """
    plain = text.str.to_lowercase().str.strip_chars().str.replace(r"^[a-z]+://", "").str.replace(r"[/\\].*$", "")
    # An IPv6 address has colons of its own; normalising made round brackets of square ones.
    bracketed = plain.str.replace(r"^[\[(]([0-9a-f:.%a-z]+)[\])](?::[0-9]*)?$", "$1")
    return bracketed.str.replace(r"^([^:]+):[0-9]*$", "$1").str.strip_chars_end(".")


def first_labels(texts: pl.DataFrame) -> pl.DataFrame:
    """Return computer names without their domain."""
    return texts.with_columns(TEXT.str.replace(r"\..*$", ""))


def unbroken(texts: pl.DataFrame) -> pl.DataFrame:
    """Return numbers and ids without blanks."""
    return texts.with_columns(TEXT.str.replace_all(" ", ""))


def last_five(texts: pl.DataFrame) -> pl.DataFrame:
    """Return the last five characters of product keys; a whole key never gets here, but its blanks and hyphens may."""
    return texts.select("d", TEXT.str.replace_all("[ -]", "").str.extract(r"([0-9a-z]{5})$")).drop_nulls()


def hex_digits(texts: pl.DataFrame) -> pl.DataFrame:
    """Return ids written in hexadecimal without anything between their digits."""
    return texts.with_columns(TEXT.str.replace(r"^0x", "").str.replace_all(r"[^0-9a-f]", ""))
