"""The payers' DTR forms, as their policies have them, and answers to them."""

import json
from pathlib import Path

from .codes import coding

POLICIES = Path(__file__).resolve().parents[3] / "mappings" / "policies"


def form(payer, name):
    return json.loads((POLICIES / payer / "questionnaires" / f"{name}.json").read_text("utf-8"))


INFUSION_PUMP = form("husky", "infusion-pump")
HOME_OXYGEN = form("tidewater", "home-oxygen")

VALUES = {"decimal": "valueDecimal", "boolean": "valueBoolean"}


def answer_items(form, given):
    """QuestionnaireResponse items in the form's order; an answer to a choice is (system, code)."""
    items = []
    for question in form["item"]:
        link_id, kind = question["linkId"], question["type"]
        if link_id not in given:
            continue
        value = given[link_id]
        answer = {VALUES[kind]: value} if kind in VALUES else {"valueCoding": coding(*value)}
        items.append({"linkId": link_id, "text": question["text"], "answer": [answer]})
    unknown = set(given) - {question["linkId"] for question in form["item"]}
    assert not unknown, unknown
    return items
