"""Languages, regions and architectures as names of software write them, and the one way they are told."""

from __future__ import annotations

# Tag of BCP 47 -> words; a region alone is "und-XX", several languages "mul", all the world "001".
LANGUAGES: dict[str, str] = {
    "en": "english|eng|enu|英文|英文版|英语|英语版|international english",
    "en-US": "english (united states)|english united states",
    "en-GB": "english (united kingdom)|english united kingdom",
    "zh": "chinese|中文|中文版|汉语|中国语|chinese edition",
    "zh-Hans": "chinese simplified|chinese (simplified)|simplified chinese|chs|zhcn|简体|简体版|简体中文|简体中文版|简中|simplified",
    "zh-Hant": (
        "chinese traditional|chinese (traditional)|traditional chinese|cht|zhtw|"
        "繁体|繁体版|繁体中文|繁体中文版|繁中|正体|正体中文|traditional"
    ),
    "ja": "japanese|jpn|日本語|日本語版|日文|日文版|日语|日语版",
    "ko": "korean|kor|한국어|한국어판|한글판|韩文|韩文版|韩语|韩语版",
    "de": "german|deutsch|deu|德语|德文|德文版",
    "fr": "french|français|francais|fra|法语|法文|法文版",
    "es": "spanish|español|espanol|castellano|esn|西班牙语|西班牙文",
    "pt": "portuguese|português|portugues|葡萄牙语|葡萄牙文",
    "pt-BR": "portuguese (brazil)|portuguese brazil|brazilian|brazilian portuguese|ptb|português (brasil)",
    "pt-PT": "portuguese (portugal)|portuguese portugal",
    "it": "italian|italiano|ita|意大利语|意大利文",
    "ru": "russian|русский|русская|русская версия|rus|俄语|俄文|俄文版",
    "pl": "polish|polski|polska|plk|波兰语",
    "nl": "dutch|nederlands|nld|荷兰语",
    "tr": "turkish|türkçe",
    "uk": "ukrainian|українська",
    "vi": "vietnamese|tiếng việt|越南语",
    "th": "thai|ไทย|泰语",
    "sv": "swedish|svenska",
    "no": "norwegian|norsk",
    "nb": "norwegian (bokmål)|norwegian (bokmal)",
    "da": "danish|dansk",
    "fi": "finnish|suomi",
    "cs": "czech|čeština",
    "sk": "slovak",
    "hu": "hungarian|magyar",
    "ro": "romanian|română",
    "bg": "bulgarian|български",
    "hr": "croatian",
    "sr": "serbian",
    "sl": "slovenian",
    "et": "estonian",
    "lv": "latvian",
    "lt": "lithuanian",
    "el": "greek|ελληνικά",
    "he": "hebrew|עברית",
    "ar": "arabic|العربية|阿拉伯语",
    "fa": "persian",
    "hi": "hindi",
    "id": "indonesian|bahasa indonesia",
    "ms": "malay",
    "kk": "kazakh",
    "ka": "georgian",
    "ca": "catalan",
    "eu": "basque",
    "gl": "galician",
    "is": "icelandic",
    "af": "afrikaans",
    "ug": "uyghur|维吾尔语",
    "bo": "tibetan|藏语",
    "mn": "mongolian|蒙古语",
    "mul": ("multi|ml|multilingual|multilanguage|multi-language|multi language|bilingual|多国语言|多国语言版|多语言|多语言版|语言中性"),
    "und": "language neutral|neutral",
    "und-001": "international|国际版|国际|海外版",
    "und-US": "united states|(us)",
    "und-GB": "united kingdom|(uk)",
    "und-HK": "hong kong",
    "und-TW": "taiwan",
    "und-CN": "china|中国版",
    "und-BR": "brazil",
}
# Codes that installers write behind a name; "xx-yy" and "xx_yy" alike, and both ways of writing the region.
CODES = tuple(
    """
    af-za ar-ae ar-eg ar-sa az-latn-az be-by bg-bg bn-in bo-cn bs-latn-ba ca-es cs-cz cy-gb da-dk de-at de-ch de-de el-gr en-au
    en-ca en-gb en-ie en-in en-nz en-sg en-us en-za es-419 es-ar es-cl es-co es-es es-mx es-us et-ee eu-es fa-ir fi-fi fil-ph
    fr-be fr-ca fr-ch fr-fr ga-ie gl-es gu-in he-il hi-in hr-hr hu-hu hy-am id-id ii-cn is-is it-ch it-it ja-jp ka-ge kk-kz km-kh
    kn-in ko-kr lo-la lt-lt lv-lv mk-mk ml-in mn-cn mn-mn mr-in ms-my mt-mt nb-no nl-be nl-nl nn-no no-no pa-in pl-pl pt-br pt-pt
    ro-ro ru-ru sk-sk sl-si sq-al sr-cyrl-rs sr-latn-cs sr-latn-rs sv-fi sv-se sw-ke ta-in te-in th-th tr-tr tt-ru ug-cn uk-ua
    ur-pk uz-latn-uz vi-vn zh-cn zh-hans zh-hans-cn zh-hant zh-hant-tw zh-hk zh-mo zh-sg zh-tw
    """.split()  # noqa: SIM905
)

ARCHITECTURES: dict[str, str] = {
    "x64": (
        "x64|x86_64|x86-64|x64 edition|amd64|intel 64|win64|64-bit|64bit|64 bit|64-bits|64 bits|64-bit edition|"
        "64位|64 位|64位元|64 位元|64位版|"
        "64 ビット|64비트|64-разрядная|64-разрядный|64-разрядный выпуск|64-бит|64-битная|64-bitowa|64 bits edition"
    ),
    "x86": (
        "x86|i386|i586|i686|win32|32-bit|32bit|32 bit|32-bits|32 bits|32-bit edition|32位|32 位|32位元|32 位元|32位版|32 ビット|32비트|"
        "32-разрядная|32-разрядный|32-разрядный выпуск|32-бит|32-битная|32-bitowa|ia32|ia-32"
    ),
    "arm64": "arm64|aarch64|arm64ec|apple silicon",
    "arm": "arm|armhf|armv7|armv7l",
    "ia64": "ia64|itanium",
    "loongarch64": "loongarch64|loongarch|loong64|龙芯|loongson",
    "mips64": "mips64el|mips64",
    "sw64": "sw64|sw_64|申威",
    "ppc64le": "ppc64le|ppc64el",
    "s390x": "s390x",
    "riscv64": "riscv64",
    "universal": "universal",
    "intel": "intel chip",
    "phytium": "飞腾|phytium",
    "kunpeng": "鲲鹏|kunpeng",
    "zhaoxin": "兆芯|zhaoxin",
    "hygon": "海光|hygon",
}


def tag_of(code: str) -> str:
    """Return a locale code as BCP 47 writes it.

    >>> tag_of("zh-cn"), tag_of("sr-latn-rs"), tag_of("es-419")
    ('zh-CN', 'sr-Latn-RS', 'es-419')
    """
    first, *rest = code.split("-")
    return "-".join((first, *(part.title() if len(part) == 4 else part.upper() for part in rest)))
