"""What chaos.py and soak.py share: adapters and PostgreSQL servers as processes, clients that submit, and the check of
what they were told against what the store holds. Python's standard library only."""
import hashlib
import http.client
import itertools
import json
import os
import pathlib
import pwd
import resource
import shutil
import signal
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAS_BIN = os.environ.get("PAS_BIN", str(ROOT / "build/dev/bin/pas-adapter"))
POSTGRES_BIN = pathlib.Path("/usr/lib/postgresql/15/bin")
FAKETIME = pathlib.Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
SAMPLE = (ROOT / "samples/bundles/row-09-a1-signed-order.json").read_text()
NUMBERS = itertools.count(1)


class Failed(Exception):
    """A scenario that did not go as it must; the text says why."""


def expect(condition, text):
    if not condition:
        raise Failed(text)


def wait_until(condition, what, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.02)
    raise Failed(f"{what} did not come within {seconds} s")


def distinct_bundle(padding=0):
    """A Bundle that is certified, with a Claim identifier and a member of its own; `padding` bytes longer."""
    number = f"{next(NUMBERS):07}"
    text = SAMPLE.replace("R1410804", "R" + number).replace("001410804", "01" + number)
    return (text + " " * padding).encode()


class Adapter:
    """`pas-adapter serve` on a free port; killed at the end if it still runs."""

    def __init__(self, store, *arguments, environment=None, limits=None, log=None):
        self.log = open(log or os.devnull, "ab")
        command = [PAS_BIN, "serve", "--listen", "127.0.0.1:0", "--store", store, "--providers", "samples/providers.csv",
                   *arguments]

        def before():
            for name, value in (limits or {}).items():
                resource.setrlimit(name, (value, value))

        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=self.log, text=True,
                                        env={**os.environ, **(environment or {})}, preexec_fn=before)
        self.port = self.admin_port = 0
        for line in self.process.stdout:
            if line.startswith("admin routes at"):
                self.admin_port = int(line.split("127.0.0.1:")[1].split("/")[0])
            if "is ready at" in line:
                self.port = int(line.split("127.0.0.1:")[1].split("/")[0])
                break

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(60)
        expect(code == 0, f"SIGTERM ended it with {code}")

    def may_not_write(self, is_so):
        """Every write to a file fails from now on, as on a disk that became read-only; or no longer."""
        _, hard = resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (1 if is_so else hard, hard))

    def client(self, port=None):
        return http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=40)

    def call(self, method, path, body=None, content_type="application/fhir+json", headers=None):
        connection = self.client(self.admin_port if path.startswith("/admin/") else None)
        try:
            own = {"Content-Type": content_type} if body is not None else {}
            connection.request(method, path, body, {**own, **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def submit(self, bundle):
        return self.call("POST", "/fhir/Claim/$submit", bundle)

    def resident_mb(self):
        pages = int(pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGESIZE") / 1e6

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


class Ledger:
    """What was sent, and what was acknowledged: the response's id by the SHA-256 of the request."""

    def __init__(self):
        self.lock = threading.Lock()
        self.acknowledged, self.in_doubt, self.refused = {}, set(), 0
        self.slowest = 0.0

    def note(self, bundle, answer, seconds=0.0):
        key = hashlib.sha256(bundle).hexdigest()
        with self.lock:
            self.slowest = max(self.slowest, seconds)
            if answer is None:
                self.in_doubt.add(key)
                return
            response = json.loads(answer)["entry"][0]["resource"]["id"]
            before = self.acknowledged.setdefault(key, response)
            expect(before == response, f"a request was answered as {before}, then as {response}")
            self.in_doubt.discard(key)

    def note_refusal(self):
        with self.lock:
            self.refused += 1

    def count(self):
        with self.lock:
            return len(self.acknowledged)

    def check(self, store):
        """Every acknowledged case is there, none twice, no number twice, and the store is sound; nobody has it open."""
        verify(store)
        cases, numbers = {}, set()
        export = subprocess.Popen([PAS_BIN, "store", "export", "--store", store], stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL)
        for line in export.stdout:
            if line.startswith(b'{"cases":'):
                row = json.loads(line)["cases"]
                expect(row["request_sha256"] not in cases, f"case {row['id']}: its request is stored twice")
                cases[row["request_sha256"]] = row["id"]
            elif line.startswith(b'{"items":'):
                number = json.loads(line)["items"]["authorization_number"]
                expect(not number or number not in numbers, f"the number {number} was given twice")
                numbers.add(number)
        expect(export.wait() == 0, "the store cannot be exported")
        for key, response in self.acknowledged.items():
            expect(cases.get(key) == response, f"case {response} was acknowledged and is not there")
        unknown = set(cases) - set(self.acknowledged) - self.in_doubt
        expect(not unknown, f"{len(unknown)} cases that nobody sent")
        stored = len(self.in_doubt & set(cases))
        return f"{len(self.acknowledged)} acknowledged and there, {len(self.in_doubt)} in doubt ({stored} stored)"


def verify(store):
    run = subprocess.run([PAS_BIN, "store", "verify", "--store", store], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         text=True)
    expect(run.returncode == 0, f"store verify: {run.stdout.strip()[:500]}")


class Load:
    """Clients that submit one Bundle after another, each until it is acknowledged, to the adapters in turn."""

    def __init__(self, adapters, ledger, clients=4, give_up=True):
        self.adapters, self.ledger, self.give_up = adapters, ledger, give_up
        self.stopping, self.problem = threading.Event(), None
        self.threads = [threading.Thread(target=self.run, args=(i,), daemon=True) for i in range(clients)]
        for thread in self.threads:
            thread.start()

    def run(self, turn):
        connections = {}
        try:
            while not self.stopping.is_set():
                self.submit(distinct_bundle(), turn, connections)
                turn += 1
        except Exception as problem:  # told by finish()
            self.problem = problem

    def submit(self, bundle, turn, connections):
        """With `give_up` a request whose connection breaks stays in doubt: its adapter was killed."""
        began = time.monotonic()
        while True:
            adapter = self.adapters[turn % len(self.adapters)]
            connection = connections.setdefault(adapter.port, adapter.client())
            try:
                connection.request("POST", "/fhir/Claim/$submit", bundle, {"Content-Type": "application/fhir+json"})
                answer = connection.getresponse()
                status, body = answer.status, answer.read()
            except (OSError, http.client.HTTPException):
                connections.pop(adapter.port).close()
                self.ledger.note(bundle, None)
                if self.give_up or self.stopping.is_set():
                    return self.stopping.wait(0.05)
                turn += 1
                self.stopping.wait(0.05)
                continue
            if status == 200:
                return self.ledger.note(bundle, body, time.monotonic() - began)
            expect(status == 503 and answer.headers["Retry-After"] and not body, f"answered {status}: {body[:300]}")
            self.ledger.note_refusal()
            self.ledger.note(bundle, None)  # the store may have done it: only its answer was lost
            if self.stopping.is_set():
                return
            turn += 1
            self.stopping.wait(0.05)

    def wait_for(self, more, seconds=120):
        wanted = self.ledger.count() + more
        wait_until(lambda: self.ledger.count() >= wanted or self.problem, f"{more} answers", seconds)
        if self.problem:
            raise self.problem

    def finish(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(90)
        if self.problem:
            raise self.problem


class PostgresServer:
    """A cluster of its own below `folder`, on a Unix socket there, as the tests start one."""

    def __init__(self, folder):
        self.folder = str(folder)
        os.makedirs(self.folder)
        self.user = {}
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            self.user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        self.data = self.folder + "/data"
        subprocess.run([POSTGRES_BIN / "initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "--no-locale", "-E", "UTF8"],
                       check=True, stdout=subprocess.DEVNULL, cwd=self.folder, **self.user)
        self.process = None
        self.start()

    @staticmethod
    def is_installed():
        return (POSTGRES_BIN / "postgres").exists()

    @property
    def store(self):
        return f"postgres:host={self.folder} user=postgres dbname=postgres"

    def start(self):
        with open(self.folder + "/log", "ab") as log:
            self.process = subprocess.Popen(
                [POSTGRES_BIN / "postgres", "-D", self.data, "-k", self.folder, "-h", "", "-c", "max_connections=60"],
                stdout=log, stderr=log, cwd=self.folder, **self.user)
        wait_until(lambda: subprocess.run([POSTGRES_BIN / "pg_isready", "-q", "-h", self.folder]).returncode == 0,
                   "PostgreSQL")

    def stop(self, number=signal.SIGINT):
        self.process.send_signal(number)
        self.process.wait()

    def run(self, sql):
        subprocess.run([POSTGRES_BIN / "psql", "-q", "-h", self.folder, "-U", "postgres", "-c", sql], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)
