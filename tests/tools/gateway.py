"""Three adapters in a row (a gateway, a payer that forwards, in PAS 2.0.1, to a payer with policies), and what is between them stopped,
slowed, cut off, or answering garbage: each request is answered in time, each is decided in the end, none twice."""
import http.client
import http.server
import json
import subprocess
import threading
import time

from adapter import PAS_BIN, ROOT, Adapter, Ledger, distinct_bundle, expect, wait_until

LIMIT_S = 15  # PAS: an answer within fifteen seconds
PAYERS = """id = "{name}"
[[payer]]
id = "husky"
name = "HUSKY Health Prior Authorization (sample payer)"
backend = "forward"
[payer.forward]
url = "http://127.0.0.1:{port}/pas/{version}/fhir"
version = "{version}"
timeout_ms = {timeout_ms}
connect_timeout_ms = 500
follow_every_s = 2
"""


class Line:
    """The way to an adapter, with a fault put into it: stopped, slow, garbage, or cut after the request has arrived."""

    def __init__(self, target):
        self.target, self.fault, self.server = target, None, None
        self.seen = []  # path and status of what went through
        self.start(0)

    def start(self, port):
        line = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                fault = line.fault
                if fault == "garbage":
                    return self.answer(200, b'{"resourceType": "Bundle", "type": "collection", "entry": []}')
                if fault == "slow":
                    time.sleep(5)
                try:
                    status, answer = line.pass_on(self.path, body, self.headers)
                except OSError:
                    status, answer = 503, b""
                if fault == "cut":
                    self.close_connection = True
                    return None
                return self.answer(status, answer)

            def answer(self, status, body):
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/fhir+json")
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    pass  # who asked has gone

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True

        self.server = Server(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def pass_on(self, path, body, headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.target, timeout=40)
        try:
            kept = {name: headers[name] for name in ("Content-Type", "Idempotency-Key", "Via") if headers[name]}
            connection.request("POST", path, body, kept)
            answer = connection.getresponse()
            body = answer.read()
            self.seen.append((path, answer.status))
            return answer.status, body
        finally:
            connection.close()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def break_by(self, fault):
        if fault == "stopped":
            self.stop()
        self.fault = fault

    def mend(self):
        if self.fault == "stopped":
            self.start(self.port)
        self.fault = None


def submit_some(gateway, ledger, count, actions):
    def submit():
        bundle, began = distinct_bundle(), time.monotonic()
        status, _, body = gateway.submit(bundle)
        seconds = time.monotonic() - began
        ledger.note(bundle, body if status == 200 else None, seconds)
        actions.append(action_of(json.loads(body)["entry"][0]["resource"]) if status == 200 else status)

    threads = [threading.Thread(target=submit) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def action_of(response):
    """X12 306, of the first item."""
    for part in response["item"][0]["adjudication"][0]["extension"][0]["extension"]:
        if part["url"].endswith("reviewActionCode"):
            return part["valueCodeableConcept"]["coding"][0]["code"]
    return None


def is_decided(gateway, case):
    status, _, body = gateway.call("GET", f"/fhir/ClaimResponse/{case}")
    return status == 200 and action_of(json.loads(body)) == "A1"


def payers(folder, name, port, timeout_ms, version):
    file = folder / f"{name}.toml"
    file.write_text(PAYERS.format(name=name, port=port, timeout_ms=timeout_ms, version=version))
    return ["--payers", str(file)]


def faults(folder):
    stores = {name: f"sqlite:{folder}/{name}.db" for name in ("gateway", "forwarder", "policy")}
    ledger, pended, each = Ledger(), 0, 3
    with Adapter(stores["policy"]) as policy:
        back = Line(policy.port)
        with Adapter(stores["forwarder"], *payers(folder, "forwarder", back.port, 1000, "2.0.1")) as forwarder:
            front = Line(forwarder.port)
            with Adapter(stores["gateway"], *payers(folder, "gateway", front.port, 3000, "2.2.1")) as gateway:
                expect(policy.port and forwarder.port and gateway.port, "an adapter does not start")
                actions = []
                submit_some(gateway, ledger, each, actions)
                expect(actions == ["A1"] * each, f"with nothing broken the answers are {actions}")
                for line in (front, back):
                    for fault in ("stopped", "garbage", "slow", "cut"):
                        line.break_by(fault)
                        actions = []
                        submit_some(gateway, ledger, each, actions)
                        line.mend()
                        expect(set(actions) <= {"A1", "A4"}, f"{fault}: {actions}")
                        pended += actions.count("A4")
                expect(pended, "no fault was felt")
                expect(ledger.slowest < LIMIT_S, f"an answer took {ledger.slowest:.1f} s")
                cases = list(ledger.acknowledged.values())
                expect(len(cases) == 9 * each, f"{len(cases)} of {9 * each} were answered")
                wait_until(lambda: all(is_decided(gateway, case) for case in cases), "every decision", 150)
                for adapter in (gateway, forwarder, policy):
                    adapter.stop()
    counts = {name: len(rows_in(store, "cases")) for name, store in stores.items()}
    expect(set(counts.values()) == {len(cases)}, f"of {len(cases)} requests there are {counts}")
    return f"slowest {ledger.slowest:.1f} s, {pended} pended and decided later, {ledger.check(stores['gateway'])}"


def parameters(member, tracking, text="Tm90ZQ=="):
    return json.dumps({"resourceType": "Parameters", "parameter": [
        {"name": "TrackingId", "valueIdentifier": {"value": tracking}},
        {"name": "AttachTo", "valueCode": "preauth"},
        {"name": "MemberId", "valueIdentifier": {"value": member}},
        {"name": "Attachment", "part": [{"name": "Content", "resource": {
            "resourceType": "DocumentReference", "status": "current",
            "content": [{"attachment": {"contentType": "text/plain", "data": text}}]}}]},
        {"name": "Final", "valueBoolean": True}]}).encode()


def rows_in(store, table):
    run = subprocess.run([PAS_BIN, "store", "export", "--store", store], stdout=subprocess.PIPE, check=True,
                         stderr=subprocess.DEVNULL)
    return [json.loads(line)[table] for line in run.stdout.splitlines() if line.startswith(b'{"%s":' % table.encode())]


def decide(adapter, action):
    """As a reviewer, on every item of the only case that waits."""
    _, _, queue = adapter.call("GET", "/admin/queue")
    case = json.loads(queue)["cases"][0]
    decision = {"revision": case["revision"], "reviewer": {"name": "a reviewer"},
                "items": [{"sequence": item["sequence"], "action": action} for item in case["items"]]}
    status, _, body = adapter.call("POST", f"/admin/cases/{case['id']}/decision", json.dumps(decision).encode(),
                                   "application/json")
    expect(status == 200, f"the decision was answered {status}: {body[:300]}")


def follow_ups(folder):
    """What comes after a pended answer goes the same way: attachments, and what a reviewer of the payer's decides; and
    a circle of gateways ends."""
    bundle = (ROOT / "samples/bundles/row-10-prescription-too-old.json").read_bytes()
    stores = {name: f"sqlite:{folder}/{name}.db" for name in ("gateway", "policy")}
    way = Line(0)
    with Adapter(stores["policy"], "--admin-listen", "127.0.0.1:0") as policy, Adapter(
            stores["gateway"], *payers(folder, "gateway", way.port, 3000, "2.2.1")) as gateway:
        way.target = policy.port
        status, _, body = gateway.submit(bundle)
        entries = [entry["resource"] for entry in json.loads(body)["entry"]]
        expect(status == 200 and action_of(entries[0]) == "A4", f"{status} {body[:300]}")
        task = next((each for each in entries if each["resourceType"] == "Task"), None)
        expect(task, "the payer's request for a document did not come through")
        status, _, body = gateway.call("POST", "/fhir/$submit-attachment",
                                       parameters("000122970", task["identifier"][0]["value"]))
        expect(status == 200, f"the attachment was answered {status}: {body[:300]}")
        wait_until(lambda: ("/pas/2.2.1/fhir/$submit-attachment", 200) in way.seen, "the attachment", 30)
        wait_until(lambda: ("/pas/2.2.1/fhir/Claim/$inquire", 200) in way.seen, "the question how it stands", 30)
        decide(policy, "A1")
        wait_until(lambda: is_decided(gateway, entries[0]["id"]), "the reviewer's decision at the payer's", 30)
        gateway.stop()
        policy.stop()
    expect(len(rows_in(stores["policy"], "supplements")) == 1, "the payer has not one attachment")
    line = Line(0)
    with Adapter("memory", *payers(folder, "circle", line.port, 3000, "2.2.1")) as circle:
        line.target = circle.port
        status, _, body = circle.submit(bundle)
        answer = json.loads(body)["entry"][0]["resource"] if status == 200 else None
        expect(answer and action_of(answer) == "A4", f"a circle was answered {status}")
        status, _, _ = circle.call("POST", "/fhir/Claim/$submit", bundle, headers={"Via": "1.1 circle"})
        expect(status == 508, f"what came round was answered {status}")
        circle.stop()
    return "an attachment and a late decision went through, a circle ended"
