"""Samples for rows 1 to 8a of the decision table: answered before the clinical criteria are looked at."""

from . import people
from .codes import RXNORM, SNOMED
from .story import Story


def chelation(story, ordered, noted, pump="E0779", months=12, starts=None, hours=10, device=None):
    """Deferoxamine for iron overload with every document in order: row 9, unless an earlier row catches it."""
    story.diagnosis("E83.111", "D56.1", recorded="2023-05-04")
    story.drug("3131", ordered, "34206005", (2, "g"), f"2 g subcutaneously over {hours} hours, once a night",
               hours=hours)
    story.pump(pump, ["RR"], starts, months, ordered=ordered, device=device)
    story.prescription(ordered, f"mechanical infusion pump, rental, length of need {months} months")
    story.note(noted, [
        "Transfusion every three weeks since childhood. Ferritin 3,480 ng/mL, liver iron 11 mg/g on MRI.",
        "Oral chelation stopped for rising creatinine. Plan: nightly deferoxamine by pump, ferritin every 3 months.",
    ])


def row_01():
    s = Story("row-01-coverage-lapsed",
              "HUSKY A ended two days before the rental starts; the clinical case itself would be certified",
              created="2026-02-20T09:40:00-05:00")
    s.member("Marisol", "Quintero", "female", "1991-08-14", "HUSKY-A", "41 Whitfield Row, Hamden, 06514",
             covered=("2025-03-01", "2026-02-28"))
    s.prescriber(people.HEMATOLOGIST)
    chelation(s, ordered="2026-02-16", noted="2026-02-12", months=6, starts="2026-03-02")
    s.expect(1, "A3", "0M", "1")
    return s


def row_02():
    s = Story("row-02-insulin-pump", "Insulin pump E0784: reviewed under other criteria, so a person looks at it",
              created="2026-03-04T14:05:00-05:00", supplier=people.CHARTER_OAK, absolute=True)
    s.member("Theo", "Lindqvist", "male", "2012-05-30", "HUSKY-A", "9 Mill Pond Lane, Vernon, 06066")
    s.prescriber(people.PEDIATRICIAN)
    s.diagnosis("E10.65", recorded="2021-10-11")
    s.pump("E0784", ["NU"], starts="2026-03-16", ordered="2026-03-01")
    s.prescription("2026-03-01", "insulin infusion pump, new, lifetime need")
    s.note("2026-02-24", [
        "Type 1 diabetes for four years, multiple daily injections. Time in range 48 %, three lows a week at night.",
        "Family has finished pump training. Plan: insulin pump with continuous glucose monitoring.",
    ])
    s.expect(1, "A4", "0V", "2")
    return s


def row_03():
    s = Story("row-03-code-conflict", "The item says E0779, the order that it points to says E0780: nobody guesses",
              created="2026-03-11T11:20:00-04:00")
    s.member("Winston", "Abara", "male", "1979-02-03", "HUSKY-D", "230 Park Terrace, Bridgeport, 06604")
    s.prescriber(people.HEMATOLOGIST)
    chelation(s, ordered="2026-03-05", noted="2026-03-05", device="E0780")
    s.expect(1, "A4", "0V", "3")
    return s


def row_04():
    s = Story("row-04-before-effective-date", "Requested on 2024-01-31, one day before the policy took effect",
              created="2024-01-31")
    s.member("Odette", "Marchand", "female", "1986-12-19", "HUSKY-D", "17 Canal Walk, Windsor Locks, 06096",
             covered=("2023-09-01", None))
    s.prescriber(people.HEMATOLOGIST)
    chelation(s, ordered="2024-01-22", noted="2024-01-15", starts="2024-02-05")
    s.expect(1, "A4", "0V", "4")
    return s


def row_05():
    s = Story("row-05-rental-first-three-months",
              "Electric pump E0781 rented from 2026-03-10 to 2026-06-09: three months need no authorization",
              created="2026-03-09")
    s.member("Ruth", "Abernathy", "female", "1958-04-17", "HUSKY-C", "5 Lantern Hill Road, Groton, 06340")
    s.prescriber(people.ONCOLOGIST)
    s.diagnosis("C18.7", recorded="2026-02-02")
    s.pump("E0781", ["RR", "KH"], starts="2026-03-10", months=3, say=("period",), ordered="2026-03-06")
    s.expect(1, "NA", "0H", "5")
    return s


