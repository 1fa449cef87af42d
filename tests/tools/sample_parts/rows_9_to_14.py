"""Samples for rows 9 to 14 of the decision table: the clinical criteria and the documents decide."""

from . import people
from .codes import RXNORM, SNOMED
from .rows_1_to_8 import chelation
from .story import Story


def row_09():
    s = Story("row-09-a1-deferoxamine-overload",
              "Criterion A, chronic: deferoxamine for transfusional iron overload, every document in order",
              created="2026-03-09T10:12:00-04:00")
    s.member("Eleni", "Kostas", "female", "1995-06-21", "HUSKY-D", "63 Edgerton Street, New Haven, 06511")
    s.prescriber(people.HEMATOLOGIST)
    chelation(s, ordered="2026-03-02", noted="2026-02-24", starts="2026-03-16")
    s.expect(1, "A1", None, "9")
    return s


def row_09_signed_order():
    s = Story("row-09-a1-signed-order",
              "No prescription document: the order itself is signed by a Provenance; the cancer stands in a SNOMED CT "
              "Condition, the six months in the order's timing",
              created="2026-04-14T09:25:00-04:00")
    s.member("Benedict", "Oyelaran", "male", "1963-03-05", "HUSKY-D", "2 Quarry View, Portland, 06480")
    s.prescriber(people.ONCOLOGIST)
    cancer = s.condition("363346000", "Gastric adenocarcinoma, stage II", recorded="2026-03-03")
    s.drug("4492", "2026-04-10", "47625008", (5000, "mg"), "2,600 mg/m2 over 24 hours by ambulatory pump, every 14 days",
           hours=24, every=(14, "d"))
    s.pump("E0781", ["RR"], months=6, say=("timing",), ordered="2026-04-10", reason=cancer)
    s.signature(s.order, "2026-04-10")
    s.note("2026-04-08", [
        "Gastric adenocarcinoma, perioperative FLOT planned: four cycles before and four after surgery.",
        "Fluorouracil over 24 hours is given at home by ambulatory pump through the port.",
    ], loinc="74156-1", form="pdf")
    s.expect(1, "A1", None, "9")
    return s


def row_10_too_old():
    s = Story("row-10-prescription-too-old", "The prescription is one day older than twelve months",
              created="2026-06-15")
    s.member("Imani", "Whitlock", "female", "1989-10-02", "HUSKY-A", "318 Beaver Brook Road, Danbury, 06810")
    s.prescriber(people.HEMATOLOGIST)
    chelation(s, ordered="2025-06-14", noted="2026-06-08", starts="2026-06-22")
    s.expect(1, "A4", "0U", "10", asks=["52063-5"])
    return s


def row_10_not_enrolled():
    s = Story("row-10-prescriber-not-enrolled", "The prescriber is not in the payer's provider roster",
              created="2026-05-06T10:50:00-04:00", supplier=people.CHARTER_OAK)
    s.member("Gideon", "Fairweather", "male", "1993-04-28", "HUSKY-D", "76 Stateline Road, North Canaan, 06018")
    s.prescriber(people.NOT_ENROLLED)
    chelation(s, ordered="2026-04-30", noted="2026-04-30")
    s.expect(1, "A4", "0U", "10", asks=["52063-5"])
    return s


def row_10_enrolment_ended():
    s = Story("row-10-prescriber-enrolment-ended",
              "The prescriber was enrolled on the day of the prescription, no longer on the day of the request",
              created="2026-05-12T11:35:00-04:00")
    s.member("Lavinia", "Stroud", "female", "1978-08-16", "HUSKY-D", "40 Gravel Street, Stonington, 06378")
    s.prescriber(people.ENROLMENT_ENDED)
    chelation(s, ordered="2026-04-10", noted="2026-04-10")
    s.expect(1, "A4", "0U", "10", asks=["52063-5"])
    return s


