"""The DTR form for the policy's questions, and answers to it."""

from .codes import HCPCS, RXNORM, SNOMED, coding

ROUTES = [("47625008", "Intravenous route"), ("34206005", "Subcutaneous route"),
          ("58100008", "Intra-arterial route"), ("38239002", "Intraperitoneal route"),
          ("127491008", "Jejunostomy route"), ("26643006", "Oral route")]

# Link id, type, text.
QUESTIONS = [
    ("drug", "choice", "Which drug will the pump infuse?"),
    ("route", "choice", "By which route?"),
    ("infusion-hours", "decimal", "How many hours does one infusion last?"),
    ("home-administration-necessary", "boolean",
     "Is giving the drug parenterally at home reasonable and necessary for this patient?"),
    ("pump-necessary", "boolean", "Is a pump necessary to give the drug safely?"),
    ("prolonged-efficacy-proven", "boolean",
     "Has infusion over 8 hours or more been proven to work better for this drug?"),
    ("prolonged-advantage-accepted", "boolean",
     "Is it proven or generally accepted that this regimen has significant advantages over boluses or shorter "
     "infusions?"),
    ("no-office-return", "boolean", "Can each infusion begin without a visit to the practitioner's office?"),
    ("toxicity-without-controlled-rate", "boolean",
     "Would toxicity or adverse effects be unavoidable without a strictly controlled rate?"),
    ("pain-intractable", "boolean", "If the drug is for pain caused by cancer: is the pain intractable?"),
]

# Asked only when the infusion is long (policy D.3.a) or short (D.3.b).
BY_LENGTH = ((">=", ("prolonged-efficacy-proven", "prolonged-advantage-accepted")),
             ("<", ("no-office-return", "toxicity-without-controlled-rate")))


def question(link_id, kind, text):
    item = {"linkId": link_id, "text": text, "type": kind}
    for operator, of in BY_LENGTH:
        if link_id in of:
            item["enableWhen"] = [{"question": "infusion-hours", "operator": operator, "answerDecimal": 8}]
    item["required"] = link_id != "pain-intractable"
    if link_id == "drug":
        item["type"] = "open-choice"
        item["answerOption"] = [{"valueCoding": coding(RXNORM, code)} for code in
                                ("3131", "4492", "7052", "11124", "7980", "641", "10627", "2193", "6375")]
        item["answerOption"].append({"valueCoding": coding(HCPCS, "J1559")})
    if link_id == "route":
        item["type"] = "open-choice"
        item["answerOption"] = [{"valueCoding": coding(SNOMED, code, name)} for code, name in ROUTES]
    return item


QUESTIONNAIRE = {
    "resourceType": "Questionnaire",
    "id": "infusion-pump",
    "url": "https://husky-health.example/fhir/Questionnaire/infusion-pump",
    "version": "1.0.0",
    "name": "InfusionPump",
    "title": "Ambulatory infusion pump: clinical questions",
    "status": "active",
    "subjectType": ["Patient"],
    "date": "2026-01-02",
    "publisher": "HUSKY Health Prior Authorization (sample payer)",
    "description": "The answers that the ambulatory infusion pump policy needs and that codes on the request cannot "
                   "give.",
    "item": [question(*row) for row in QUESTIONS],
}


def answer_items(given):
    """QuestionnaireResponse items in the form's order."""
    items = []
    for link_id, kind, text in QUESTIONS:
        if link_id not in given:
            continue
        value = given[link_id]
        if kind == "choice":
            answer = {"valueCoding": coding(*value)}
        elif kind == "decimal":
            answer = {"valueDecimal": value}
        else:
            answer = {"valueBoolean": value}
        items.append({"linkId": link_id, "text": text, "answer": [answer]})
    unknown = set(given) - {row[0] for row in QUESTIONS}
    assert not unknown, unknown
    return items
