#!/usr/bin/env python3
"""Minutes of mixed requests against one adapter, and what it costs: memory, descriptors and the store's log must not
grow with time, and in the end everything that was acknowledged is there.

    soak.py [MINUTES] [--store SPECIFICATION]

A line every half minute. Exit code 1: memory grew, a request failed, or the store does not hold what was told. PAS_BIN
is the adapter (build/dev/bin/pas-adapter); without --store it is SQLite in a temporary folder.
"""
import argparse
import http.client
import json
import pathlib
import sys
import tempfile
import threading
import time

from adapter import Adapter, Failed, Ledger, distinct_bundle, expect

CLIENTS = 4
SAMPLE_SECONDS = 30
ALLOWED_GROWTH = 1.15  # of resident memory, from the first third of the run to its last
ALLOWED_GROWTH_MB = 16


class Client(threading.Thread):
    """Of ten requests five submit, one resends, two read, one searches, one breaks off."""

    def __init__(self, adapter, ledger, end):
        super().__init__(daemon=True)
        self.adapter, self.ledger, self.end = adapter, ledger, end
        self.requests, self.problem = 0, None

    def run(self):
        try:
            connection = self.adapter.client()
            while time.monotonic() < self.end:
                self.ten(connection)
        except Exception as problem:  # told at the end
            self.problem = problem

    def ask(self, connection, method, path, body=None):
        connection.request(method, path, body, {"Content-Type": "application/fhir+json"} if body else {})
        answer = connection.getresponse()
        self.requests += 1
        return answer.status, answer.read()

    def ten(self, connection):
        for i in range(5):
            bundle = distinct_bundle(200_000 if i == 0 and self.requests % 100 < 10 else 0)
            status, body = self.ask(connection, "POST", "/fhir/Claim/$submit", bundle)
            expect(status == 200, f"$submit was answered {status}")
            self.ledger.note(bundle, body)
        status, body = self.ask(connection, "POST", "/fhir/Claim/$submit", bundle)
        expect(status == 200, f"a resend was answered {status}")
        self.ledger.note(bundle, body)
        claim_response = json.loads(body)["entry"][0]["resource"]
        for path in (f"/fhir/ClaimResponse/{claim_response['id']}", f"/fhir/Claim/{claim_response['id']}"):
            status, _ = self.ask(connection, "GET", path)
            expect(status == 200, f"{path} was answered {status}")
        number = bundle.split(b'"value": "R')[1][:7].decode() if b'"value": "R' in bundle else "none"
        status, _ = self.ask(connection, "GET", f"/fhir/ClaimResponse?identifier=R{number}")
        expect(status == 200, f"a search was answered {status}")
        broken = self.adapter.client()
        broken.connect()
        broken.sock.sendall(b"POST /fhir/Claim/$submit HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n{")
        broken.close()


def soak(minutes, store, folder):
    ledger, samples = Ledger(), []
    with Adapter(store) as adapter:
        expect(adapter.port, "the adapter does not start")
        began = time.monotonic()
        end = began + minutes * 60
        clients = [Client(adapter, ledger, end) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        step = min(SAMPLE_SECONDS, minutes * 60 / 12)
        while time.monotonic() < end - step / 2 and not any(client.problem for client in clients):
            time.sleep(step)
            log = pathlib.Path(folder) / "adapter.db-wal"
            samples.append(adapter.resident_mb())
            print(f"{time.monotonic() - began:6.0f} s  {sum(client.requests for client in clients):8} requests  "
                  f"{ledger.count():7} cases  RSS {samples[-1]:6.1f} MB  {adapter.descriptors():4} descriptors  "
                  f"log {log.stat().st_size / 1e6 if log.exists() else 0:6.1f} MB", flush=True)
        for client in clients:
            client.join(90)
            if client.problem:
                raise client.problem
        adapter.stop()
    third = max(len(samples) // 3, 1)
    first, last = max(samples[:third]), max(samples[-third:])
    print(f"RSS at most {first:.1f} MB in the first third, {last:.1f} MB in the last; {ledger.check(store)}")
    expect(last <= max(first * ALLOWED_GROWTH, first + ALLOWED_GROWTH_MB), "memory grew")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("minutes", nargs="?", type=float, default=10)
    parser.add_argument("--store", default="")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pas-soak-") as folder:
        try:
            soak(arguments.minutes, arguments.store or f"sqlite:{folder}/adapter.db", folder)
        except (Failed, OSError, http.client.HTTPException) as why:
            sys.exit(f"soak: failed: {why}")
    print("soak: ok")


if __name__ == "__main__":
    main()
