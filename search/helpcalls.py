"""Whether a question is no question to documents, but somebody asking for help in an actual case.

Such a person gets where to turn to, not quotations. The rules look for whose case it is (my own, that of somebody near to
me), for what happened, and for a cry for help; that of a researcher, who asks what victims may do, has no "I" in it.
English, French, German and Russian.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# Longer texts are no cry for help, and cost time.
LONGEST = 2_000
_QUOTED = re.compile(r"“[^”]{8,}”|«[^»]{8,}»|„[^“”]{8,}[“”]|\"[^\"]{8,}\"|(?<!\w)'[^']{12,}'(?!\w)")
_UNITED_STATES = re.compile(r"\bU\.?S\.?A?\b\.?")


@dataclass(frozen=True, slots=True)
class _Words:
    """The patterns of one language: `near` names a person of one's own, `harm` what is done to people, `mine` that it is
    done to oneself, `deed` what counts where somebody says "I" (`self`) beside it, `boss` who does it to me; `cry` asks
    for help for oneself, whatever happened; `ask` what to do."""

    near: re.Pattern[str]
    harm: re.Pattern[str]
    mine: re.Pattern[str]
    self: re.Pattern[str]
    deed: re.Pattern[str]
    boss: re.Pattern[str]
    cry: re.Pattern[str]
    ask: re.Pattern[str]


def _words(near: str, harm: str, mine: str, self: str, deed: str, boss: str, cry: str, ask: str) -> _Words:
    return _Words(
        *(re.compile(rf"(?<!\w)(?:{one})", re.VERBOSE) for one in (near, harm, mine, self, deed, boss, cry, ask))
    )


_EN_DOCUMENTS = r"(?:passports?|papers|documents?|id|visa|phone)\b"
_ENGLISH = _words(
    near=r"""(?:my|our)\s(?:[\w-]+\s){0,2}(?:friend|girlfriend|boyfriend|sister|brother|daughter|son|mother|mom|mum|
        father|dad|
        cousin|niece|nephew|wife|husband|child|kid|neighbou?r|colleague|co-?worker|roommate|flatmate|classmate|aunt|
        uncle|
        partner|nanny|maid|cleaner|fiancée?|family)(?:['’]?s)?\b
        | (?:a|one)\sfriends?\sof\smine | (?:someone|somebody)\s(?:that\s|who\s)?i\s(?:know|met|work) |
        (?:some)?one\sof\smy\sfriends
        | (?:girl|woman|man|boy|person|guy|worker|lady|family|people|couple|neighbou?rs?)\s(?:that\s|who\s|
        whom\s)?i\s(?:know|met|work)
        | (?:girl|woman|man|boy|guy|lady|worker|people|women|girls|men)\s(?:[\w-]+\s){0,3}(?:next\sdoor|in\smy|
        at\smy|from\smy|on\smy)""",
    harm=rf"""traffick\w* | exploit\w* | enslav\w* | slave\w* | forc\w+ | mak\w+\s(?:her|him|them)\s(?:work|beg|
        steal|sell|sleep)
        | against\s(?:her|his|their|my|our)\swill | (?:took|takes?|taken|taking|keeps?|kept|keeping|holds?|holding|
        held|has|have|
        confiscat\w+|with(?:held|holds?|holding)|stole|hid|locked)\s(?:away\s)?(?:my|her|his|our|their|
        all)\s{_EN_DOCUMENTS}
        | {_EN_DOCUMENTS}(?:\s\w+){{0,2}}\s(?:taken|kept|confiscated|withheld|held|stolen|locked|hidden)
        | (?:not|n['’]t|never|hardly|stopped|refus\w+\sto)\s(?:(?:get|been|be|being)\s)?pa(?:y|id|ying)\b |
        without\s(?:any\s)?pay
        | unpaid | no\s(?:salary|wages|pay|money) | (?:can(?:['’]?t|not|\snot)|(?:not|never|n['’]t)\sallowed\sto|
        never|n['’]t\slet\s\w+)\s(?:\w+\s)?(?:leave|go\sout|go|come\s(?:home|back))
        | lock\w* | beat\w* | hit(?:s|ting)? | threat\w+ | rap(?:e|ed|es|ing)\b | debts? | sold | prostitut\w* |
        brothel | pimp\w*
        | trapped | captive | kidnap\w* | imprison\w* | escaped? | ran\saway | run\saway | in\sdanger | abus\w+ |
        groom\w*
        | sell\w*\s(?:her|his|their)\s(?:body|kidney) | kidney | scam\s(?:compound|centre|center) | afraid |
        scared | a\svictim""",
    mine=rf"""i(?:['’]?ve|\shave|\shad|['’]?m|\sam|\swas|\sgot|\sget|['’]?d)?\s(?:(?:been|being|now|still|just|also|
        a|once|only)\s){{0,3}}
        (?:traffick\w+|exploited|enslaved|held|locked|forced|beaten|raped|sold|kidnapped|threatened|abused|trapped|
        tricked|deceived|
        slave|groomed|captive|imprisoned|smuggled\sand|in\sdanger|not\sallowed\sto\s(?:leave|go)|victim\sof|
        survivor\sof|afraid\sof\s(?:my|him|them|her)|
        scared\sof\s(?:my|him|them|her))\b
        | (?:took|takes?|taken|taking|keeps?|kept|keeping|holds?|holding|held|has|have|got|confiscat\w+|with(?:held|
        holds?|holding)|stole|hid|locked)
        \s(?:away\s)?(?:my|our)\s{_EN_DOCUMENTS} | my\s{_EN_DOCUMENTS}\s(?:\w+\s){{0,2}}(?:taken|kept|confiscated|
        withheld|held|stolen|locked|hidden)
        | (?:forc\w+|mak\w+|made|beat\w*|hit(?:s|ting)?|threaten\w*|lock\w*|sold|sell\w*|hold\w*|kidnap\w*|
        traffick\w*|rap(?:ed|es|ing)|
        exploit\w*|trick\w*|abus\w+|traps?|trapped)\sme\b(?!\s(?:think|wonder|curious|to\sthink))
        | (?:beat\w*|lock\w*|threaten\w*|sold|traffick\w*|exploit\w*)\sus\b | forc\w+\sus\sto\s(?:work|beg|steal|
        have|sell|sleep|do)\b
        | (?:won['’]?t|will\snot|doesn['’]?t|does\snot|don['’]?t|do\snot|never|didn['’]?t|did\snot|
        refus\w+\sto)\s(?:let|pay|paid|give|allow|release)\s(?:me|us)\b
        | (?:not|n['’]t)\slet(?:ting)?\s(?:me|us)\b | i\s(?:can(?:['’]?t|not|\snot)|could(?:n['’]?t|
        \snot))\s(?:leave|get\s(?:out|away)|escape|go\s(?:home|out))
        | i\s(?:just\s|have\s|want\sto\s|need\sto\s|finally\s|managed\sto\s)?(?:escaped?|ran\saway|run\saway)\b
        | i\s(?:have\snot|haven['’]?t|did\snot|didn['’]?t|am\snot|never)\s(?:been\s|being\s|got(?:ten)?\s|
        get\s)?paid | i\swork\s(?:[\w-]+\s){{0,8}}(?:without|no)\s(?:pay|salary|wages)
        | i\sowe\s(?:them|him|her|my) | i\swas\spromised\sa | (?:hurt|kill|harm)s?\s(?:me|us|my\s\w+) | i\s(?:am|
        ['’]m|was)\sbeing\s(?:made|kept|held|used)""",
    self=r"(?:i|i['’]?m|my|our|mine|we|us)\b",
    deed=rf"""(?:took|takes?|taken|keeps?|kept|keeping|holds?|holding|held|confiscat\w+|with(?:held|holds?|holding)|
        stole|hid|locked)\s(?:\w+\s){{0,2}}
        (?:my|our|all)\s(?:\w+\s){{0,1}}{_EN_DOCUMENTS} | (?:my|our)\s{_EN_DOCUMENTS}\s(?:are|is)\s(?:with|in|at|gone)
        | (?:guard(?:s|ed)?|beats?|forc\w+|hits?|sells?)\s(?:him|her|them)\b | pimp\b | ransom | trick\w*\sme |
        (?:not|n['’]t|never)\s(?:been\s|being\s|get\s|got\s)?paid\b
        | takes\sher\sto\s(?:hotels?|men|clients) | (?:wo|does|do|did)n['’]?t\slet\s(?:him|her|them|me|us)\b |
        until\s(?:i|we)\spay | sleeps?\swith\s(?:\w+\s)?men""",
    boss=r"my\s(?:boss(?:es)?|employer|madam|pimp|trafficker|recruiter|agent|agency|landlord|husband|boyfriend|manager|uncle|family|owner)\b",
    cry=r"""(?:please\s|somebody\s|someone\s|can\s(?:you|anyone|someone|somebody)\s|
        will\syou\s)(?:please\s)?help\s(?:me|us)\b
        (?!\s(?:to\s)?(?:find|understand|compare|draft|write|locate|with|summari|list|identify|prepare|search|see|
        cite|translate|choose|check|trace|learn|explain|get\s(?:the|an?|to)|out\swith|work\sout))
        | help\s(?:me|us)\s?(?:!|please|$|get\s(?:out|away|home)|escape|now) | help\s?!
        | i\s(?:urgently\s|really\s|desperately\s|just\s)?need\s(?:urgent\s|some\s|immediate\s|
        your\s)?help\b(?!\s(?:to\s|with\s|in\s|on\s|from\sthe\s(?:library|text)|find|understand|draft|cit))
        | where\s(?:can|could|do|should)\si\s(?:get|find|go\s(?:to|for)|turn\s(?:to\s)?for|ask\sfor|look\sfor|
        seek)\s(?:some\s|any\s|urgent\s)?(?:help|shelter|a\sshelter|safety|protection|refuge|a\ssafe\s(?:place|
        house))(?!\s(?:with|in\s(?:read|find|draft)|to\s(?:find|read|draft)))
        | who(?:m)?\s(?:can|could|should|do)\si\s(?:call|phone|ring|turn\sto|tell)\b(?!\s(?:about\sthe\s(?:text|
        doc)|a\b|the\b|it\b)) | (?:save|rescue)\sme\b | tell\sme\swhere\sto\sgo\b
        | (?:is\sthere|what\sis)\s(?:a|the|any)\s(?:hot|help)\s?-?line\s(?:number\s)?(?:that\s|which\s)?(?:i|
        we)\s(?:can|could) | call\sthe\spolice\sfor\sme
        | am\si\s(?:a\svictim|being\s(?:traffick|exploit)\w+|traffick\w+) | i\s(?:think|believe|
        fear)\s(?:that\s)?i(?:['’]?m|\sam|\swas|['’]?ve|\shave)\s(?:been\s|being\s|a\s)?(?:traffick\w+|victim|
        exploited)""",
    ask=r"""what\s(?:should|can|could|do|must|shall)\s(?:i|we|she|he|they)\sdo | what\sto\sdo | where\s(?:can|
        should|do|could)\s(?:i|we|she|he|they)\s
        | who\s(?:can|should|could|do)\s(?:i|we|she|he|they)\s | how\s(?:can|do|could|should)\s(?:i|we|she|he|
        they)\s | help\s(?:me|us|her|him|them|my) | need\w*\s(?:\w+\s)?help
        | is\sthere\s(?:a|any)\w* | am\si\s | is\s(?:she|he|it|this|that)\s | can\s(?:i|we|she|he|you|anyone)\s |
        hotline | police""",
)  # fmt: skip
_FRENCH = _words(
    near=r"""(?:mon|ma|mes|notre|nos)\s(?:[\w-]+\s){0,1}(?:ami|copine|copain|soeur|sœur|frere|fille|fils|mere|pere|
        cousin|niece|neveu|femme|
        mari|enfant|voisin|collegue|tante|oncle|compagne|famille|belle-soeur)e?s?\b | une?\s(?:amie?|fille|femme|
        homme|personne|garcon|jeune)\s(?:\w+\s)?que\sje\sconnais
        | quelqu['’]une?\sque\sje\sconnais""",
    harm=r"""victimes?\b | traite\sdes | exploit\w* | esclav\w* | forc\w+ | contrain\w+ | oblig\w+\s(?:a|de)\b |
        passeport | papiers | confisqu\w*
        | enferm\w* | batt?ue?s?\b | bat\b | frapp\w* | menac\w* | viole\w* | (?:pas|plus|
        jamais)\s(?:ete\s)?(?:paye|paie|payee)\w* | sans\s(?:etre\s)?(?:paye\w*|salaire)
        | dettes? | vendue?s?\b | prostitu\w* | sequestr\w* | retenue?s?\b | trafiquants? | (?:peut|peux|veut|
        laisse\w*)\s(?:pas|plus)\s(?:partir|sortir) | echapp\w* | enfui\w* | en\sdanger | peur""",
    mine=r"""j['’]ai\s(?:ete|(?:etait)\b)\s(?:\w+\s){0,2}(?:victime|exploite|force|vendu|enferme|battu|viole|
        contraint|trompe|menace|reduite?|sequestre|recrute|traffique)\w*
        | je\s(?:suis|me\ssens|fus)\s(?:\w+\s){0,2}(?:victime|exploite|force|enferme|retenu|sequestre|en\sdanger|
        battu|prisonni|oblige|contraint|menace|esclave)\w*
        | on\sm['’]a\s(?:\w+\s){0,1}(?:pris|vole|confisque|force|vendu|enferme|battu|trompe|oblige|promis|viole|
        frappe)\w*
        | m['’](?:a|ont)\s(?:\w+\s){0,1}(?:pris|vole|confisque|force|vendu|enferme|battu|trompe|oblige|viole|frappe|
        exploite|menace)\w*
        | me\s(?:force|bat|batt|menace|enferme|frappe|oblige|retien|garde|contrain|exploite|vend)\w*\b |
        m['’](?:oblige|enferme|exploite|empeche)\w*
        | (?:pris|garde|confisque|prend|cache|retient|vole)\w*\s(?:mon|mes|nos)\s(?:passeport|papiers|documents) |
        (?:mon|mes)\s(?:passeport|papiers|documents)\s(?:ont|a|sont|est)\b
        | ne\s(?:me|nous)\s(?:pai|pay|laiss)\w*\s(?:pas|plus|jamais) | j['’]ai\speur\sde\s(?:mon|lui|eux|parler|
        partir) | je\s(?:veux|dois|voudrais)\s(?:m['’]enfuir|m['’]echapper|fuir)
        | je\sme\ssuis\s(?:enfui|echappe|sauve)\w* | je\sne\s(?:peux|puis)\s(?:pas|plus)\s(?:partir|sortir|
        m['’]en\saller) | je\sne\ssuis\s(?:pas|jamais|plus)\spaye\w* |
        je\stravaille\s(?:\w+\s){0,5}sans\s(?:etre\spaye|salaire)\w*""",
    self=r"(?:je|j['’]|me|m['’]|moi|mon|ma|mes|nous|nos|notre)",
    deed=r"""(?:garde|pris|prend|confisqu|vole|cache|retien)\w*\s(?:mes|nos|mon|ses|leurs|son)\s(?:papiers|
        passeports?|documents) | rancon | (?:travailler|travaille|travaillons)\s(?:\w+\s){0,3}sans\s(?:salaire|
        etre\spaye)
        | me\svend\w*\s(?:a|aux)\b | menac\w+\s(?:ma|mes|mon|notre)\s | pas\sle\sdroit\sde\ssortir | proxenete |
        maquereau""",
    boss=r"(?:mon|ma|mes)\s(?:patron|employeur|proxenete|mari|chef|maquereau|logeur|copain|recruteur|agence|oncle)\w*",
    cry=r"""aide[zr]?-?\s?(?:moi|nous)\b(?!\s(?:a|dans)\s) | au\ssecours | j['’]ai\s(?:vraiment\s|
        urgemment\s)?besoin\sd['’](?:aide|une\saide|un\srefuge|un\sabri)(?!\s(?:pour|a|dans)\s(?:trouver|citer|comp|
        red|comprendre))
        | ou\s(?:puis|pourrais)-?\s?je\s(?:trouver|obtenir|demander|chercher|recevoir)\s(?:de\sl['’])?(?:aide|
        un\srefuge|un\sabri|protection|secours) | ou\s(?:puis|dois)-?\s?je\s(?:aller|me\srefugier|m['’]adresser)
        | (?:qui|quel\snumero)\s(?:puis|dois|peux)-?\s?je\s(?:appeler|contacter|joindre) | a\squi\s(?:puis|
        dois)-?\s?je\s(?:m['’]adresser|parler|demander\sde\sl['’]aide) | sauvez-?\s?moi""",
    ask=r"""que\s(?:puis|dois|peut|doit|faire|pouvons)\b | quoi\sfaire | ou\s(?:puis|peut|dois|aller|trouver)\b |
        qui\s(?:puis|peut|appeler|contacter|dois)\b | comment\s(?:puis|peut|faire|l['’]aider|sortir|l['’]en|la|le)\b
        | aide[zr]?\b | est-ce\sque\b | qu['’]est-ce\sque | urgence | police""",
)  # fmt: skip
_DE_DOCUMENTS = r"(?:reise)?(?:pass|paesse|passe|ausweis|papiere|dokumente|handy)\b"
_GERMAN = _words(
    near=r"""(?:mein|meine[rmns]?|unser|unsere[rmns]?)\s(?:[\w-]+\s){0,1}(?:freund\w*|schwester|bruder\w*|tochter|
        sohn\w*|mutter|vater|cousine?|nichte|neffe|
        frau|mann|kind\w*|nachbar\w*|kolleg\w*|tante|onkel|mitbewohner\w*|bekannte\w*|familie) | (?:eine?|
        jemand\w*)\s?(?:frau|madchen|mann|person|junge|bekannte\w*)?,?\s(?:die|der|das|den)\sich\skenne""",
    harm=rf"""menschenhandel\w* | ausgebeutet | ausbeut\w* | zwing\w* | gezwungen | zwang\w* |
        {_DE_DOCUMENTS}\s(?:\w+\s){{0,3}}(?:weg\w*|abgenommen|genommen|behalten|behalt|einbehalten)
        | (?:nimmt|nahm|hat|haben|behalt)\s(?:\w+\s){{0,4}}{_DE_DOCUMENTS} | eingesperrt | sperr\w* | geschlagen |
        schlag\w* | bedroh\w* | droh\w* | vergewaltig\w* | nicht\s(?:bezahlt|gehen|weg|raus)
        | kein(?:en|e)?\s(?:lohn|geld|gehalt) | schulden | verkauft | sklav\w* | auf\sden\sstrich | loverboy |
        prostitu\w* | bordell | gefangen | festgehalten | geflohen | weggelaufen | entkommen | in\sgefahr | angst |
        opfer""",
    mine=rf"""ich\s(?:bin|wurde|werde|war)\s(?:[\w-]+\s){{0,5}}(?:opfer|ausgebeutet|gezwungen|verkauft|eingesperrt|
        geschlagen|bedroht|festgehalten|gefangen|gehandelt|vergewaltigt|in\sgefahr|abgehauen|geflohen|weggelaufen|
        entkommen)
        | (?:mir|uns)\s(?:[\w-]+\s){{0,4}}{_DE_DOCUMENTS} | mein(?:en|
        e)?\s{_DE_DOCUMENTS}\s(?:\w+\s){{0,4}}(?:weg\w*|abgenommen|genommen|behalten|einbehalten|behalt)
        | (?:hat|haben|behalt|behalten|nahm|nahmen|nimmt)\s(?:\w+\s){{0,3}}mein(?:en|e)\s{_DE_DOCUMENTS}
        | (?:zwing\w*|schlag\w*|bedroh\w*|verkauf\w*|sperr\w*|halt|halten|beutet|vergewaltig\w*)\s(?:mich|uns)\b |
        mich\s(?:[\w-]+\s){{0,4}}(?:zwing\w*|gezwungen|geschlagen|eingesperrt|verkauft|bedroht|festgehalten|betrogen)
        | ich\s(?:darf|kann)\s(?:\w+\s){{0,3}}(?:nicht|nie)\s(?:\w+\s){{0,2}}(?:weg|gehen|raus|fort|verlassen) |
        ich\s(?:will|mochte|muss)\s(?:\w+\s){{0,3}}(?:fliehen|raus|weglaufen)\b
        | ich\shabe\s(?:\w+\s){{0,2}}angst\svor | (?:bezahlt|bezahlen|zahlt|zahlen|lasst|lassen)\s(?:mich|mir|
        uns)\s(?:\w+\s)?(?:nicht|nichts|keinen|nie) | ich\s(?:bekomme|kriege|bekam)\s(?:\w+\s){{0,2}}kein(?:en|
        e)?\s(?:lohn|geld|gehalt)
        | ich\swerde\snicht\sbezahlt | ich\sarbeite\s(?:\w+\s){{0,5}}ohne\s(?:lohn|bezahlung|geld)""",
    self=r"(?:ich|mich|mir|mein\w*|wir|uns|unser\w*)\b",
    deed=rf"""(?:hat|haben|behalt|behalten|nahm|nahmen|nimmt|unser\w*|
        mein\w*)\s(?:\w+\s){{0,2}}{_DE_DOCUMENTS}\s(?:\w+\s){{0,2}}(?:weg\w*|genommen|abgenommen|behalten|beim|
        einbehalten) | (?:kriegen|bekommen|kriege|bekomme)\s(?:\w+\s){{0,2}}kein
        | (?:zahlt|bezahlt|zahlen)\s(?:\w+\s){{0,2}}nicht\b | lasst\s(?:mich|sie|ihn)\snicht | auf\sden\sstrich |
        loverboy | sklav\w*\s(?:gehalten|behandelt) | losegeld | zuhalter""",
    boss=r"mein(?:e[mnr]?)?\s(?:chef\w*|arbeitgeber\w*|zuhalter\w*|boss|mann|freund|vermieter\w*|vermittler\w*)\b",
    cry=r"""hilfe\s?! | (?:bitte\s)?(?:helfen\ssie|helft|hilf)\s(?:mir|uns)\b(?!\s(?:bei|beim|dabei|den|die|das|
        zu)\b) | ich\sbrauche\s(?:\w+\s){0,2}hilfe\b(?!\s(?:bei|beim|zu|zum|fur)\b)
        | wo\s(?:bekomme|finde|kriege|kann)\sich\s(?:\w+\s){0,2}(?:hilfe|schutz|zuflucht|
        eine?n?\sunterkunft)\b(?!\s(?:bei|beim|zu|zum)\b) | (?:an\swen|
        wohin)\skann\sich\s(?:mich\s)?(?:\w+\s)?(?:wenden|gehen|fliehen)
        | wen\s(?:kann|soll)\sich\s(?:\w+\s)?(?:anrufen|kontaktieren) | retten?\s(?:sie\s)?mich""",
    ask=r"""was\s(?:soll|kann|sollen|konnen|muss|tun|mache)\b | wo\s(?:kann|bekomme|finde|bekommt)\b | wer\s(?:kann|
        hilft)\b | wie\s(?:kann|komme|kommt|konnen|helfe)\b | an\swen\b | hilfe | helfen | polizei""",
)  # fmt: skip
_RUSSIAN = _words(
    near=r"""(?:мо[йяюеи]\w{0,2}|наш\w{0,3})\s(?:[\w-]+\s){0,1}(?:подруг\w*|друг\w{0,2}|друз\w*|сестр\w*|брат\w*|
        доч\w*|сын\w*|мам\w*|мать|матер\w*|отец|отц\w*|жен[аыу]\w?|муж\w*|
        ребен\w*|сосед\w*|знаком\w*|коллег\w*|племянни\w*|тет\w*|дяд\w*|родствен\w*) | (?:девушк\w*|женщин\w*|
        человек\w*|парень|парня),?\sкотор\w+\sя\sзнаю | (?:подруг[ауи]|сын(?:а|у)?|дочь|сестр[ауе]|брат[ау]?|друга|
        мужа|племянни\w*|соседк[ауе])\b | (?:одн\w+\s)?знаком(?:ая|ый|ую|ого|ой|ому|ые)\s(?:девушк|женщин|парен|
        парн|человек|семь|ребят)\w* | одн\w+\sзнаком\w+""",
    harm=r"""торговл\w+\sлюдьми | торговц\w* | эксплуат\w* | рабств\w* | раб[аы]?\b | заставля\w* | заставил\w* |
        под\sохраной | не\s(?:\w+\s)?выпуска\w* | взаперти | принужда\w* | принудил\w* | паспорт\w* | документ\w* |
        отобрал\w* | забрал\w* | отнял\w*
        | удержива\w* | запер\w* | запира\w* | бьет | бьют | избива\w* | избил\w* | угрожа\w* | изнасил\w* |
        не\s(?:\w+\s)?плат\w* | не\sзаплат\w* | без\sзарплаты | долг\w* | продал\w* | прода[юе]т\w* | проститу\w*
        | не\s(?:\w+\s)?отпуска\w* | не\sмо[жг]\w*\s(?:уйти|уехать|выйти) | сбежал\w* | убежал\w* | боюсь | боится |
        в\sопасност\w* | жертв\w* | обманул\w*""",
    mine=r"""меня\s(?:[\w-]+\s){0,4}(?:продал\w*|прода[юе]т|заставл\w*|заставил\w*|принужд\w*|принудил\w*|
        удержива\w*|эксплуатир\w*|бьют|бьет|избива\w*|избил\w*|запер\w*|запира\w*|обманул\w*|завербовал\w*|
        изнасил\w*|отпуска\w*|похитил\w*|вывезли|держ[аи]т)
        | (?:заставл\w*|заставил\w*|принужд\w*|удержива\w*|бьет|бьют|продал\w*|держ[аи]т|запер\w*|
        обманул\w*)\sменя | у\sменя\s(?:\w+\s){0,3}(?:отобрал\w*|забрал\w*|отнял\w*|украл\w*)
        | мне\s(?:\w+\s){0,3}(?:не\s(?:плат\w*|заплат\w*|отда\w*)|угрожа\w*) | (?:угрожа\w*|не\sплат\w*|
        не\sзаплат\w*|не\sотда\w*)\sмне | (?:отобрал\w*|забрал\w*|удержива\w*|отнял\w*|
        не\sотда\w*)\s(?:у\sменя\s)?(?:мой\s|мои\s)(?:паспорт|документ)\w*
        | мо[йи]\s(?:паспорт|документы)\s(?:\w+\s){0,2}(?:отобрал\w*|забрал\w*|отнял\w*|удержива\w*) |
        я\s(?:стал\w*\s|был\w*\s|являюсь\s|[—–-]\s|оказал\w+\s)?(?:жертв\w*|в\sрабстве|в\sопасности)\b
        | я\s(?:\w+\s)?(?:сбежал\w*|убежал\w*|не\sмогу\s(?:уйти|уехать|выйти)) | я\sбоюсь\s(?:его|их|хозя|своего|
        уйти|идти) | я\sработаю\s(?:\w+\s){0,5}(?:без\s(?:зарплаты|денег|оплаты)|бесплатно)""",
    self=r"(?:я|мне|меня|мой|моя|мое|мои|моего|моей|мою|мы|нас|нам|наш\w*)\b",
    deed=r"""не\s(?:выпуска|отпуска)\w* | (?:забрал|отобрал|отнял|украл|не\sотда)\w*\s(?:\w+\s){0,2}(?:паспорт|
        документ)\w* | (?:паспорт|документы)\w*,?\s(?:\w+\s){0,3}(?:забрал|отобрал|отнял|не\sотда)\w* |
        отрабатыва\w* | держ[аи]т\s(?:\w+\s){0,2}(?:под|взаперти|в)
        | выкуп\b | сутенер\w* | не\sплат[яи]т\w*""",
    boss=r"мо[йяие]\s(?:хозя\w*|начальник\w*|работодател\w*|сутенер\w*|муж\w*|шеф\w*|парень|босс\w*)",
    cry=r"""помогите(?:\sмне|\sпожалуйста|\sнам)?\b(?!\s(?:найти|понять|сравнить|составить|подобрать)) | спасите |
        мне\s(?:срочно\s|очень\s)?нужна\s(?:\w+\s)?помощь\b(?!\s(?:в|с|со|при)\s)
        | куда\s(?:мне|я\sмогу)\s(?:\w+\s)?(?:обратиться|идти|звонить|позвонить|пойти|бежать) | кому\s(?:мне|
        я\sмогу)\s(?:\w+\s)?(?:позвонить|звонить|обратиться) | где\s(?:мне|я\sмогу)\s(?:\w+\s)?(?:получить|
        найти)\s(?:\w+\s)?(?:помощь|убежище|приют)""",
    ask=r"""что\s(?:мне|нам|ей|ему|делать|можно)\b | куда\s | кому\s | как\s(?:мне|нам|ей|ему|помочь|вытащить|
        спасти|уйти|вернуть)\b | помо(?:гите|щь|чь) | где\s | полици\w*""",
)  # fmt: skip
# What the law says of something is a question to documents, also where it happened to whoever asks.
_OF_LAW = re.compile(
    r"\b(?:treat(?:y|ies)|conventions?|directives?|protocols?|articles?|legislation|jurisprudence|definitions?|greta|"
    r"(?:european|international|criminal|labour|national|eu) law|according to|guidance|guidelines?|indicators?|training|"
    r"paragraphs?|passages?|(?:the|a|this|greta|country|last|latest) reports?|"
    r"speech(?:es)?|statements?|declarations?|recommendations?|participating states|"
    r"member states|delegations?|(?:droit|loi) (?:europeen|international|penal)\w*|traites? (?:international|europeen)\w*|"
    r"rapport|recommandations?|konvention|ubereinkommen|richtlinie|artikel|rechtlich|volkerrecht|laut|bericht\w*|"
    r"empfehlung\w*)\b|конвенци|рекомендаци|доклад|заявлени[еяй]|протокол|директив|стать[яеию]|по закон|"
    r"международн\w+ прав"
)
_LANGUAGES = {"en": _ENGLISH, "fr": _FRENCH, "de": _GERMAN, "ru": _RUSSIAN}


def call_for_help(question: str) -> str | None:
    """The language in which somebody asks for help in an actual case, their own or that of a person near to them ("en",
    "fr", "de" or "ru"); None where it is a question to documents."""
    text = _plain(question)
    return next((language for language, words in _LANGUAGES.items() if _asks(text, words)), None)


def _asks(text: str, words: _Words) -> bool:
    if words.cry.search(text):
        return True
    if _OF_LAW.search(text):
        return False
    if words.mine.search(text) or (words.self.search(text) and words.deed.search(text)):
        return True
    if not words.harm.search(text):
        return False
    return bool(words.near.search(text) or (words.boss.search(text) and words.ask.search(text)))


def _plain(question: str) -> str:
    """Small letters without accents, quoted words left out: who quotes a victim is not one."""
    text = question[:LONGEST]
    unquoted = _QUOTED.sub(" ", text)
    text = unquoted if sum(map(str.isalnum, unquoted)) > 5 else text
    if not text.isupper():
        text = _UNITED_STATES.sub(" united states ", text)
    plain = []
    for char in text:
        base = unicodedata.normalize("NFD", char)
        plain.append(base[0] if "a" <= base[0].casefold() <= "z" else char)
    return " ".join("".join(plain).casefold().replace("ё", "е").replace("ß", "ss").split())
