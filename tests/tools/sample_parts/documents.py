"""Documents as bytes: a small valid PDF and a small valid C-CDA ClinicalDocument (R2.1)."""

import datetime
import textwrap
from xml.sax.saxutils import escape


def wrapped(lines):
    return [part for line in lines for part in textwrap.wrap(line, 92) or [""]]


def text(lines):
    return ("\n".join(wrapped(lines)) + "\n").encode("utf-8")


def pdf(lines):
    """One page of Helvetica, as ISO 32000-1 §7.5 lays a file out: header, objects, cross-reference table, trailer."""
    shown = b"BT /F1 11 Tf 14 TL 54 740 Td\n"
    for line in wrapped(lines):
        safe = line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        shown += b"(" + safe.encode("ascii") + b") Tj T*\n"
    shown += b"ET\n"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%sendstream" % (len(shown), shown),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return out


PROGRESS_NOTE = ("2.16.840.1.113883.10.20.22.1.9", "11506-3", "Progress note")
PRESCRIPTION = (None, "57833-6", "Prescription for medication")
ASSESSMENT_AND_PLAN = ("2.16.840.1.113883.10.20.22.2.9", "51847-2", "Assessment and plan", "ASSESSMENT AND PLAN")
PLAN_OF_TREATMENT = ("2.16.840.1.113883.10.20.22.2.10", "18776-5", "Plan of care note", "PLAN OF TREATMENT")


def ccda(kind, title, number, member, who, when, section, paragraphs):
    """`when` is an ISO date; the document is written at 11:30 and signed at 11:45, Connecticut time."""
    template, code, code_name = kind
    section_template, section_code, section_name, section_title = section
    day = when.replace("-", "")
    zone = eastern(when)[-6:].replace(":", "")
    address = (
        f"<streetAddressLine>{escape(member['street'])}</streetAddressLine>"
        f"<city>{escape(member['city'])}</city><state>CT</state>"
        f"<postalCode>{member['postal_code']}</postalCode><country>US</country>"
    )
    person = (
        f'<id root="2.16.840.1.113883.4.6" extension="{who.npi}"/>\n'
        f'      <addr nullFlavor="NI"/>\n      <telecom use="WP" value="tel:+1-{who.phone}"/>\n'
        f"      <assignedPerson><name><given>{who.given}</given><family>{who.family}</family>"
        f"<suffix>{who.degree}</suffix></name></assignedPerson>"
    )
    templates = '<templateId root="2.16.840.1.113883.10.20.22.1.1" extension="2015-08-01"/>'
    if template:
        templates += f'\n  <templateId root="{template}" extension="2015-08-01"/>'
    # A progress note names the visit that it is about.
    visit = "" if not template else f"""
  <componentOf>
    <encompassingEncounter>
      <id root="2.16.840.1.113883.19.5.77" extension="V{number}"/>
      <effectiveTime><low value="{day}110000{zone}"/><high value="{day}113000{zone}"/></effectiveTime>
      <location><healthCareFacility><id root="2.16.840.1.113883.19.5.78" extension="{who.npi}"/></healthCareFacility></location>
    </encompassingEncounter>
  </componentOf>"""
    body = "\n".join(f"            <paragraph>{escape(p)}</paragraph>" for p in paragraphs)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:sdtc="urn:hl7-org:sdtc">
  <realmCode code="US"/>
  <typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
  {templates}
  <id root="2.16.840.1.113883.19.5.76" extension="D{number}"/>
  <code code="{code}" codeSystem="2.16.840.1.113883.6.1" codeSystemName="LOINC" displayName="{code_name}"/>
  <title>{escape(title)}</title>
  <effectiveTime value="{day}113000{zone}"/>
  <confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/>
  <languageCode code="en-US"/>
  <recordTarget>
    <patientRole>
      <id root="2.16.840.1.113883.19.5.79" extension="{member['id']}"/>
      <addr use="HP">{address}</addr>
      <telecom use="HP" value="tel:+1-{member['phone']}"/>
      <patient>
        <name use="L"><given>{escape(member['given'])}</given><family>{escape(member['family'])}</family></name>
        <administrativeGenderCode code="{'F' if member['gender'] == 'female' else 'M'}" codeSystem="2.16.840.1.113883.5.1"/>
        <birthTime value="{member['born'].replace('-', '')}"/>
        <raceCode nullFlavor="ASKU"/>
        <ethnicGroupCode nullFlavor="ASKU"/>
      </patient>
    </patientRole>
  </recordTarget>
  <author>
    <time value="{day}113000{zone}"/>
    <assignedAuthor>
      {person}
    </assignedAuthor>
  </author>
  <custodian>
    <assignedCustodian>
      <representedCustodianOrganization>
        <id root="2.16.840.1.113883.19.5.78" extension="{who.npi}"/>
        <name>{escape(who.practice)}</name>
        <telecom use="WP" value="tel:+1-{who.phone}"/>
        <addr nullFlavor="NI"/>
      </representedCustodianOrganization>
    </assignedCustodian>
  </custodian>
  <legalAuthenticator>
    <time value="{day}114500{zone}"/>
    <signatureCode code="S"/>
    <assignedEntity>
      {person}
    </assignedEntity>
  </legalAuthenticator>{visit}
  <component>
    <structuredBody>
      <component>
        <section>
          <templateId root="{section_template}" extension="2014-06-09"/>
          <code code="{section_code}" codeSystem="2.16.840.1.113883.6.1" codeSystemName="LOINC" displayName="{section_name}"/>
          <title>{section_title}</title>
          <text>
{body}
          </text>
        </section>
      </component>
    </structuredBody>
  </component>
</ClinicalDocument>
""".encode("utf-8")


def eastern(day, time="10:15:00"):
    """An instant on an ISO date at a local time in Connecticut, with the daylight saving offset of that day."""
    date = datetime.date.fromisoformat(day)

    def sunday(month, which):
        first = datetime.date(date.year, month, 1)
        return first + datetime.timedelta(days=(6 - first.weekday()) % 7 + 7 * (which - 1))

    summer = sunday(3, 2) <= date < sunday(11, 1)
    return f"{day}T{time}{'-04:00' if summer else '-05:00'}"