def row_10_damaged():
    s = Story("row-10-damaged-attachment", "One byte of the clinical note changed on the way: its hash no longer fits",
              created="2026-05-19T16:00:00-04:00")
    s.member("Dov", "Castellane", "male", "1990-12-11", "HUSKY-D", "15 Brass City Court, Waterbury, 06702")
    s.prescriber(people.HEMATOLOGIST)
    s.diagnosis("E83.111", "D57.1", recorded="2024-02-19")
    s.drug("3131", "2026-05-13", "34206005", (2, "g"), "2 g subcutaneously over 10 hours, five nights a week", hours=10)
    s.pump("E0779", ["RR"], starts="2026-05-25", months=12, ordered="2026-05-13")
    s.prescription("2026-05-13", "mechanical infusion pump, rental, length of need 12 months")
    s.note("2026-05-11", ["Sickle cell disease on chronic exchange transfusion. Ferritin 4,120 ng/mL.",
                          "Plan: deferoxamine five nights a week by pump, repeat liver MRI in six months."],
           form="pdf", damaged=True)
    s.expect(1, "A4", "0U", "10", asks=["52044-5"])
    return s


def row_10_two_missing():
    s = Story("row-10-two-documents-missing", "The prescription is an unsigned draft and there is no clinical note",
              created="2026-05-27T09:05:00-04:00")
    s.member("Sunniva", "Bright", "female", "2001-02-07", "HUSKY-D", "501 Farm River Road, East Haven, 06512")
    s.prescriber(people.HEMATOLOGIST)
    s.diagnosis("E83.111", "D56.1", recorded="2023-11-30")
    s.drug("3131", "2026-05-22", "34206005", (2, "g"), "2 g subcutaneously over 10 hours, once a night", hours=10)
    s.pump("E0779", ["RR"], months=12, ordered="2026-05-22")
    s.prescription("2026-05-22", "mechanical infusion pump, rental, length of need 12 months", signer=None,
                   doc_status="preliminary")
    s.expect(1, "A4", "0U", "10", asks=["52063-5", "52044-5"])
    return s


def row_11():
    s = Story("row-11-questionnaire-in-progress",
              "The questionnaire is still in progress and so ignored: criterion D is unknown, its answers are asked for",
              created="2026-06-03T14:45:00-04:00")
    s.member("Tobias", "Venn", "male", "1966-05-09", "HUSKY-D", "212 Long Hill Road, Middletown, 06457")
    s.prescriber(people.ASSISTANT)
    s.diagnosis("A49.02", "M86.9", recorded="2026-05-20")
    s.drug("11124", "2026-05-29", "47625008", (1500, "mg"), "1,500 mg intravenously over 90 minutes, every 12 hours",
           minutes=90, every=(12, "h"))
    s.pump("E0780", ["RR"], starts="2026-06-08", months=2, ordered="2026-05-29")
    s.prescription("2026-05-29", "mechanical infusion pump, rental, length of need 2 months")
    s.note("2026-05-28", ["MRSA osteomyelitis of the right tibia, debrided on 2026-05-21. Six weeks of vancomycin.",
                          "Flushing with faster infusion; the rate is held at 1 g an hour."], loinc="18842-5")
    s.answers("2026-05-29", "in-progress", drug=(RXNORM, "11124"), route=(SNOMED, "47625008"), infusion_hours=1.5,
              home_administration_necessary=True, pump_necessary=True)
    s.expect(1, "A4", "0U", "11", asks=["102089-0"])
    return s


def not_met(story, drug, ordered, noted, sentence, minutes, paragraphs, starts):
    """A short infusion for which the prescriber answers that no pump is needed: criterion D is not met."""
    code, dose = drug
    story.drug(code, ordered, "47625008", dose, sentence, minutes=minutes)
    story.pump("E0780", ["RR"], starts, 2, ordered=ordered)
    story.prescription(ordered, "mechanical infusion pump, rental, length of need 2 months")
    story.note(noted, paragraphs)
    story.answers(ordered, drug=(RXNORM, code), route=(SNOMED, "47625008"), infusion_hours=minutes / 60,
                  home_administration_necessary=True, pump_necessary=False, no_office_return=True,
                  toxicity_without_controlled_rate=False)


