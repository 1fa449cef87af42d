"""Three adapters in a row (a gateway, a payer that forwards, in PAS 2.0.1, to a payer with policies) under load, each of them killed in
turn, and what is between them stopped, slowed, cut off, or answering garbage: each request is answered in time, each is
decided in the end, none twice."""
import http.client
import http.server
import json
import subprocess
import threading
import time

from adapter import PAS_BIN, ROOT, Adapter, Ledger, distinct_bundle, expect, verify, wait_until

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
follow_every_s = {follow_s}
"""


class Line:
    """The way to an adapter, with a fault put into it: stopped, slow, garbage, or cut after the request has arrived."""

    def __init__(self, target):
        self.target, self.fault, self.server = target, None, None
        self.seen, self.answers = [], {}  # path and status of what went through, and by path the last answer
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
            self.answers[path] = body
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


def action_of(response):
    """X12 306, of the first item."""
    for part in response["item"][0]["adjudication"][0]["extension"][0]["extension"]:
        if part["url"].endswith("reviewActionCode"):
            return part["valueCodeableConcept"]["coding"][0]["code"]
    return None


def is_decided(gateway, case):
    status, _, body = gateway.call("GET", f"/fhir/ClaimResponse/{case}")
    return status == 200 and action_of(json.loads(body)) == "A1"


def payers(folder, name, port, timeout_ms, version, follow_s=2, more=""):
    file = folder / f"{name}.toml"
    values = {"name": name, "port": port, "timeout_ms": timeout_ms, "version": version, "follow_s": follow_s}
    file.write_text(PAYERS.format(**values) + more)
    return ["--payers", str(file)]


class Row:
    """The three adapters and the ways between them. One that was killed comes back on another port."""

    def __init__(self, folder):
        self.front, self.back = Line(0), Line(0)
        self.stores = {name: f"sqlite:{folder}/{name}.db" for name in ("policy", "forwarder", "gateway")}
        self.arguments = {"policy": [], "forwarder": payers(folder, "forwarder", self.back.port, 1000, "2.0.1"),
                          "gateway": payers(folder, "gateway", self.front.port, 3000, "2.2.1")}
        self.adapters = {}
        for name in self.stores:
            self.start(name)

    def start(self, name):
        adapter = Adapter(self.stores[name], "--admin-listen", "127.0.0.1:0", *self.arguments[name])
        expect(adapter.port, f"{name} does not start")
        self.adapters[name] = adapter
        if name != "gateway":
            (self.front if name == "forwarder" else self.back).target = adapter.port

    def restart(self, name):
        with self.adapters[name] as adapter:
            adapter.kill()
        self.start(name)

    def waiting(self):
        """How many cases are pended at the gateway."""
        _, _, body = self.adapters["gateway"].call("GET", "/admin/queue")
        return len(json.loads(body)["cases"])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for adapter in self.adapters.values():
            with adapter:
                pass


class Clients:
    """Each submits one Bundle after another to the gateway. What breaks with it is sent again, until it is answered."""

    def __init__(self, row, count):
        self.row, self.ledger, self.actions = row, Ledger(), []
        self.stopping, self.problem = threading.Event(), None
        self.threads = [threading.Thread(target=self.run, daemon=True) for _ in range(count)]
        for thread in self.threads:
            thread.start()

    def run(self):
        try:
            while not self.stopping.is_set():
                self.submit(distinct_bundle())
        except Exception as problem:  # told by finish()
            self.problem = problem

    def submit(self, bundle):
        while True:
            began = time.monotonic()
            try:
                status, _, body = self.row.adapters["gateway"].submit(bundle)
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
                continue
            expect(status == 200, f"answered {status}: {body[:300]}")
            self.ledger.note(bundle, body, time.monotonic() - began)
            self.actions.append(action_of(json.loads(body)["entry"][0]["resource"]))
            self.stopping.wait(0.1)
            return

    def wait_for_a_decision(self):
        """At once again, not by the outbox."""
        before = len(self.actions)
        wait_until(lambda: "A1" in self.actions[before:] or self.problem, "an answer of the payer's", 30)

    def finish(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()
        if self.problem:
            raise self.problem


def under_load(folder, seconds):
    """Everything once, for so many seconds in all. In a minute or more each fault begins when the one before is over; in
    less some meet adapters that spare each other for it."""
    with Row(folder) as row:
        faults = [(line, fault) for fault in ("slow", "garbage", "cut", "stopped") for line in (row.front, row.back)]
        kills = ["forwarder", "policy", "gateway"]
        share = seconds / (len(faults) + len(kills) + 1)
        clients = Clients(row, 6)
        time.sleep(share)
        expect(set(clients.actions) == {"A1"}, f"with nothing broken the answers are {set(clients.actions)}")
        for number, (line, fault) in enumerate(faults):
            line.break_by(fault)
            time.sleep(share)
            line.mend()
            if seconds >= 60:
                clients.wait_for_a_decision()
            if number % 2 == 1 and kills:
                row.restart(kills.pop(0))
                time.sleep(share)
        clients.finish()
        pended = clients.actions.count("A4")
        expect(pended, "no fault was felt")
        expect(clients.ledger.slowest < LIMIT_S, f"an answer took {clients.ledger.slowest:.1f} s")
        wait_until(lambda: row.waiting() == 0, "every decision", 150)
        for adapter in row.adapters.values():
            adapter.stop()
    members = {}
    for name, store in row.stores.items():
        verify(store)
        members[name] = sorted(case["member_id"] for case in rows_in(store, "cases"))
        actions = {item["action"] for item in rows_in(store, "items")}
        expect(actions == {"A1"}, f"{name} has {actions}")
        expect(len(set(members[name])) == len(members[name]), f"{name} has a request twice")
        expect(members[name] == members["policy"], f"{name} has other requests than the one behind it")
    return (f"slowest {clients.ledger.slowest:.1f} s, {pended} pended and decided later, each of the three killed, "
            f"{clients.ledger.check(row.stores['gateway'])}")


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
    """What comes after a pended answer goes the same way: attachments, and what a reviewer of the payer's decides, of
    which the payer's server tells at once; and a circle of gateways ends."""
    bundle = (ROOT / "samples/bundles/row-10-prescription-too-old.json").read_bytes()
    stores = {name: f"sqlite:{folder}/{name}.db" for name in ("gateway", "policy")}
    way = Line(0)
    (folder / "secret").write_text("s" * 40 + "\n")
    hearing = 'organizations = ["2093401281"]\nnotify_secret = "secret"\n'
    with Adapter(stores["policy"], "--admin-listen", "127.0.0.1:0", "--notify-allow-http", "--notify-allow-host",
                 "127.0.0.1") as policy:
        way.target = policy.port
        follow_up(policy, way, Adapter(stores["gateway"],
                                       *payers(folder, "gateway", way.port, 3000, "2.2.1", 3000, hearing)), bundle)
        policy.stop()
    expect(len(rows_in(stores["policy"], "supplements")) == 1, "the payer has not one attachment")
    circle_of_gateways(folder, bundle)
    return "an attachment and a late decision went through, a circle ended"


def is_active(policy, way):
    answer = way.answers.get("/pas/2.2.1/fhir/Subscription")
    return answer and b'"active"' in policy.call("GET", "/fhir/Subscription/" + json.loads(answer)["id"])[2]


def follow_up(policy, way, started, bundle):
    with started as gateway:
        wait_until(lambda: is_active(policy, way), "the subscription at the payer's server", 30)
        for secret in ("", "Bearer " + "x" * 40):
            status, _, _ = gateway.call("POST", "/gateway/husky/notification", b"{}", headers={"Authorization": secret})
            expect(status == 401, f"a notification without the secret was answered {status}")
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


def circle_of_gateways(folder, bundle):
    line = Line(0)
    with Adapter("memory", *payers(folder, "circle", line.port, 3000, "2.2.1")) as circle:
        line.target = circle.port
        status, _, body = circle.submit(bundle)
        answer = json.loads(body)["entry"][0]["resource"] if status == 200 else None
        expect(answer and action_of(answer) == "A4", f"a circle was answered {status}")
        status, _, _ = circle.call("POST", "/fhir/Claim/$submit", bundle, headers={"Via": "1.1 circle"})
        expect(status == 508, f"what came round was answered {status}")
        circle.stop()
