"""Requests that are refused: each is a good request with faults put in. `issues` says where each fault is: the
OperationOutcome names that place or one below it."""

from . import people
from .rows_1_to_8 import chelation
from .story import Story, to_json

# A text that cannot be read and one that breaks a rule of the guide get the same status; the issues tell them apart.
REFUSED = 400


class Broken(Story):
    def __init__(self, *told, status=REFUSED, **options):
        super().__init__(*told, **options)
        self.status, self.issues, self.spoil = status, [], to_json

    def golden(self):
        return {"status": self.status, "items": [], "issues": self.issues}

    def text(self):
        return self.spoil(self.bundle())


def good(name, summary, created, person, status=REFUSED):
    s = Broken(name, summary, created, status=status)
    s.member(*person)
    s.prescriber(people.HEMATOLOGIST)
    day = created[:10]
    chelation(s, ordered=day, noted=day)
    return s


def not_json():
    s = good("broken-01-not-json", "The transmission broke off: not JSON", "2026-02-03T10:00:00-05:00",
             ("Basil", "Underhill", "male", "1980-01-09", "HUSKY-D", "4 Depot Square, Clinton, 06413"),
             REFUSED)
    s.spoil = lambda bundle: to_json(bundle)[:2600]
    s.issues = [{"at": None, "fault": "the text ends inside the Claim"}]
    return s


def duplicate_key():
    s = good("broken-02-duplicate-key", "The Claim names `created` twice, with two dates: nobody picks one",
             "2026-02-04T10:00:00-05:00",
             ("Cordelia", "Nightshade", "female", "1992-05-05", "HUSKY-D", "23 Thimble Islands Road, Guilford, 06437"),
             REFUSED)
    line = '        "created": "2026-02-04T10:00:00-05:00",\n'
    s.spoil = lambda bundle: to_json(bundle).replace(line, line + line.replace("2026-02-04", "2026-02-14"), 1)
    s.issues = [{"at": None, "fault": "the name stands twice in one object"}]
    return s


def dangling_patient():
    s = good("broken-03-dangling-patient", "The Claim's patient is not in the bundle", "2026-02-05T10:00:00-05:00",
             ("Evander", "Lockwood", "male", "1987-07-30", "HUSKY-D", "10 Wooster Court, Bethel, 06801"))

    def spoil(bundle):
        bundle["entry"][0]["resource"]["patient"] = {"reference": "urn:uuid:7d8e0c12-5f0c-4a43-9c0f-2f6f1f0b7a11"}
        return to_json(bundle)

    s.spoil = spoil
    s.issues = [{"at": "Bundle.entry[0].resource.patient", "fault": "the reference does not resolve"}]
    return s


def ten_faults():
    s = good("broken-04-ten-faults", "Ten faults of ten kinds: one answer lists all of them", "2026-02-06T10:00:00-05:00",
             ("Philippa", "Greengage", "female", "1976-11-02", "HUSKY-D", "77 Sachem Street, Derby, 06418"))
    s.pump("E0779", ["RR"], months=6, ordered="2026-02-06")

    def nowhere(digit):
        return {"reference": f"urn:uuid:00000000-0000-4000-8000-00000000000{digit}"}

    def spoil(bundle):
        entries = bundle["entry"]
        claim = entries[0]["resource"]
        claim["use"] = "claim"
        claim["insurer"] = nowhere(1)
        claim["provider"] = nowhere(2)
        claim["supportingInfo"][1]["sequence"] = 1
        claim["insurance"][0]["coverage"] = nowhere(3)
        claim["item"][1]["sequence"] = 1
        service = next(e for e in claim["item"][0]["extension"] if e["url"].endswith("requestedService"))
        service["valueReference"] = nowhere(4)
        # Practitioners whom nothing refers to, so that each is one fault: no fullUrl, a relative one, one used twice.
        urn = "urn:uuid:00000000-0000-4000-8000-000000000005"
        for number, url in enumerate((None, "Practitioner/colleague-2", urn, urn), 1):
            colleague = dict(people.NURSE.practitioner(), id=f"colleague-{number}")
            entries.append({**({"fullUrl": url} if url else {}), "resource": colleague})
        return to_json(bundle)

    s.spoil = spoil
    last = len(s.entries) + 4  # index of the last entry: the Claim comes on top, then four practitioners at the end
    claim = "Bundle.entry[0].resource."
    s.issues = [
        {"at": claim + "use", "fault": "not a preauthorization"},
        {"at": claim + "insurer", "fault": "the reference does not resolve"},
        {"at": claim + "provider", "fault": "the reference does not resolve"},
        {"at": claim + "supportingInfo[1].sequence", "fault": "the sequence is repeated"},
        {"at": claim + "insurance[0].coverage", "fault": "the reference does not resolve"},
        {"at": claim + "item[0].extension[3]", "fault": "the requested service does not resolve"},
        {"at": claim + "item[1].sequence", "fault": "the sequence is repeated"},
        {"at": f"Bundle.entry[{last - 3}]", "fault": "no fullUrl"},
        {"at": f"Bundle.entry[{last - 2}].fullUrl", "fault": "neither an absolute URL nor a URN"},
        {"at": f"Bundle.entry[{last}].fullUrl", "fault": "the fullUrl is repeated"},
    ]
    return s


def first_not_claim():
    s = good("broken-05-first-entry-not-claim", "The Claim comes second", "2026-02-09T10:00:00-05:00",
             ("Rufus", "Ainsley", "male", "1999-03-17", "HUSKY-D", "6 Cove Landing, Westbrook, 06498"))

    def spoil(bundle):
        bundle["entry"][0], bundle["entry"][1] = bundle["entry"][1], bundle["entry"][0]
        return to_json(bundle)

    s.spoil = spoil
    s.issues = [{"at": "Bundle.entry[0]", "fault": "the first resource is not a Claim"}]
    return s


SAMPLES = (not_json, duplicate_key, dangling_patient, ten_faults, first_not_claim)