def row_12():
    s = Story("row-12-epsdt-child", "Not met, but the member is nine years old and in HUSKY A: EPSDT review",
              created="2026-06-10T10:20:00-04:00", supplier=people.CHARTER_OAK)
    s.member("Noemi", "Larkspur", "female", "2017-01-15", "HUSKY-A", "33 Nutmeg Circle, Manchester, 06040")
    s.prescriber(people.PEDIATRICIAN)
    s.diagnosis("E84.0", recorded="2017-03-02")
    not_met(s, ("10627", (180, "mg")), "2026-06-04", "2026-06-04", "180 mg intravenously over 30 minutes, once a day", 30,
            ["Cystic fibrosis with a pulmonary exacerbation; third home course of tobramycin this year.",
             "Gravity infusion was tolerated. The family asks for a pump so that school is possible."], "2026-06-15")
    s.expect(1, "A4", "0V", "12")
    return s


def row_13():
    s = Story("row-13-not-met-adult", "Not met for an adult: to a clinician with the recommendation not to certify",
              created="2026-06-17T13:40:00-04:00")
    s.member("Harriet", "Dunmore", "female", "1971-09-23", "HUSKY-D", "8 Tannery Lane, Torrington, 06790")
    s.prescriber(people.ASSISTANT)
    s.diagnosis("M86.9", recorded="2026-06-01")
    not_met(s, ("2193", (2, "g")), "2026-06-11", "2026-06-11", "2 g intravenously over 30 minutes, once a day", 30,
            ["Osteomyelitis of the left foot, susceptible organism. Six weeks of ceftriaxone at home.",
             "Gravity infusion works well; the patient would find a pump more convenient."], "2026-06-22")
    s.expect(1, "A4", "0V", "13", automated=("A3", "0F", "14"))
    return s


def row_13_chip():
    s = Story("row-13-husky-b-child", "Not met for a child in HUSKY B: CHIP, so EPSDT does not apply",
              created="2026-07-08T09:15:00-04:00")
    s.member("Rowan", "Castleberry", "male", "2011-04-03", "HUSKY-B", "19 Candlewood Path, New Milford, 06776")
    s.prescriber(people.PEDIATRICIAN)
    s.diagnosis("A69.20", recorded="2026-06-26")
    not_met(s, ("2193", (2, "g")), "2026-07-02", "2026-07-02", "2 g intravenously over 30 minutes, once a day", 30,
            ["Lyme disease with heart block, improving. Ceftriaxone is continued at home for three weeks.",
             "No adverse effect with gravity infusion."], "2026-07-10")
    s.expect(1, "A4", "0V", "13", automated=("A3", "0F", "14"))
    return s


def row_14():
    s = Story("row-14-not-met-if-automated",
              "Levodopa into the jejunum is not parenteral: row 13 under this policy, A3 with 0F (row 14) under one whose "
              "adverse determinations are automated",
              created="2026-07-15T11:05:00-04:00", supplier=people.CHARTER_OAK)
    s.member("Ambrose", "Wetherell", "male", "1957-11-18", "HUSKY-C", "27 Ferry Landing, Old Lyme, 06371")
    s.prescriber(people.NEUROLOGIST)
    s.diagnosis("G20.A1", recorded="2016-09-14")
    s.drug("6375", "2026-07-09", "127491008", (2000, "mg"), "2,000 mg as enteral suspension over 16 hours, every day",
           hours=16)
    s.pump("E0781", ["RR", "KH"], starts="2026-07-20", months=12, ordered="2026-07-09")
    s.prescription("2026-07-09", "electric infusion pump, rental, length of need 12 months")
    s.note("2026-07-07", ["Advanced Parkinson's disease with wearing off every three hours on oral levodopa.",
                          "Jejunal tube placed in May; 16-hour enteral infusion works well in the clinic."],
           loinc="11488-4")
    s.expect(1, "A4", "0V", "13", automated=("A3", "0F", "14"))
    return s


SAMPLES = (row_09, row_09_signed_order, row_10_damaged, row_10_enrolment_ended, row_10_not_enrolled, row_10_too_old,
           row_10_two_missing, row_11, row_12, row_13, row_13_chip, row_14)
