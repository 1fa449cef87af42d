"""Samples for the second payer, Tidewater (invented), and its home oxygen policies of 2025 and 2026."""

from . import people
from .codes import LOINC, THO, US_CORE, X12, coding, concept, quantity
from .documents import eastern
from .questionnaire import HOME_OXYGEN
from .story import Story


class OxygenStory(Story):
    insurer, form, form_name = people.TIDEWATER, HOME_OXYGEN, "Home oxygen questionnaire"

    def __init__(self, name, summary, created):
        super().__init__("tidewater-" + name, summary, created, supplier=people.HAMPTON_ROADS)

    def expect(self, sequence, action, reason, row, asks=()):
        super().expect(sequence, action, reason, row, asks)
        self.expected[-1]["policy"] = "tidewater-home-oxygen " + ("2025-01" if self.created < "2026" else "2026-01")

    def saturation(self, percent, when):
        self.observation("saturation", "us-core-pulse-oximetry", concept(THO + "observation-category", "vital-signs"),
                         {"coding": [coding(LOINC, "59408-5"), coding(LOINC, "2708-6")]}, when, (percent, "%"))

    def hematocrit(self, percent, when):
        self.observation("hematocrit", "us-core-observation-lab", concept(THO + "observation-category", "laboratory"),
                         concept(LOINC, "20570-8"), when, (percent, "%"))

    def observation(self, part, profile, category, code, when, value):
        number, unit = value
        self.support("M1", self.add(part, {
            "resourceType": "Observation",
            "meta": {"profile": [US_CORE + profile]},
            "status": "final",
            "category": [category],
            "code": code,
            "subject": self.patient,
            "effectiveDateTime": eastern(when),
            "valueQuantity": quantity(number, unit, unit),
        }, code["coding"][0]["display"]))

    def concentrator(self, months, starts, ordered):
        self.pump("E1390", ["RR"], starts=starts, months=months, ordered=ordered)
        self.prescription(ordered, f"oxygen at home, 2 L/min, length of need {months} months")


def certified():
    s = OxygenStory("certified", "Emphysema with 86 % saturation at rest, three months of a concentrator",
                    created="2026-02-16T09:10:00-05:00")
    s.member("Quentin", "Baptiste", "male", "1951-05-19", "TCHP-SILVER", "14 Dock Lane, Norfolk, 23510")
    s.prescriber(people.PULMONOLOGIST)
    s.diagnosis("J43.9", recorded="2024-10-02")
    s.saturation(86, "2026-02-11")
    s.concentrator(3, starts="2026-02-18", ordered="2026-02-12")
    s.expect(1, "A1", None, "certified")
    return s


def two_signs():
    s = OxygenStory("certified-two-signs",
                    "89 % is nearly low: two of the four signs of long-standing lack, cor pulmonale and edema, are enough",
                    created="2026-02-23T14:00:00-05:00")
    s.member("Marisol", "Duquette", "female", "1947-12-08", "TCHP-GOLD", "208 Granby Row, Norfolk, 23505")
    s.prescriber(people.PULMONOLOGIST)
    s.diagnosis("J84.112", "I27.81", "R60.0", recorded="2025-09-15")
    s.saturation(89, "2026-02-20")
    s.concentrator(3, starts="2026-02-25", ordered="2026-02-20")
    s.expect(1, "A1", None, "certified")
    return s


def one_sign():
    s = OxygenStory("open-one-sign",
                    "89 % with one sign of two; the hematocrit is no second one, and nothing is said of sleep: that is asked",
                    created="2026-02-23T15:30:00-05:00")
    s.member("Osric", "Vandermeer", "male", "1955-03-30", "TCHP-GOLD", "61 Larchmont Crescent, Norfolk, 23508")
    s.prescriber(people.PULMONOLOGIST)
    s.diagnosis("J47.9", "I27.81", recorded="2025-11-04")
    s.saturation(89, "2026-02-19")
    s.hematocrit(51, "2026-02-19")
    s.concentrator(3, starts="2026-02-25", ordered="2026-02-19")
    s.expect(1, "A4", "0U", "open", asks=["102089-0"])
    return s


def denied():
    s = OxygenStory("denied", "Sleep apnea alone with 93 % saturation: this payer lets the policy deny",
                    created="2026-03-02T11:20:00-05:00")
    s.member("Henrike", "Castellane", "female", "1962-07-11", "TCHP-SILVER", "5 Ghent Square, Norfolk, 23507")
    s.prescriber(people.PULMONOLOGIST)
    s.diagnosis("G47.33", recorded="2023-01-20")
    s.saturation(93, "2026-02-26")
    s.concentrator(3, starts="2026-03-04", ordered="2026-02-26")
    s.expect(1, "A3", "0F", "denied")
    return s


