"""The language of a stretch of text, from its script, its letters and its commonest words. Enough to tell the parts of
a bilingual treaty apart, to stem terms and to name the languages of the OSCE area; not a general identifier."""

from __future__ import annotations

import re
from collections import Counter

_WORDS = {
    "en": "the of and to in that for is on with as by be are this which shall or was from have not it its at an their",
    "fr": "le la les de des du et en un une que est pour dans par qui sur au aux ne pas ce cette sont avec ou ses leur",
    "nl": "de het een van en in te dat is voor op met zijn die niet aan door als of worden wordt bij deze tot naar artikel",
    "de": "der die das und in den von zu mit ist des im für auf dem nicht ein eine als auch es an werden oder sie durch",
    "es": "el la los las de del y en que un una por con para se es al su lo como más o sus no este esta son",
    "it": "il lo la i gli le di del della e in che un una per con non si è al sono dei delle nel alla o da come",
    "pt": "o a os as de do da e em que um uma para com não se por dos das ao no na é mais ou seu sua direito",
}  # fmt: skip
# They count by how much of a text they cover, and only where that is clearly more than any of the usual ones does.
_MORE_WORDS = {
    "sq": "të dhe në e i për që me një nga është ka ose si tij më kjo çdo gjithë drejtë te se dhe nuk kanë",
    "sl": "in je v se na za da ne ki so pri ali pravico ima vsakdo tudi od do po kot njegove z s biti bo sme nihče",
    "hr": "i u je na da se za od koji ili kao svako svatko ima pravo ne su što po biti bez nitko sa svoje bi ovo",
    "cs": "a v je na se že za k o na které má každý nebo jako právo být ve jeho pro ani aby při podle od",
    "sk": "a v je na sa že za k o ktoré má každý alebo ako právo byť vo jeho pre ani aby pri podľa od",
    "pl": "i w na z do się że nie jest o lub przez prawo ma każdy oraz do od jego jako za dla być które człowiek",
    "hu": "a az és hogy nem van egy minden személynek joga is meg vagy kell mint ez való aki sem lehet",
    "ro": "și în de la să pe cu o din care la nu este sau are dreptul prin orice pentru ca fi al un fie",
    "sv": "och i att det som en på är av för med till den har de ett om inte rätt envar skall eller var",
    "da": "og i at det som en på er af for med til den har de et om ikke ret enhver skal eller ved fra",
    "no": "og i å det som en på er av for med til den har de et om ikke rett enhver skal eller ved fra",
    "fi": "ja on ei että oikeus hänen se joka tai jokaisella kaikki myös ovat mukaan ihmisoikeuksien kuin sekä ole",
    "et": "ja on ei et õigus igal või tema see kõik ka mis inimese kui oma ega peab olema",
    "lv": "un ir ar no uz ka vai tiesības katram par kā viņa nav visu kas pie lai",
    "lt": "ir yra į kad ar teisę kiekvienas jo su iš kaip turi būti ne nuo prie visi žmogaus",
    "tr": "ve bir bu her için ile olarak hakkı vardır veya de da olan şahsın kendi hak herkesin ya",
    "az": "və bir bu hər üçün ilə olaraq hüququ var malikdir yaxud da də öz şəxsin insanın onun",
    "uz": "va bir bu har uchun bilan bo‘lgan huquqqa ega yoki ham insonning kishi o‘z hech",
    "tk": "we bir bu her üçin bilen hukugy bar ýa-da adam hukuga öz hem bolan haklydyr ýa",
    "is": "og í að á er sem til um með við eða hver skal réttur ekki hans manns af því það",
    "ga": "agus an na a ar i le go is do nó ag gach duine chun ceart aige bhfuil de",
    "mt": "u ta li il tal jew dritt kull bħala għal fil ma b’ minn kulħadd hu",
    "id": "dan yang di untuk dengan setiap orang atau hak dalam tidak berhak ini dari pada",
    "vi": "và của các có quyền mọi người không được trong hay về cho một những do",
    "so": "iyo oo ah in ay ka u ku waa qof kasta wuxuu xaq leeyahay ama",
    "sw": "na ya wa kwa ni kila mtu haki ana au katika bila za yake cha",
    "ku": "û ku di de ji bo li her mafê ye ên bi kes an divê",
    "la": "et in ad est non cum ut sed quod qui vel omnis ius habet aut atque",
}  # fmt: skip
_TOKEN = re.compile(r"[^\W\d_]+(?:[‘'’][^\W\d_]+)*")


