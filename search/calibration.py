"""Texts of our own on which the 8-bit form of an embedding model is calibrated and compared with the original."""

from __future__ import annotations

# Written for calibration: the registers of the field (treaty, decision, report, speech, law), dates, numbers, lists,
# names, other languages and ordinary prose, so that the ranges measured cover what activations will meet.
SENTENCES = (
    "Each Party shall adopt such legislative and other measures as may be necessary to establish as criminal offences "
    "the conduct set out in this article, when committed intentionally.",
    "The Ministerial Council calls on the participating States to strengthen co-operation between law enforcement, "
    "labour inspectors, social services and civil society.",
    "What are the obligations of states to identify victims?",
    "In 2019 the authorities opened 142 investigations, prosecuted 67 suspects and convicted 31, against 25 in 2018.",
    "I thank the Secretary-General for his report, and I stress that no child should ever be sold, Mr. President.",
    "Article 12(3): paragraphs 1 and 2 apply without prejudice to the Convention relating to the Status of Refugees.",
    "(a) to provide appropriate and secure accommodation; (b) to ensure access to emergency medical treatment; "
    "(c) to offer translation and interpretation services when appropriate;",
    "Heat flows from the hot wall through the boundary layer, and the pressure coefficient falls along the wing.",
    "Patients treated with the antibody had a lower level of the protein in serum after twelve weeks (p < 0.05).",
    "recommendation non-punishment principle Norway second cycle",
    "The library lends books to students who have paid their fee, and reminds them by letter when a loan is overdue.",
    "Les victimes de la traite doivent recevoir une assistance sans condition de coopération avec la justice.",
    "Die Vertragsparteien gewährleisten, dass jedes Kind einen Vormund und rechtlichen Beistand erhält.",
    "Государства-участники принимают меры по предупреждению торговли людьми и защите пострадавших.",
    "Domestic workers told the inspectors that their passports were kept and their wages had not been paid for months.",
    "See A/RES/55/25, annex II, art. 3; E/CN.4/2004/9, paras. 45-47; and MC.DEC/14/06 of 5 December 2006.",
    "A firm must have systems and controls that are adequate for the nature, scale and complexity of its business.",
    "Table 4. Share of detected victims by sex and age, by region: girls 18 %, women 42 %, men 23 %, boys 17 %.",
    "Why did the delegation vote against the amendment?",
    "The recruitment of persons by means of fraud or deception for the purpose of exploitation is trafficking.",
    "Online platforms are used to advertise, and payments move through prepaid cards and virtual assets.",
    "Rain fell all night on the old town; in the morning the market opened late and the bread was still warm.",
    "It was decided to hold the next meeting of the national coordinators in Vienna on 17 and 18 June 2024.",
    "CHAPTER IV - FINAL PROVISIONS",
    "Who is the Special Representative, and since when?",
    "The Committee is concerned that legislation does not define forced labour and that penalties remain low.",
    "Seasonal agricultural workers depend on one employer for housing, transport and the renewal of their permit.",
    "def find(items, key): return next((item for item in items if item.key == key), None)  # none is found",
    "The Court found a violation of Article 4 of the Convention because the State had failed to investigate.",
    "Email the secretariat at least ten days ahead: documents received late are not translated.",
)


def calibration_texts() -> list[str]:
    """Single sentences, and passages of growing length made of them: the ranges must hold for short and long texts."""
    passages = [" ".join(SENTENCES[(i + 7 * k) % len(SENTENCES)] for k in range(2 + i % 8)) for i in range(50)]
    # Single words, as people type them, and texts that say nothing: their few tokens lie far from all others.
    return [*SENTENCES, *passages, "", "slavery", "GRETA Bulgaria", "visa " * 60, ". . . . . . . . 47"]