def not_met_in_2025():
    s = OxygenStory("not-met-in-2025", "The same under the revision of 2025, whose denials are a clinician's: pended",
                    created="2025-12-31T11:20:00-05:00")
    s.member("Anselm", "Thackeray", "male", "1959-08-02", "TCHP-SILVER", "77 Bay View Court, Norfolk, 23503")
    s.prescriber(people.PULMONOLOGIST)
    s.diagnosis("G47.33", recorded="2023-01-20")
    s.saturation(93, "2025-12-22")
    s.concentrator(3, starts="2026-01-05", ordered="2025-12-22")
    s.expect(1, "A4", "0V", "not met")
    return s


def six_months_in_2025():
    s = OxygenStory("six-months-in-2025", "Six months of a concentrator, asked for on the last days of the revision of 2025: "
                    "certified as asked", created="2025-12-30T10:00:00-05:00")
    s.member("Ysolde", "Farrimond", "female", "1950-01-26", "TCHP-GOLD", "19 Colley Terrace, Norfolk, 23507")
    s.prescriber(people.PULMONOLOGIST)
    s.diagnosis("J44.9", recorded="2022-05-06")
    s.saturation(88, "2025-12-15")
    s.concentrator(6, starts="2026-01-02", ordered="2025-12-15")
    s.expect(1, "A1", None, "certified")
    return s


def six_months():
    s = OxygenStory("six-months", "The same six months under the revision of 2026: three are certified, A6 with addItem",
                    created="2026-01-05T10:00:00-05:00")
    s.member("Ferdinand", "Oyelaran", "male", "1949-10-14", "TCHP-GOLD", "320 Riverview Avenue, Norfolk, 23504")
    s.prescriber(people.PULMONOLOGIST)
    s.diagnosis("J44.9", recorded="2022-05-06")
    s.saturation(88, "2025-12-15")
    s.concentrator(6, starts="2026-01-07", ordered="2025-12-15")
    s.expect(1, "A6", None, "certified")
    return s


def contents():
    s = OxygenStory("portable-contents", "Six months' portable contents for a member who moves about at home: three are "
                    "certified, A6 with addItem", created="2026-03-09T08:45:00-04:00")
    s.member("Beatrix", "Lindqvist", "female", "1953-06-03", "TCHP-SILVER", "42 Willoughby Spit Road, Norfolk, 23503")
    s.prescriber(people.PULMONOLOGIST)
    s.diagnosis("J43.9", recorded="2024-02-14")
    s.saturation(84, "2026-03-05")
    s.pump("E0443", [], starts="2026-03-12", months=6, say=("period",), ordered="2026-03-05")
    s.items[0]["quantity"] = quantity(6, "unit", "UN", X12 + "673")
    s.prescription("2026-03-05", "contents for the portable cylinder, six months' supply")
    s.answers("2026-03-09", mobile_at_home=True)
    s.expect(1, "A6", None, "certified")
    return s


def test_too_old():
    s = OxygenStory("test-too-old", "The oxygen test is one day older than thirty: a newer report is asked for",
                    created="2026-04-20T13:00:00-04:00")
    s.member("Lazarus", "Whitcombe", "male", "1946-11-21", "TCHP-GOLD", "8 Ocean Dunes Way, Norfolk, 23518")
    s.prescriber(people.PULMONOLOGIST)
    s.diagnosis("J44.9", recorded="2021-03-18")
    s.saturation(87, "2026-03-20")
    s.concentrator(3, starts="2026-04-22", ordered="2026-04-15")
    s.expect(1, "A4", "0U", "documents", asks=["11502-2"])
    return s


def three_items():
    s = OxygenStory("three-items", "One request, three answers: the concentrator is certified; portable equipment goes to a "
                    "reviewer, for the member does not move about; an insulin pump is not of this policy",
                    created="2026-03-16T16:05:00-04:00")
    s.member("Clementine", "Ashgrove", "female", "1944-09-09", "TCHP-SILVER", "131 Chesapeake Boulevard, Norfolk, 23513")
    s.prescriber(people.PULMONOLOGIST)
    s.diagnosis("J84.112", recorded="2024-08-27")
    s.saturation(82, "2026-03-13")
    s.concentrator(3, starts="2026-03-18", ordered="2026-03-13")
    s.pump("E0431", ["RR"], starts="2026-03-18", months=3, ordered="2026-03-13")
    s.pump("E0784", ["NU"], starts="2026-03-18", ordered="2026-03-13")
    s.answers("2026-03-16", mobile_at_home=False)
    s.expect(1, "A1", None, "certified")
    s.expect(2, "A4", "0V", "not portable")
    s.expect(3, "A4", "0V", "other code")
    return s


SAMPLES = (certified, two_signs, one_sign, denied, not_met_in_2025, six_months_in_2025, six_months, contents, test_too_old,
           three_items)