def chemotherapy(story, ordered, noted):
    """Fluorouracil for colon cancer with every document in order; the pump is the story's own."""
    story.diagnosis("C18.7", recorded="2026-01-20")
    story.drug("4492", ordered, "47625008", (4300, "mg"), "2,400 mg/m2 over 46 hours by ambulatory pump, every 14 days",
               hours=46, every=(14, "d"))
    story.note(noted, [
        "Stage III sigmoid colon cancer after resection. Adjuvant FOLFOX planned, 12 cycles.",
        "Port placed. Fluorouracil over 46 hours is given at home by ambulatory pump.",
    ], loinc="74156-1", form="pdf")


def row_06():
    s = Story("row-06-purchase", "Purchase of an electric pump E0781: the policy speaks of rental only",
              created="2026-03-16T10:30:00-04:00")
    s.member("Callum", "Reyes", "male", "1969-07-08", "HUSKY-D", "612 Oak Bluff Avenue, Norwich, 06360")
    s.prescriber(people.ONCOLOGIST)
    chemotherapy(s, ordered="2026-03-12", noted="2026-03-10")
    s.pump("E0781", ["NU"], starts="2026-03-24", ordered="2026-03-12")
    s.prescription("2026-03-12", "electric infusion pump, new, for purchase")
    s.expect(1, "A4", "0V", "6")
    return s


def row_07():
    s = Story("row-07-rental-months-missing", "Rental of E0781 without quantity, period or length of need",
              created="2026-03-18T08:55:00-04:00")
    s.member("Yevgenia", "Marlow", "female", "1974-11-25", "HUSKY-D", "80 Salt Works Street, Milford, 06460")
    s.prescriber(people.ONCOLOGIST)
    chemotherapy(s, ordered="2026-03-13", noted="2026-03-13")
    s.pump("E0781", ["RR", "KH"], starts="2026-04-01", ordered="2026-03-13")
    s.prescription("2026-03-13", "electric infusion pump, rental")
    s.expect(1, "A4", "0U", "7")
    return s


def row_08():
    s = Story("row-08-pump-does-not-fit", "A 12-hour infusion on E0780, a pump for infusions under 8 hours",
              created="2026-03-23T13:15:00-04:00")
    s.member("Josiah", "Tran", "male", "1998-01-30", "HUSKY-D", "27 Orchard Close, Meriden, 06450")
    s.prescriber(people.HEMATOLOGIST)
    chelation(s, ordered="2026-03-17", noted="2026-03-17", pump="E0780", hours=12)
    s.expect(1, "A4", "0V", "8")
    return s


def row_08a():
    s = Story("row-08a-limited-benefit",
              "Tuberculosis under the limited benefit: criterion D.3.b is met, a person confirms that the benefit covers it",
              created="2026-04-02T15:10:00-04:00", supplier=people.CHARTER_OAK)
    s.member("Amara", "Desrosiers", "female", "1983-09-12", "HUSKY-LBP", "144 Frog Hollow Street, Hartford, 06106")
    s.prescriber(people.ASSISTANT)
    s.diagnosis("A15.0", recorded="2026-01-28")
    s.drug("641", "2026-03-27", "47625008", (1, "g"), "1 g intravenously over 60 minutes, five days a week", minutes=60)
    s.pump("E0780", ["RR"], starts="2026-04-06", months=4, ordered="2026-03-27")
    s.prescription("2026-03-27", "mechanical infusion pump, rental, length of need 4 months")
    s.note("2026-03-25", [
        "Multidrug-resistant pulmonary tuberculosis, culture conversion in month two.",
        "Amikacin by central line at home; levels and hearing are checked every two weeks. Faster infusion caused "
        "vestibular symptoms.",
    ])
    s.answers("2026-03-30", drug=(RXNORM, "641"), route=(SNOMED, "47625008"), infusion_hours=1,
              home_administration_necessary=True,
              pump_necessary=True, no_office_return=True, toxicity_without_controlled_rate=True)
    s.expect(1, "A4", "0V", "8a")
    return s


SAMPLES = (row_01, row_02, row_03, row_04, row_05, row_06, row_07, row_08, row_08a)