_LISTED = {code: frozenset(words.split()) for code, words in {**_WORDS, **_MORE_WORDS}.items()}
_LANGUAGES_OF: dict[str, list[str]] = {}
for _code, _words in _LISTED.items():
    for _word in _words:
        _LANGUAGES_OF.setdefault(_word, []).append(_code)
_shared = Counter(word for code in _WORDS for word in _LISTED[code])
_WEIGHTS = {code: {word: 1.0 / _shared[word] for word in _LISTED[code]} for code in _WORDS}
_SCRIPTS = (
    ("ru", re.compile("[\u0400-\u052f]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("ka", re.compile("[\u10a0-\u10ff]")),
    ("hy", re.compile("[\u0530-\u058f]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("am", re.compile("[\u1200-\u137f]")),
)
# Letters that tell the languages of one script apart, the rarest first; a language needs so many in a hundred letters.
_LETTERS = {
    "ru": (
        ("uk", "їєґ", 0.4), ("kk", "әұ", 0.4), ("tg", "ӣҷӯ", 0.4), ("uz", "ҳ", 0.3), ("be", "ў", 0.4), ("mk", "ѓќѕ", 0.1),
        ("sr", "јљњћђџ", 1.0), ("ky", "ң", 0.1), ("mn", "өү", 3.0), ("bg", "ъ", 0.4),
    ),
    "ar": (("ur", "ےٹڈڑں", 0.5), ("ps", "ښېږځ", 0.3), ("fa", "پچژگک", 1.0)),
}  # fmt: skip
_KANA = re.compile("[\u3040-\u30ff]")
_LETTER = re.compile(r"[^\W\d_]")
# Beyond the Latin alphabets, their accents and general punctuation.
_FOREIGN = re.compile("[\u0370-\u1dff\u2c00-\uffff]")
_SAMPLE = 4000
_ENOUGH = 0.09
_COVERED = 0.15
_CLEARLY = 1.25


def detect_language(text: str) -> str | None:
    """ISO 639-1 code of the language most likely, None where the text is too short or of no language known here."""
    sample = text[:_SAMPLE]
    letters = len(_LETTER.findall(sample))
    if letters < 2:
        return None
    if not sample.isascii() and len(_FOREIGN.findall(sample)) > 0.2 * letters:
        # Japanese is written with Chinese signs between its own.
        if len(_KANA.findall(sample)) > 0.2 * letters:
            return "ja"
        for code, script in _SCRIPTS:
            if len(script.findall(sample)) > 0.5 * letters:
                return _by_letters(code, sample.casefold(), letters)
    tokens = [token.casefold() for token in _TOKEN.findall(sample)]
    if len(tokens) < 4:
        return None
    covered: Counter[str] = Counter()
    for token in tokens:
        covered.update(_LANGUAGES_OF.get(token, ()))
    other = max(_MORE_WORDS, key=lambda code: covered[code])
    if covered[other] >= _COVERED * len(tokens) and covered[other] > _CLEARLY * max(covered[code] for code in _WORDS):
        return other
    scores = {code: sum(weights.get(token, 0.0) for token in tokens) for code, weights in _WEIGHTS.items()}
    best = max(scores, key=lambda code: scores[code])
    return best if scores[best] / len(tokens) >= _ENOUGH else None


def _by_letters(code: str, sample: str, letters: int) -> str:
    for language, own, share in _LETTERS.get(code, ()):
        enough = sum(sample.count(letter) for letter in own) >= max(1.0, share * letters / 100)
        # Russian has the hard sign of Bulgarian too, and letters that Bulgarian has not.
        if enough and not (language == "bg" and ("ы" in sample or "э" in sample)):
            return language
    return code
