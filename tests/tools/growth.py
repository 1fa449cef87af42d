#!/usr/bin/env python3
"""How the adapter bears size: a store that grows, bundles of many entries, big attachments.

    growth.py [--cases 1000000] [--only cases|bundles|attachments] [--folder DIR]

Fills a SQLite store in DIR (by default a temporary folder; a million cases take about 19 GB) and prints at each power of
ten: latency of $submit and $inquire in process (build/release/bin/growth), bytes of a case, and the time from the
adapter's start to its first answer. Then bundles and attachments go through a running server on a new store; memory is
the process's peak. Everything is measured on the release build.
"""
import argparse
import base64
import copy
import hashlib
import json
import os
import pathlib
import subprocess
import tempfile
import time
import urllib.request

BIN = pathlib.Path(__file__).resolve().parents[2] / "build/release/bin"
os.environ.setdefault("PAS_BIN", str(BIN / "pas-adapter"))

import adapter  # noqa: E402: it reads PAS_BIN

SAMPLES = adapter.ROOT / "samples/bundles"
GUIDE = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/"


def inquiry_of(bundle):
    """An $inquire for the case of a $submit."""
    asked = copy.deepcopy(bundle)
    asked["meta"]["profile"][0] = GUIDE + "profile-pas-inquiry-request-bundle"
    claim = asked["entry"][0]["resource"]
    claim["meta"]["profile"][0] = GUIDE + "profile-claim-inquiry"
    claim.pop("supportingInfo", None)
    any_code = {"system": "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "code": "not-applicable"}
    claim["item"] = [{"sequence": 1, "productOrService": {"coding": [any_code]}}]
    return asked


def submit(port, body):
    """Seconds until the answer; fails unless it is 200."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/fhir/Claim/$submit", body,
                                     {"Content-Type": "application/fhir+json"})
    begin = time.monotonic()
    with urllib.request.urlopen(request, timeout=120) as answer:
        answer.read()
    return time.monotonic() - begin


def megabytes(process, field):
    for line in open(f"/proc/{process.pid}/status"):
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    raise KeyError(field)


def grow(folder, cases):
    sample = SAMPLES / "row-09-a1-signed-order.json"
    inquiry = folder / "inquiry.json"
    inquiry.write_text(json.dumps(inquiry_of(json.loads(sample.read_text()))))
    file = folder / "growth.db"
    print("| cases | `$submit` p50, p99 | `$inquire` p50, p99 | bytes of a case | start to first answer |\n|---|---|---|---|---|")
    done = 0
    for target in [10 ** power for power in range(3, 10) if 10 ** power <= cases]:
        run = subprocess.run([BIN / "growth", file, str(done), str(target), sample, inquiry], check=True,
                             stdout=subprocess.PIPE, cwd=adapter.ROOT)
        figures = json.loads(run.stdout)
        per_case = sum(path.stat().st_size for path in folder.glob("growth.db*")) / target
        begin = time.monotonic()
        with adapter.Adapter(f"sqlite:{file}") as running:
            submit(running.port, adapter.distinct_bundle())
            start = time.monotonic() - begin
        print(f"| {target:,} | {figures['submit_p50_ms']} ms, {figures['submit_p99_ms']} ms "
              f"| {figures['inquire_p50_ms']} ms, {figures['inquire_p99_ms']} ms | {per_case:,.0f} | {start:.2f} s |"
              f" <!-- filled in {figures['fill_s']} s -->", flush=True)
        done = target


def with_entries(bundle, count):
    """More entries: observations that the Claim does not name, as a generous EHR sends them."""
    grown = copy.deepcopy(bundle)
    patient = next(entry["fullUrl"] for entry in grown["entry"] if entry["resource"]["resourceType"] == "Patient")
    for number in range(count - len(grown["entry"])):
        grown["entry"].append({"fullUrl": f"urn:uuid:00000000-0000-4000-9000-{number:012}", "resource": {
            "resourceType": "Observation", "id": f"o{number}", "status": "final", "subject": {"reference": patient},
            "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]}, "effectiveDateTime": "2026-03-01",
            "valueQuantity": {"value": 70, "unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min"}}})
    return grown


def with_document(bundle, size):
    """One document of `size` bytes, beside what the Claim needs."""
    grown = copy.deepcopy(bundle)
    document = next(entry["resource"] for entry in grown["entry"] if entry["resource"]["resourceType"] == "DocumentReference")
    attachment = document["content"][0]["attachment"]
    data = (base64.b64decode(attachment["data"]) + os.urandom(size).hex().encode())[:size]
    attachment.update(data=base64.b64encode(data).decode(), size=len(data),
                      hash=base64.b64encode(hashlib.sha1(data).digest()).decode())
    return grown


def send(folder, what, made):
    print(f"\n| {what} | body | latency | memory beyond idle, of the body |\n|---|---|---|---|")
    for name, bundle in made:
        body = json.dumps(bundle).encode()
        store = folder / "sizes.db"
        with adapter.Adapter(f"sqlite:{store}", "--body-limit-mb", "128") as running:
            submit(running.port, adapter.distinct_bundle())
            idle = megabytes(running.process, "VmHWM")
            took = submit(running.port, body)
            beyond = megabytes(running.process, "VmHWM") - idle
        for path in folder.glob("sizes.db*"):
            path.unlink()
        size = len(body) / 2 ** 20
        print(f"| {name} | {size:.2f} MB | {took * 1e3:,.0f} ms | {beyond:.1f} MB, {beyond / size:.1f} times |", flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--cases", type=int, default=1_000_000)
    arguments.add_argument("--only", choices=["cases", "bundles", "attachments"])
    arguments.add_argument("--folder", type=pathlib.Path)
    chosen = arguments.parse_args()
    small = json.loads((SAMPLES / "row-05-rental-first-three-months.json").read_text())
    documented = json.loads((SAMPLES / "row-09-a1-deferoxamine-overload.json").read_text())
    with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
        folder = pathlib.Path(name)
        if chosen.only in (None, "cases"):
            grow(folder, chosen.cases)
        if chosen.only in (None, "bundles"):
            send(folder, "entries", ((f"{count:,}", with_entries(small, count)) for count in (10, 100, 1000, 10_000)))
        if chosen.only in (None, "attachments"):
            send(folder, "document", ((f"{size} MB", with_document(documented, size << 20)) for size in (1, 20, 64)))


main()
