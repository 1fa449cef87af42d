"""Samples for the clinical criteria A to D.3.b, all certified, and the request with several items."""

from . import people
from .codes import HCPCS, RXNORM, SNOMED
from .story import Story


def criterion_a_acute():
    s = Story("criterion-a-acute-iron-poisoning", "Criterion A, acute: deferoxamine after a toddler swallowed iron tablets",
              created="2026-01-13T08:30:00-05:00")
    s.member("Pippa", "Hollister", "female", "2023-08-02", "HUSKY-A", "112 Sycamore Street, Ansonia, 06401")
    s.prescriber(people.PEDIATRICIAN)
    s.diagnosis("T45.4X1A", recorded="2026-01-10")
    s.drug("3131", "2026-01-12", "34206005", (500, "mg"), "500 mg subcutaneously over 8 hours, once a night", hours=8)
    s.pump("E0779", ["RR"], starts="2026-01-14", months=1, ordered="2026-01-12")
    s.prescription("2026-01-12", "mechanical infusion pump, rental, length of need 1 month", form="pdf")
    s.note("2026-01-12", ["Swallowed prenatal iron tablets on 2026-01-10; peak serum iron 540 mcg/dL, two days in hospital.",
                          "Discharged with deferoxamine by pump until the iron level is normal."], loinc="18842-5")
    s.expect(1, "A1", None, "9")
    return s


def criterion_a_chronic():
    s = Story("criterion-a-chronic-iron-overload",
              "Criterion A, chronic: the prescription is a C-CDA signed by its legal authenticator, the drug a Medication "
              "of its own, the rental begins with month 2",
              created="2026-02-05T10:00:00-05:00")
    s.member("Ignatius", "Moreau", "male", "1970-03-27", "HUSKY-D", "58 Heron Point, Branford, 06405")
    s.prescriber(people.HEMATOLOGIST)
    s.diagnosis("E83.110", recorded="2019-06-18")
    s.drug("3131", "2026-01-29", "34206005", (1.5, "g"), "1.5 g subcutaneously over 12 hours, five nights a week",
           hours=12, as_resource=True)
    s.pump("E0781", ["RR", "KI"], starts="2026-02-09", months=6, ordered="2026-01-29")
    s.prescription("2026-01-29", "electric infusion pump, rental, length of need 6 months", form="ccda", signer=None)
    s.note("2026-01-27", ["Hereditary hemochromatosis; phlebotomy stopped for anemia from chronic kidney disease.",
                          "Ferritin 2,050 ng/mL. Plan: deferoxamine by pump five nights a week."], loinc="11488-4")
    s.expect(1, "A1", None, "9")
    return s


def criterion_b():
    s = Story("criterion-b-chemotherapy",
              "Criterion B: fluorouracil for colon cancer; the rental to 2026-06-10 begins a fourth month, the prescription "
              "is twelve months old to the day, the note is a C-CDA",
              created="2026-03-09", absolute=True)
    s.member("Leopold", "Vance", "male", "1964-02-29", "HUSKY-D", "9 Signal Rock Drive, Mystic, 06355")
    s.prescriber(people.ONCOLOGIST)
    s.diagnosis("C18.7", recorded="2025-02-24")
    s.drug("4492", "2025-03-09", "47625008", (4200, "mg"), "2,400 mg/m2 over 46 hours by ambulatory pump, every 14 days",
           hours=46, every=(14, "d"))
    s.pump("E0781", ["RR", "KH"], starts="2026-03-10", months=3, say=("period",), ordered="2025-03-09")
    s.items[0]["servicedPeriod"]["end"] = "2026-06-10"
    s.prescription("2025-03-09", "electric infusion pump, rental, for as long as chemotherapy is given")
    s.note("2026-03-03", ["Sigmoid colon cancer, recurrence in the liver found in February. Second line: FOLFIRI.",
                          "Fluorouracil over 46 hours is given at home by ambulatory pump, planned for six months."],
           form="ccda")
    s.expect(1, "A1", None, "9")
    return s


def criterion_c():
    s = Story("criterion-c-cancer-pain",
              "Criterion C: morphine for intractable cancer pain, ordered by a nurse practitioner, from month 4 on",
              created="2026-04-21T15:30:00-04:00")
    s.member("Constance", "Abelard", "female", "1952-10-10", "HUSKY-C", "71 Niantic River Road, Waterford, 06385")
    s.prescriber(people.NURSE)
    s.diagnosis("C25.9", "G89.3", recorded="2026-01-05")
    s.drug("7052", "2026-04-16", "34206005", (60, "mg"), "60 mg subcutaneously over 24 hours, every day", hours=24)
    s.pump("E0781", ["RR", "KJ"], months=6, say=("timing",), ordered="2026-04-16", requester=s.role)
    s.prescription("2026-04-16", "electric infusion pump, rental, length of need 6 months", signer="role")
    s.note("2026-04-14", ["Pancreatic cancer, home hospice. Pain 8 of 10 on 240 mg of oral morphine a day, vomiting.",
                          "Nerve block failed in March. Continuous subcutaneous morphine since 2026-01-21 brings it to 3."])
    s.answers("2026-04-16", drug=(RXNORM, "7052"), route=(SNOMED, "34206005"), infusion_hours=24,
              home_administration_necessary=True, pump_necessary=True, prolonged_efficacy_proven=False,
              prolonged_advantage_accepted=True, pain_intractable=True)
    s.expect(1, "A1", None, "9")
    return s


