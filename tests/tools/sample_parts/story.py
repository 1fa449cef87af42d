"""Builds one sample: a PAS 2.2.1 request bundle told step by step, with what the policy demands of each item.

A story adds its member, prescriber, pumps, drug, documents and answers in any order that reads well; `bundle()` puts the
Claim in front. Every id comes from the sample's name and the resource's part in it, so nothing is random.
"""

import base64
import datetime
import hashlib
import json
import uuid
import zlib

from . import documents, people
from .codes import (HCPCS, ICD10, LOINC, PAS, PAS_CODES, PLACE, RXNORM, SNOMED, THO, US_CORE, X12,
                    concept, coding, extension, name_of, quantity)
from .documents import eastern
from .questionnaire import INFUSION_PUMP, answer_items


def months_after(day, months):
    """The last day of a rental of so many months that starts on `day`."""
    date = datetime.date.fromisoformat(day)
    month = date.month - 1 + months
    later = date.replace(year=date.year + month // 12, month=month % 12 + 1)
    return (later - datetime.timedelta(days=1)).isoformat()


class Story:
    insurer, form, form_name = people.PAYER, INFUSION_PUMP, "Infusion pump questionnaire"

    def __init__(self, name, summary, created, supplier=people.ELM_CITY, absolute=False):
        """`created` is the request date; `absolute` writes http URLs and relative references instead of urn:uuid."""
        self.name, self.summary, self.created, self.absolute = name, summary, created, absolute
        self.number = f"{zlib.crc32(name.encode()) % 10**7:07d}"
        self.entries, self.expected = [], []
        self.items, self.supporting, self.diagnoses, self.care_team = [], [], [], []
        self.host, self.trading_id = f"https://{supplier.host}/fhir", supplier.trading_id
        self.payer = self.add("payer", self.insurer.resource(), self.insurer.name)
        self.supplier = self.add("supplier", supplier.resource(), supplier.name)

    # -- entries and references

    def add(self, part, resource, display=None):
        """Adds an entry and returns a Reference to it."""
        kind = resource["resourceType"]
        ident = str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://samples.example/{self.name}/{part}"))
        url = f"{self.host}/{kind}/{ident}" if self.absolute else f"urn:uuid:{ident}"
        body = {"resourceType": kind, "id": ident}
        body.update({key: value for key, value in resource.items() if key != "resourceType" and value is not None})
        self.entries.append({"fullUrl": url, "resource": body})
        reference = {"reference": f"{kind}/{ident}" if self.absolute else url}
        if display:
            reference["display"] = display
        return reference

    # -- who

    def member(self, given, family, gender, born, program, address, covered=("2025-07-01", None)):
        street, city, postal_code = (part.strip() for part in address.split(","))
        self.person = {"id": "00" + self.number, "given": given, "family": family, "gender": gender, "born": born,
                       "street": street, "city": city, "postal_code": postal_code,
                       "phone": f"203-555-01{int(self.number) % 100:02d}", "program": program}
        member_id = {"type": concept(THO + "v2-0203", "MB", "Member Number"),
                     "system": f"https://{self.insurer.host}/fhir/sid/member-id", "value": self.person["id"]}
        self.patient = self.add("member", {
            "resourceType": "Patient",
            "meta": {"profile": [PAS + "profile-beneficiary"]},
            "identifier": [member_id],
            "active": True,
            "name": [{"use": "official", "family": family, "given": [given]}],
            "telecom": [{"system": "phone", "value": self.person["phone"], "use": "home"}],
            "gender": gender,
            "birthDate": born,
            "address": [{"use": "home", "line": [street], "city": city, "state": self.insurer.state, "postalCode": postal_code,
                         "country": "US"}],
        }, f"{given} {family}")
        start, end = covered
        self.coverage = self.add("coverage", {
            "resourceType": "Coverage",
            "meta": {"profile": [PAS + "profile-coverage"]},
            "identifier": [member_id],
            "status": "active",
            "subscriberId": self.person["id"],
            "beneficiary": self.patient,
            "relationship": {"coding": [coding(THO + "subscriber-relationship", "self", "Self"),
                                        coding(X12 + "1069", "18", "Self")]},
            "period": {"start": start, "end": end} if end else {"start": start},
            "payor": [self.payer],
            "class": [{"type": concept(THO + "coverage-class", "plan", "Plan"), "value": program,
                       "name": program.replace("-", " ")}],
        }, program.replace("-", " "))

    def prescriber(self, who):
        self.who = who
        self.practitioner = self.add("prescriber", who.practitioner(), who.name)
        self.role = self.add("prescriber-role", who.role(self.practitioner), f"{who.name}, {who.taxonomy_name}")
        self.care_team.append({"extension": [extension("careTeamClaimScope", valueBoolean=True)], "sequence": 1,
                               "provider": self.role, "role": concept(X12 + "98", "DK", "Ordering Physician")})

    # -- why

    def diagnosis(self, *codes, recorded=None):
        for code in codes:
            first = not self.diagnoses
            self.diagnoses.append({
                **({"extension": [extension("diagnosisRecordedDate", valueDate=recorded)]} if recorded else {}),
                "sequence": len(self.diagnoses) + 1,
                "diagnosisCodeableConcept": concept(ICD10, code),
                **({"type": [concept(PAS_CODES, "principal", "Principal")]} if first else {}),
            })

    def condition(self, snomed, text, recorded):
        reference = self.add("condition", {
            "resourceType": "Condition",
            "meta": {"profile": [US_CORE + "us-core-condition-problems-health-concerns"]},
            "clinicalStatus": concept(THO + "condition-clinical", "active", "Active"),
            "verificationStatus": concept(THO + "condition-ver-status", "confirmed", "Confirmed"),
            "category": [concept(THO + "condition-category", "problem-list-item", "Problem List Item")],
            "code": {**concept(SNOMED, snomed), "text": text},
            "subject": self.patient,
            "recordedDate": recorded,
        }, text)
        self.support("M1", reference)
        return reference

    # -- the drug and how it runs

    def drug(self, code, ordered, route, dose, sentence, hours=None, minutes=None, every=(1, "d"), as_resource=False):
        """`dose` is (value, UCUM code); `as_resource` names the drug through a Medication of its own."""
        medication = concept(RXNORM, code)
        self.drug_name, self.sentence = name_of(RXNORM, code), sentence
        if as_resource:
            named = {"medicationReference": self.add("medication", {
                "resourceType": "Medication", "meta": {"profile": [US_CORE + "us-core-medication"]},
                "code": medication, "status": "active"}, self.drug_name)}
        else:
            named = {"medicationCodeableConcept": medication}
        repeat = {"duration": hours or minutes, "durationUnit": "h" if hours else "min",
                  "frequency": 1, "period": every[0], "periodUnit": every[1]} if hours or minutes else None
        value, unit = dose
        self.medication_request = self.add("medication-request", {
            "resourceType": "MedicationRequest",
            "meta": {"profile": [PAS + "profile-medicationrequest"]},
            "status": "active",
            "intent": "order",
            **named,
            "subject": self.patient,
            "authoredOn": ordered,
            "requester": self.practitioner,
            "dosageInstruction": [{
                "text": sentence,
                **({"timing": {"repeat": repeat}} if repeat else {}),
                "route": concept(SNOMED, route),
                "doseAndRate": [{"doseQuantity": quantity(value, unit, unit)}],
            }],
        }, self.drug_name)
        self.support("M1", self.medication_request)

    # -- what is asked for

    def pump(self, code, modifiers, starts=None, months=None, say=("quantity", "period"), ordered=None, device=None,
             diagnoses=None, requester=None, reason=None, epsdt=None):
        """One item with its DeviceRequest. `say` names where the rental's length stands; `device` is the code on the
        DeviceRequest where that differs from the item's."""
        sequence = len(self.items) + 1
        order = {
            "resourceType": "DeviceRequest",
            "meta": {"profile": [PAS + "profile-devicerequest"]},
            "status": "active",
            "intent": "order",
            "codeCodeableConcept": concept(HCPCS, device or code),
            "subject": self.patient,
            "occurrenceTiming": {"repeat": {"boundsDuration": quantity(months, "month", "mo")}}
            if "timing" in say and months else None,
            "authoredOn": ordered or self.created[:10],
            "requester": requester or self.practitioner,
            "reasonReference": [reason] if reason else None,
            "insurance": [self.coverage],
        }
        self.order = self.add(f"device-request-{sequence}", order, f"Order for {device or code}")
        self.device_code = device or code
        rental = "RR" in modifiers
        self.item(code, concept(X12 + "1365", *(("18", "Durable Medical Equipment Rental") if rental else
                                                ("12", "Durable Medical Equipment Purchase"))),
                  self.order, modifiers, diagnoses, epsdt)
        item = self.items[-1]
        if starts and months and "period" in say:
            item["servicedPeriod"] = {"start": starts, "end": months_after(starts, months)}
        elif starts:
            item["servicedDate"] = starts
        item["locationCodeableConcept"] = concept(PLACE, "12", "Home")
        if months and "quantity" in say:
            item["quantity"] = quantity(months, "month", "MN", X12 + "673")

    def drug_item(self, code):
        """An item for the drug itself."""
        self.item(code, concept(X12 + "1365", "88", "Pharmacy"), self.medication_request, [], None, None)
        self.items[-1]["locationCodeableConcept"] = concept(PLACE, "12", "Home")

    def item(self, code, category, service, modifiers, diagnoses, epsdt):
        sequence = len(self.items) + 1
        extensions = [
            extension("itemTraceNumber", valueIdentifier={"system": f"{self.host}/sid/trace",
                                                          "value": f"T{self.number}-{sequence}"}),
            extension("serviceItemRequestType",
                      valueCodeableConcept=concept(X12 + "1525", "HS", "Health Services Review")),
            extension("certificationType", valueCodeableConcept=concept(X12 + "1322", "I", "Initial")),
            extension("requestedService", valueReference=service),
        ]
        if epsdt is not None:
            extensions.append(extension("epsdtIndicator", valueBoolean=epsdt))
        numbers = diagnoses or list(range(1, len(self.diagnoses) + 1))
        self.items.append({
            "extension": extensions,
            "sequence": sequence,
            "careTeamSequence": [1],
            **({"diagnosisSequence": numbers} if numbers else {}),
            "category": category,
            "productOrService": concept(HCPCS, code),
            **({"modifier": [concept(HCPCS, modifier) for modifier in modifiers]} if modifiers else {}),
        })

    def support(self, report_type, reference):
        """`report_type` is X12 755: DB equipment prescription, M1 medical record, PY physician's report."""
        self.supporting.append({
            "extension": [extension("documentInformation") |
                          {"extension": [{"url": "reportTypeCode",
                                          "valueCodeableConcept": concept(X12 + "755", report_type)}]}],
            "sequence": len(self.supporting) + 1,
            "category": concept(PAS_CODES, "additionalInformation", "Additional Information"),
            "valueReference": reference,
        })

    # -- documents

    def document(self, part, loinc, when, title, data, content_type="text/plain", signer=None, doc_status="final",
                 author=None, form=None, damaged=False, report_type="M1"):
        """`damaged` sends the bytes with one changed on the way, beside the hash of the good ones."""
        sha1 = hashlib.sha1(data).digest()
        if damaged:
            middle = len(data) // 2
            data = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1:]
        attachment = {
            "contentType": content_type, "language": "en-US", "data": base64.b64encode(data).decode(),
            "size": len(data), "hash": base64.b64encode(sha1).decode(), "title": title,
            "creation": eastern(when, "11:30:00"),
        }
        reference = self.add(part, {
            "resourceType": "DocumentReference",
            "meta": {"profile": [PAS + "profile-documentreference"]},
            "status": "current",
            "docStatus": doc_status,
            "type": concept(LOINC, loinc),
            "category": [concept("http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category",
                                 "clinical-note", "Clinical Note")],
            "subject": self.patient,
            "date": eastern(when, "11:45:00"),
            "author": [author or self.practitioner],
            "authenticator": signer,
            "content": [{"attachment": attachment, **({"format": form} if form else {})}],
        }, title)
        self.support(report_type, reference)
        return reference

    def prescription(self, when, need, form="text", signer="prescriber", doc_status="final"):
        """`need` is one sentence on the pump and how long it is needed; `form` is text, pdf or ccda; `signer` is the
        DocumentReference's authenticator: "prescriber", "role" or None."""
        who, p = self.who, self.person
        lines = [
            who.practice.upper(), f"Telephone {who.phone}", "",
            "PRESCRIPTION FOR DURABLE MEDICAL EQUIPMENT", "",
            f"Date:      {when}",
            f"Patient:   {p['given']} {p['family']}, born {p['born']}, member {p['id']}",
            f"Diagnosis: {', '.join(d['diagnosisCodeableConcept']['coding'][0]['code'] for d in self.diagnoses)}",
            f"Equipment: {self.device_code} {need}",
        ]
        if hasattr(self, "sentence"):
            lines.append(f"Drug:      {self.drug_name}: {self.sentence}")
        lines += ["", f"Signed electronically by {who.name}, NPI {who.npi}" if doc_status == "final"
                  else "DRAFT, not signed"]
        authenticator = {"prescriber": self.practitioner, "role": self.role, None: None}[signer]
        if form == "ccda":
            data = documents.ccda(documents.PRESCRIPTION, "Prescription", self.number, p, who, when,
                                  documents.PLAN_OF_TREATMENT, lines[7:-2])
            return self.document("prescription", "57833-6", when, "Prescription", data, "text/xml", authenticator,
                                 form=self.ccda_format(), report_type="DB")
        data = documents.pdf(lines) if form == "pdf" else documents.text(lines)
        return self.document("prescription", "52063-5", when, "Prescription",
                             data, "application/pdf" if form == "pdf" else "text/plain", authenticator, doc_status,
                             report_type="DB")

    def note(self, when, paragraphs, loinc="11506-3", form="text", damaged=False):
        """Clinical documentation, by the prescriber unless the text says otherwise."""
        who, p = self.who, self.person
        title = name_of(LOINC, loinc)
        if form == "ccda":
            data = documents.ccda(documents.PROGRESS_NOTE, title, self.number, p, who, when,
                                  documents.ASSESSMENT_AND_PLAN, paragraphs)
        else:
            lines = [who.practice.upper(), title, "", f"Date: {when}",
                     f"Patient: {p['given']} {p['family']}, born {p['born']}", "", *paragraphs, "", who.name]
            data = documents.pdf(lines) if form == "pdf" else documents.text(lines)
        kind = {"text": "text/plain", "pdf": "application/pdf", "ccda": "text/xml"}[form]
        return self.document("clinical-note", loinc, when, title, data, kind, self.practitioner,
                             form=self.ccda_format() if form == "ccda" else None, damaged=damaged)

    @staticmethod
    def ccda_format():
        return coding(THO + "v3-HL7DocumentFormatCodes", "urn:hl7-org:sdwg:ccda-structuredBody:2.1")

    def answers(self, when, status="completed", **given):
        """Answers by link id, with _ for -; a drug or route is (system, code)."""
        self.support("PY", self.add("answers", {
            "resourceType": "QuestionnaireResponse",
            "meta": {"profile": [US_CORE + "us-core-questionnaireresponse"]},
            "questionnaire": f"{self.form['url']}|{self.form['version']}",
            "status": status,
            "subject": self.patient,
            "authored": eastern(when, "12:05:00"),
            "author": self.practitioner,
            "item": answer_items(self.form, {key.replace("_", "-"): value for key, value in given.items()}),
        }, self.form_name))

    def signature(self, target, when):
        """A Provenance that says: the prescriber signed `target` as its author and verified it."""
        self.add("signature", {
            "resourceType": "Provenance",
            "target": [target],
            "recorded": eastern(when, "11:50:00"),
            "agent": [{"type": concept(THO + "provenance-participant-type", "author", "Author"),
                       "who": self.practitioner}],
            "signature": [{"type": [coding("urn:iso-astm:E1762-95:2013", "1.2.840.10065.1.12.1.5",
                                           "Verification Signature")],
                           "when": eastern(when, "11:50:00"), "who": self.practitioner}],
        })

    # -- the outcome that the policy demands

    def expect(self, sequence, action, reason, row, asks=(), automated=None):
        """`asks` lists the LOINC codes of the information asked for; `automated` is (action, reason, row) under a policy
        whose adverse determinations are automated, where that differs."""
        outcome = {"sequence": sequence, "action": action, "reason": reason, "row": row}
        if asks:
            outcome["asks"] = list(asks)
        if automated:
            outcome["automated"] = dict(zip(("action", "reason", "row"), automated))
        self.expected.append(outcome)

    def claim(self):
        return {
            "resourceType": "Claim",
            "meta": {"profile": [PAS + "profile-claim"]},
            "extension": [extension("TransmissionIdentifiers") | {"extension": [
                {"url": "applicationSenderCode", "valueString": self.trading_id},
                {"url": "applicationReceiverCode", "valueString": self.insurer.trading_id}]}],
            "identifier": [{"system": f"{self.host}/sid/request", "value": f"R{self.number}"}],
            "status": "active",
            "type": concept(THO + "claim-type", "professional", "Professional"),
            "use": "preauthorization",
            "patient": self.patient,
            "created": self.created,
            "insurer": self.payer,
            "provider": self.supplier,
            "priority": concept(THO + "processpriority", "normal", "Normal"),
            "careTeam": self.care_team,
            "supportingInfo": self.supporting or None,
            "diagnosis": self.diagnoses or None,
            "insurance": [{"sequence": 1, "focal": True, "coverage": self.coverage}],
            "item": self.items,
        }

    def bundle(self):
        self.add("claim", self.claim())
        self.entries.insert(0, self.entries.pop())
        day = self.created[:10]
        return {
            "resourceType": "Bundle",
            "id": self.name,
            "meta": {"profile": [PAS + "profile-pas-request-bundle"]},
            "identifier": {"system": f"{self.host}/sid/transmission",
                           "value": f"B{self.number}"},
            "type": "collection",
            "timestamp": eastern(day, "16:20:00"),
            "entry": self.entries,
        }

    def text(self):
        return to_json(self.bundle())

    def golden(self):
        return {"status": 200, "items": self.expected}


def to_json(value):
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
