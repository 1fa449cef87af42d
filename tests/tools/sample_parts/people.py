"""The invented payer, suppliers and prescribers, and the payer's provider roster.

Each NPI passes the check digit (ISO 7812 over 80840 and the number) and starts with 2, a range from which none has been
given to a real provider.
"""

from dataclasses import dataclass

from .codes import NPI, NUCC, PAS, THO, X12, concept


@dataclass(frozen=True)
class Organization:
    npi: str
    name: str
    profile: str
    kind: str  # X12 98
    street: str
    city: str
    postal_code: str
    phone: str
    host: str  # of its URLs
    trading_id: str  # X12 application code
    state: str = "CT"

    def resource(self):
        return {
            "resourceType": "Organization",
            "meta": {"profile": [PAS + self.profile]},
            "identifier": [{"system": NPI, "value": self.npi}],
            "active": True,
            "type": [concept(X12 + "98", self.kind)],
            "name": self.name,
            "telecom": [{"system": "phone", "value": self.phone, "use": "work"}],
            "address": [
                {
                    "line": [self.street],
                    "city": self.city,
                    "state": self.state,
                    "postalCode": self.postal_code,
                    "country": "US",
                }
            ],
        }


PAYER = Organization("2082367915", "HUSKY Health Prior Authorization (sample payer)", "profile-insurer", "X3",
                     "20 Sample Plaza", "Wallingford", "06492", "203-555-0100", "husky-health.example",
                     "HUSKYPRIORAUTH")
ELM_CITY = Organization("2093401281", "Elm City Home Infusion", "profile-requestor", "1P",
                        "88 Foundry Street", "New Haven", "06511", "203-555-0141", "elm-city-infusion.example",
                        "ELMCITYINFUSION")
CHARTER_OAK = Organization("2071258463", "Charter Oak Medical Equipment", "profile-requestor", "1P",
                           "312 Wethersfield Road", "Hartford", "06114", "860-555-0162", "charter-oak.example",
                           "CHARTEROAKDME")

TIDEWATER = Organization("2019406638", "Tidewater Community Health Plan (invented)", "profile-insurer", "X3",
                         "1 Harbor Sample Way", "Norfolk", "23510", "757-555-0100", "tidewater-community.example",
                         "TIDEWATERPA", "VA")
HAMPTON_ROADS = Organization("2028530170", "Hampton Roads Home Oxygen", "profile-requestor", "1P",
                             "47 Pier Street", "Norfolk", "23507", "757-555-0141", "hampton-roads-oxygen.example",
                             "HAMPTONROADSO2", "VA")


@dataclass(frozen=True)
class Prescriber:
    npi: str
    given: str
    family: str
    degree: str  # v2-0360
    degree_name: str
    taxonomy: str  # NUCC
    taxonomy_name: str
    practice: str
    phone: str
    roster: tuple = ()  # type, enrolled from, enrolled to; empty: not enrolled

    @property
    def name(self):
        return f"{self.given} {self.family}, {self.degree}"

    def practitioner(self):
        return {
            "resourceType": "Practitioner",
            "meta": {"profile": [PAS + "profile-practitioner"]},
            "identifier": [{"system": NPI, "value": self.npi}],
            "active": True,
            "name": [{"use": "official", "family": self.family, "given": [self.given], "suffix": [self.degree]}],
            "telecom": [{"system": "phone", "value": self.phone, "use": "work"}],
            "qualification": [{"code": concept(THO + "v2-0360", self.degree, self.degree_name)}],
        }

    def role(self, practitioner):
        return {
            "resourceType": "PractitionerRole",
            "meta": {"profile": [PAS + "profile-practitionerrole"]},
            "active": True,
            "practitioner": practitioner,
            "specialty": [concept(NUCC, self.taxonomy, self.taxonomy_name)],
            "telecom": [{"system": "phone", "value": self.phone, "use": "work"}],
        }


HEMATOLOGIST = Prescriber("2003104579", "Adaeze", "Okafor", "MD", "Doctor of Medicine",
                          "207RH0000X", "Hematology (Internal Medicine) Physician",
                          "Long Wharf Hematology", "203-555-0111", ("physician", "2016-07-01", ""))
ONCOLOGIST = Prescriber("2004829166", "Daniel", "Brennan", "DO", "Doctor of Osteopathy",
                        "207RX0202X", "Medical Oncology Physician",
                        "Farmington Valley Oncology", "860-555-0112", ("physician", "2018-01-15", ""))
NURSE = Prescriber("2015572037", "Lucia", "Ferrante", "NP", "Nurse Practitioner",
                   "363LF0000X", "Family Nurse Practitioner",
                   "Shoreline Palliative and Home Care", "203-555-0113", ("APRN", "2019-09-01", ""))
ASSISTANT = Prescriber("2026649188", "Marcus", "Teller", "PA", "Physician Assistant",
                       "363AM0700X", "Medical Physician Assistant",
                       "Naugatuck Valley Infectious Disease", "203-555-0114", ("PA", "2020-02-01", ""))
NEUROLOGIST = Prescriber("2037718469", "Ingrid", "Sorensen", "MD", "Doctor of Medicine",
                         "2084N0400X", "Neurology Physician",
                         "Thames River Neurology", "860-555-0115", ("physician", "2014-04-01", ""))
PEDIATRICIAN = Prescriber("2060139856", "Priya", "Raman", "MD", "Doctor of Medicine",
                          "208000000X", "Pediatrics Physician",
                          "Hop River Pediatrics", "860-555-0116", ("physician", "2017-03-01", ""))
NOT_ENROLLED = Prescriber("2048891321", "Howard", "Pell", "MD", "Doctor of Medicine",
                          "207RH0000X", "Hematology (Internal Medicine) Physician",
                          "Berkshire Line Medical Group", "413-555-0117")
ENROLMENT_ENDED = Prescriber("2059023749", "Celeste", "Marchetti", "MD", "Doctor of Medicine",
                             "207RH0000X", "Hematology (Internal Medicine) Physician",
                             "Mystic Internal Medicine", "860-555-0118",
                             ("physician", "2015-05-01", "2026-04-30"))
# Tidewater asks for no enrolment.
PULMONOLOGIST = Prescriber("2034971186", "Solveig", "Amundsen", "MD", "Doctor of Medicine",
                           "207RP1001X", "Pulmonary Disease Physician",
                           "Chesapeake Lung Clinic", "757-555-0111")

PRESCRIBERS = (HEMATOLOGIST, ONCOLOGIST, NURSE, ASSISTANT, NEUROLOGIST, PEDIATRICIAN, NOT_ENROLLED, ENROLMENT_ENDED)


def roster_csv():
    lines = ["npi,name,type,enrolled_from,enrolled_to"]
    for who in PRESCRIBERS:
        if who.roster:
            lines.append(",".join((who.npi, f"{who.given} {who.family}") + who.roster))
    return "\n".join(lines) + "\n"