def criterion_d3a():
    s = Story("criterion-d3a-prolonged-antibiotic", "Criterion D.3.a: penicillin around the clock for endocarditis",
              created="2026-08-04T10:40:00-04:00")
    s.member("Fergus", "Ilarion", "male", "1988-06-13", "HUSKY-D", "350 Chapel Hill Road, Naugatuck, 06770")
    s.prescriber(people.ASSISTANT)
    s.diagnosis("I33.0", recorded="2026-07-22")
    s.drug("7980", "2026-07-30", "47625008", (24000000, "[iU]"), "24 million units intravenously over 24 hours, every day",
           hours=24)
    s.pump("E0779", ["RR"], starts="2026-08-06", months=2, ordered="2026-07-30")
    s.prescription("2026-07-30", "mechanical infusion pump, rental, length of need 2 months")
    s.note("2026-07-30", ["Streptococcal endocarditis of the aortic valve, no surgery. Six weeks of penicillin G.",
                          "Continuous infusion keeps the level above the MIC; stable for discharge."], loinc="18842-5")
    s.answers("2026-07-31", drug=(RXNORM, "7980"), route=(SNOMED, "47625008"), infusion_hours=24,
              home_administration_necessary=True, pump_necessary=True, prolonged_efficacy_proven=True,
              prolonged_advantage_accepted=True)
    s.expect(1, "A1", None, "9")
    return s


def criterion_d3b():
    s = Story("criterion-d3b-controlled-rate",
              "Criterion D.3.b: immune globulin over 90 minutes; drug, route and hours are known from the questionnaire only",
              created="2026-09-15T12:25:00-04:00", supplier=people.CHARTER_OAK)
    s.member("Delphine", "Askew", "female", "1984-12-01", "HUSKY-A", "66 Talcott Ridge, Farmington, 06032")
    s.prescriber(people.HEMATOLOGIST)
    s.diagnosis("D83.9", recorded="2022-02-15")
    s.pump("E0780", ["NU"], starts="2026-09-21", ordered="2026-09-09")
    s.prescription("2026-09-09", "mechanical infusion pump, new, for subcutaneous immune globulin once a week")
    s.note("2026-09-09", ["Common variable immunodeficiency, IgG 310 mg/dL. Aseptic meningitis after a fast intravenous dose.",
                          "Weekly subcutaneous immune globulin at home at 20 mL an hour for each site."], loinc="11488-4")
    s.answers("2026-09-10", drug=(HCPCS, "J1559"), route=(SNOMED, "34206005"), infusion_hours=1.5,
              home_administration_necessary=True, pump_necessary=True, no_office_return=True,
              toxicity_without_controlled_rate=True)
    s.expect(1, "A1", None, "9")
    return s


def multi_item():
    s = Story("multi-item-four-outcomes",
              "One request, four answers: E0779 is certified, three months of E0781 need no action, the insulin pump and "
              "the drug itself go to a person",
              created="2026-10-06T09:50:00-04:00")
    s.member("Xanthe", "Papadakis", "female", "2003-07-19", "HUSKY-D", "140 Grove Hill, New Britain, 06052")
    s.prescriber(people.HEMATOLOGIST)
    s.diagnosis("E83.111", "D56.1", "E08.65", recorded="2024-08-26")
    s.drug("3131", "2026-10-01", "34206005", (2, "g"), "2 g subcutaneously over 10 hours, once a night", hours=10)
    s.pump("E0779", ["RR"], starts="2026-10-12", months=12, ordered="2026-10-01", diagnoses=[1, 2])
    s.prescription("2026-10-01", "mechanical infusion pump, rental, length of need 12 months")
    s.pump("E0781", ["RR", "KH"], starts="2026-10-12", months=3, ordered="2026-10-01", diagnoses=[1, 2])
    s.pump("E0784", ["NU"], starts="2026-10-12", ordered="2026-10-01", diagnoses=[3])
    s.drug_item("J0895")
    s.note("2026-09-29", ["Beta thalassemia, transfused every three weeks. Ferritin 5,200 ng/mL, cardiac T2* 14 ms.",
                          "Nightly deferoxamine by mechanical pump; an electric pump for the first three months while the "
                          "family is trained. Diabetes from iron overload: endocrinology asks for an insulin pump."])
    s.expect(1, "A1", None, "9")
    s.expect(2, "NA", "0H", "5")
    s.expect(3, "A4", "0V", "2")
    s.expect(4, "A4", "0V", "3")
    return s


SAMPLES = (criterion_a_acute, criterion_a_chronic, criterion_b, criterion_c, criterion_d3a, criterion_d3b, multi_item)
