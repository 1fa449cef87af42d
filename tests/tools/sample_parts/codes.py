"""Code systems, the codes that the samples use with their display names, and small makers of coded elements."""

PAS = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/"
US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/"
PAS_CODES = "http://hl7.org/fhir/us/davinci-pas/CodeSystem/PASTempCodes"
X12 = "https://codesystem.x12.org/005010/"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
NPI = "http://hl7.org/fhir/sid/us-npi"
UCUM = "http://unitsofmeasure.org"
NUCC = "http://nucc.org/provider-taxonomy"
PLACE = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
THO = "http://terminology.hl7.org/CodeSystem/"

NAMES = {
    HCPCS: {
        "E0779": "Ambulatory infusion pump, mechanical, reusable, for infusion 8 hours or greater",
        "E0780": "Ambulatory infusion pump, mechanical, reusable, for infusion less than 8 hours",
        "E0781": "Ambulatory infusion pump, single or multiple channels, electric or battery operated, with "
        "administrative equipment, worn by patient",
        "E0784": "External ambulatory infusion pump, insulin",
        "E0431": "Portable gaseous oxygen system, rental; includes portable container, regulator, flowmeter, humidifier, "
        "cannula or mask, and tubing",
        "E0443": "Portable oxygen contents, gaseous, 1 month's supply = 1 unit",
        "E1390": "Oxygen concentrator, single delivery port, capable of delivering 85 percent or greater oxygen "
        "concentration at the prescribed flow rate",
        "J0895": "Injection, deferoxamine mesylate, 500 mg",
        "J1559": "Injection, immune globulin (Hizentra), 100 mg",
    },
    RXNORM: {
        "3131": "deferoxamine",
        "4492": "fluorouracil",
        "7052": "morphine",
        "11124": "vancomycin",
        "7980": "penicillin G",
        "641": "amikacin",
        "10627": "tobramycin",
        "2193": "ceftriaxone",
        "6375": "levodopa",
    },
    SNOMED: {
        "47625008": "Intravenous route",
        "34206005": "Subcutaneous route",
        "127491008": "Jejunostomy route",
        "363346000": "Malignant neoplastic disease",
    },
    LOINC: {
        "52063-5": "Prescription for durable medical equipment (DME)",
        "57833-6": "Prescription for medication",
        "11506-3": "Progress note",
        "11488-4": "Consult note",
        "34117-2": "History and physical note",
        "18842-5": "Discharge summary",
        "74156-1": "Oncology Plan of care and summary note",
        "2703-7": "Oxygen [Partial pressure] in Arterial blood",
        "2708-6": "Oxygen saturation in Arterial blood",
        "59408-5": "Oxygen saturation in Arterial blood by Pulse oximetry",
        "20570-8": "Hematocrit [Volume Fraction] of Blood",
    },
    ICD10: {
        "A15.0": "Tuberculosis of lung",
        "A49.02": "Methicillin resistant Staphylococcus aureus infection, unspecified site",
        "A69.20": "Lyme disease, unspecified",
        "C16.9": "Malignant neoplasm of stomach, unspecified",
        "C18.7": "Malignant neoplasm of sigmoid colon",
        "C25.9": "Malignant neoplasm of pancreas, unspecified",
        "D56.1": "Beta thalassemia",
        "D57.1": "Sickle-cell disease without crisis",
        "D83.9": "Common variable immunodeficiency, unspecified",
        "E08.65": "Diabetes mellitus due to underlying condition with hyperglycemia",
        "E10.65": "Type 1 diabetes mellitus with hyperglycemia",
        "E83.110": "Hereditary hemochromatosis",
        "E83.111": "Hemochromatosis due to repeated red blood cell transfusions",
        "E84.0": "Cystic fibrosis with pulmonary manifestations",
        "G20.A1": "Parkinson's disease without dyskinesia, without mention of fluctuations",
        "G89.3": "Neoplasm related pain (acute) (chronic)",
        "G47.33": "Obstructive sleep apnea (adult) (pediatric)",
        "I27.81": "Cor pulmonale (chronic)",
        "I33.0": "Acute and subacute infective endocarditis",
        "J43.9": "Emphysema, unspecified",
        "J44.9": "Chronic obstructive pulmonary disease, unspecified",
        "J47.9": "Bronchiectasis, uncomplicated",
        "J84.112": "Idiopathic pulmonary fibrosis",
        "M86.9": "Osteomyelitis, unspecified",
        "R60.0": "Localized edema",
        "T45.4X1A": "Poisoning by iron and its compounds, accidental (unintentional), initial encounter",
    },
}


def coding(system, code, display=None):
    display = display or NAMES.get(system, {}).get(code)
    return {"system": system, "code": code, **({"display": display} if display else {})}


def concept(system, code, display=None):
    return {"coding": [coding(system, code, display)]}


def name_of(system, code):
    return NAMES[system][code]


def quantity(value, unit, code, system=UCUM):
    return {"value": value, "unit": unit, "system": system, "code": code}


def extension(name, **value):
    return {"url": PAS + "extension-" + name, **value}
