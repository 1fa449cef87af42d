#!/usr/bin/env python3
"""Breaks what an adapter stands on, under load, and counts afterwards: every acknowledged case is there, none twice, no
number given twice, and `store verify` is content.

    chaos.py [SECONDS] [--kills N] [--only NAME,NAME] [--list]

Each scenario prints one line; the exit code is 1 when one failed. SECONDS (60) bounds the kill -9 loop, --kills N runs
it N times instead. PAS_BIN is the adapter (build/dev/bin/pas-adapter). A disk of its own needs root, the clock
libfaketime, the database PostgreSQL 15: what is not here is skipped, and said.
"""
import argparse
import datetime
import http.server
import json
import os
import pathlib
import random
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import gateway
from adapter import (FAKETIME, Adapter, Failed, Ledger, Load, PostgresServer, distinct_bundle, expect, verify, wait_until)

ARGUMENTS = None
HEAD = b"POST /fhir/Claim/$submit HTTP/1.1\r\nHost: x\r\nContent-Type: application/fhir+json\r\nContent-Length: %d\r\n\r\n"


class Skipped(Exception):
    """What a scenario needs is not here."""


def kill_nine(folder):
    store, ledger = f"sqlite:{folder}/adapter.db", Ledger()
    end, kills = time.monotonic() + ARGUMENTS.seconds, 0
    while kills < ARGUMENTS.kills if ARGUMENTS.kills else time.monotonic() < end:
        with Adapter(store) as adapter:
            expect(adapter.port, "the adapter does not start after a kill")
            load = Load([adapter], ledger)
            load.wait_for(random.randrange(1, 25))
            adapter.kill()
            load.finish()
        kills += 1
        verify(store)
        if kills % 50 == 0:
            ledger.check(store)
    return f"{kills} kills, {ledger.check(store)}"


class SmallDisk:
    """A file system of so many MB, where this process may mount one."""

    def __init__(self, folder, megabytes):
        self.folder = folder / "disk"
        self.folder.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", self.folder],
                          stderr=subprocess.DEVNULL).returncode:
            raise Skipped("a small file system cannot be mounted here (root may)")

    def remount(self, how):
        subprocess.run(["mount", "-o", f"remount,{how}", self.folder], check=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", self.folder])


def expect_refusals(adapter, ledger):
    """503 with Retry-After and without a body; what is there is still read."""
    for _ in range(5):
        status, headers, body = adapter.submit(distinct_bundle())
        expect(status == 503 and headers["Retry-After"] and not body, f"a full disk was answered {status}: {body[:200]}")
    for response in list(ledger.acknowledged.values())[:20]:
        status, _, _ = adapter.call("GET", f"/fhir/ClaimResponse/{response}")
        expect(status == 200, f"a read was answered {status}")


def submit_until_refused(adapter, ledger, most):
    for _ in range(most):
        bundle = distinct_bundle(20_000)
        status, _, body = adapter.submit(bundle)
        ledger.note(bundle, body if status == 200 else None)
        if status != 200:
            return
    raise Failed("the disk never was full")


def disk_full(folder):
    ledger, ballast = Ledger(), folder / "disk/ballast"
    with SmallDisk(folder, 6):
        store = f"sqlite:{folder}/disk/adapter.db"
        with Adapter(store) as adapter:
            load = Load([adapter], ledger)
            load.wait_for(20)
            load.finish()
            for _ in range(3):
                with open(ballast, "wb", buffering=0) as file:
                    try:
                        while file.write(b"x" * 4096) == 4096:
                            pass
                    except OSError:
                        pass
                submit_until_refused(adapter, ledger, 500)
                expect_refusals(adapter, ledger)
                ballast.unlink()
                load = Load([adapter], ledger)
                load.wait_for(5)
                load.finish()
            adapter.stop()
        return f"full 3 times, {ledger.check(store)}"


def disk_read_only(folder):
    store, ledger = f"sqlite:{folder}/adapter.db", Ledger()
    with Adapter(store) as adapter:
        for _ in range(5):
            load = Load([adapter], ledger, give_up=False)
            load.wait_for(10)
            adapter.may_not_write(True)
            time.sleep(0.2)
            expect_refusals(adapter, ledger)
            adapter.may_not_write(False)
            load.wait_for(5)
            load.finish()
        adapter.stop()
    return f"read-only 5 times under load, {ledger.refused} refused, {ledger.check(store)}"


def start_on_read_only(folder):
    ledger = Ledger()
    with SmallDisk(folder, 16) as disk:
        store = f"sqlite:{folder}/disk/adapter.db"
        for _ in range(2):
            with Adapter(store) as adapter:
                load = Load([adapter], ledger)
                load.wait_for(20)
                load.finish()
                adapter.kill()
            disk.remount("ro")
            with Adapter(store, log=folder / "log") as adapter:
                expect(adapter.port == 0 and adapter.process.wait(20) == 1, "it starts on a disk that it cannot write")
            disk.remount("rw")
        text = (folder / "log").read_text()
        expect("adapter.db" in text, f"the refusal does not name the file: {text[:300]}")
        return f"refused to start twice, {ledger.check(store)}"


def need_postgres():
    if not PostgresServer.is_installed():
        raise Skipped("PostgreSQL 15 is not installed")


def postgres_restarts(folder):
    need_postgres()
    ledger = Ledger()
    with PostgresServer(folder / "pg") as server, Adapter(server.store) as adapter:
        load = Load([adapter], ledger, give_up=False)
        for number in (signal.SIGINT, signal.SIGQUIT) * 3:
            load.wait_for(15)
            server.stop(number)
            time.sleep(0.3)
            server.start()
        load.wait_for(15)
        server.stop()
        time.sleep(6)  # longer than calls are tried again: writes are refused at once now
        status, headers, body = adapter.submit(distinct_bundle())
        expect(status == 503 and headers["Retry-After"] and not body, f"without a database it was answered {status}")
        server.start()
        load.wait_for(15)
        load.finish()
        adapter.stop()
        return f"7 restarts, {ledger.refused} refused, {ledger.check(server.store)}"


def postgres_cuts(folder):
    need_postgres()
    ledger = Ledger()
    with PostgresServer(folder / "pg") as server, Adapter(server.store) as adapter:
        load = Load([adapter], ledger, give_up=False)
        for _ in range(60):
            load.wait_for(2)
            server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pas-adapter'")
        load.finish()
        adapter.stop()
        return f"all connections cut 60 times, {ledger.refused} refused, {ledger.check(server.store)}"


def two_adapters(folder):
    need_postgres()
    ledger = Ledger()
    with PostgresServer(folder / "pg") as server, Adapter(server.store) as stays:
        for _ in range(5):
            with Adapter(server.store) as killed:
                load = Load([killed, stays], ledger, give_up=False)
                load.wait_for(30)
                killed.kill()
                load.wait_for(20)
                load.finish()
        stays.stop()
        return f"one of two killed 5 times, {ledger.check(server.store)}"


def slow_clients(folder):
    """Heads and bodies that drip, and answers that nobody reads, while others are served."""
    store, ledger, bundle = f"sqlite:{folder}/adapter.db", Ledger(), distinct_bundle()
    with Adapter(store) as adapter:
        slow = []
        for i in range(300):
            connection = socket.create_connection(("127.0.0.1", adapter.port))
            connection.setblocking(False)
            if i % 3 == 0:
                connection.send(b"POST /fhir/Claim/$submit HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            elif i % 3 == 1:
                connection.send(HEAD % len(bundle) + bundle[:1000])
            else:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                connection.send(b"GET /fhir/metadata HTTP/1.1\r\nHost: x\r\n\r\n" * 200)
            slow.append(connection)
        load = Load([adapter], ledger)
        end = time.monotonic() + 12
        while time.monotonic() < end and not load.problem:
            for connection in slow[::3] + slow[1::3]:
                try:
                    connection.send(b"a")
                except OSError:
                    pass  # cut, as it must be
            time.sleep(0.5)
        load.finish()
        _, headers, _ = adapter.call("GET", "/healthz")
        cut = sum(is_cut(connection) for connection in slow[::3])
        expect(cut == 100, f"of 100 dripping heads {cut} were ended within 12 s")
        expect(ledger.count() > 50, f"only {ledger.count()} others were answered")
        expect(not ledger.refused, f"{ledger.refused} others were refused")
        adapter.stop()
    return f"300 slow clients, the slowest other answer took {ledger.slowest:.2f} s, {ledger.check(store)}"


def is_cut(connection):
    try:
        connection.setblocking(True)
        connection.settimeout(2)
        while connection.recv(65536):
            pass
        return True
    except ConnectionError:
        return True
    except OSError:
        return False


def big_bodies(folder):
    """Bodies just under the limit, many at once, beside small requests."""
    store, ledger = f"sqlite:{folder}/adapter.db", Ledger()
    with Adapter(store) as adapter:
        def submit_big():
            bundle = distinct_bundle(60 << 20)
            try:
                status, _, body = adapter.submit(bundle)
                ledger.note(bundle, body if status == 200 else None)
            except OSError:
                ledger.note(bundle, None)

        big = [threading.Thread(target=submit_big) for _ in range(8)]
        load, small = None, Ledger()
        for thread in big:
            thread.start()
        load = Load([adapter], small)
        for thread in big:
            thread.join()
        load.finish()
        expect(small.count() > 0 and not small.refused, f"{small.count()} small ones answered, {small.refused} refused")
        adapter.stop()
    told = f"8 bodies of 60 MB, beside them {small.count()} small ones, the slowest {small.slowest:.2f} s"
    ledger.acknowledged.update(small.acknowledged)
    ledger.in_doubt |= small.in_doubt
    return f"{told}, {ledger.check(store)}"


def half_closed(folder):
    store, ledger = f"sqlite:{folder}/adapter.db", Ledger()
    with Adapter(store) as adapter:
        load = Load([adapter], ledger)
        for i in range(200):
            with socket.create_connection(("127.0.0.1", adapter.port)) as connection:
                bundle = distinct_bundle()
                whole = i % 2 == 0
                connection.sendall(HEAD % len(bundle) + (bundle if whole else bundle[:500]))
                connection.shutdown(socket.SHUT_WR)
                connection.settimeout(30)
                answer = b""
                while piece := connection.recv(65536):
                    answer += piece
                if whole:
                    expect(answer.startswith(b"HTTP/1.1 200 "), f"half-closed after the request: {answer[:100]}")
                    ledger.note(bundle, answer.split(b"\r\n\r\n", 1)[1])
                else:
                    expect(answer.startswith(b"HTTP/1.1 400 "), f"half-closed inside the request: {answer[:100]}")
        load.finish()
        expect(not ledger.refused, f"{ledger.refused} others were refused")
        adapter.stop()
    return f"200 half-closed connections, {ledger.check(store)}"


def descriptors(folder):
    """More connections than the process may have descriptors."""
    store, ledger = f"sqlite:{folder}/adapter.db", Ledger()
    with Adapter(store, limits={resource.RLIMIT_NOFILE: 64}, log=folder / "log") as adapter:
        load = Load([adapter], ledger, give_up=False)
        load.wait_for(10)
        for _ in range(3):
            many = [socket.create_connection(("127.0.0.1", adapter.port)) for _ in range(200)]
            load.wait_for(30)
            for connection in many:
                connection.close()
            wait_until(lambda: adapter.call("GET", "/healthz")[0] == 200, "an answer after the flood")
        load.finish()
        adapter.stop()
    paused = (folder / "log").read_text().count("http.accept_paused")
    expect(paused, "the descriptors never ran out")
    expect(not ledger.refused, f"{ledger.refused} on open connections were refused")
    return f"200 connections on 64 descriptors 3 times, accepting paused {paused} times, {ledger.refused} refused, {ledger.check(store)}"


class FakeClock:
    """A clock of an adapter that jumps when it is told to; monotonic time goes on."""

    def __init__(self, folder):
        if not FAKETIME.exists():
            raise Skipped("libfaketime is not installed (apt-get install libfaketime)")
        self.file = folder / "time"
        self.offset = 0
        self.jump(0)
        self.environment = {"LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(self.file),
                            "FAKETIME_NO_CACHE": "1", "DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}

    def jump(self, seconds):
        self.offset += seconds
        beside = self.file.with_suffix(".new")
        beside.write_text(f"{self.offset:+d}s\n")
        beside.replace(self.file)


def clock_jumps(folder):
    store, ledger, clock = f"sqlite:{folder}/adapter.db", Ledger(), FakeClock(folder)
    jumps = [3600, -7200, 40 * 86400, -80 * 86400, 40 * 86400, 1, -1, 365 * 86400, -365 * 86400 - 3600]
    with Adapter(store, environment=clock.environment) as adapter:
        load = Load([adapter], ledger)
        for seconds in jumps:
            load.wait_for(10)
            clock.jump(seconds)
            bundle = distinct_bundle()
            status, _, body = adapter.submit(bundle)
            expect(status == 200, f"after a jump of {seconds} s it was answered {status}")
            ledger.note(bundle, body)
            told = datetime.datetime.fromisoformat(json.loads(body)["timestamp"]).timestamp()
            expect(abs(told - time.time() - clock.offset) < 60, f"the clock did not jump {seconds} s: {told}")
        load.wait_for(10)
        load.finish()
        expect(not ledger.refused, f"{ledger.refused} were refused")
        adapter.stop()
    return f"{len(jumps)} jumps of up to a year under load, {ledger.check(store)}"


def retention(folder):
    """Cases whose time is over go while others come."""
    store, old, new, clock = f"sqlite:{folder}/adapter.db", Ledger(), Ledger(), FakeClock(folder)
    with Adapter(store) as adapter:
        load = Load([adapter], old)
        load.wait_for(1000)
        load.finish()
        adapter.stop()
    clock.jump(900 * 86400)
    log = folder / "log"
    with Adapter(store, "--retain", "365d", environment=clock.environment, log=log) as adapter:
        began = time.monotonic()
        load = Load([adapter], new)
        wait_until(lambda: "service.purged" in log.read_text(), "the purge")
        seconds = time.monotonic() - began
        load.finish()
        expect(not new.refused, f"{new.refused} were refused")
        adapter.stop()
    # What the check takes for cases that nobody sent would be those that are to be gone.
    return (f"{old.count()} cases removed in {seconds:.1f} s under load, the slowest answer took {new.slowest:.2f} s, "
            f"{new.check(store)}")


class Endpoint:
    """Takes notifications while it is up, and remembers the event numbers."""

    def __init__(self):
        self.numbers, self.is_up, self.tries = [], True, 0
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                endpoint.tries += 1
                if endpoint.is_up:
                    endpoint.take(json.loads(body))
                self.send_response(200 if endpoint.is_up else 503)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, bundle):
        for parameter in bundle["entry"][0]["resource"]["parameter"]:
            if parameter["name"] == "notification-event":
                for part in parameter["part"]:
                    if part["name"] == "event-number":
                        self.numbers.append(int(part["valueString"]))

    @property
    def subscription(self):
        backport = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/"
        return json.dumps({
            "resourceType": "Subscription", "status": "requested", "reason": "chaos",
            "criteria": "http://hl7.org/fhir/us/davinci-pas/SubscriptionTopic/PASSubscriptionTopic",
            "_criteria": {"extension": [{"url": backport + "backport-filter-criteria",
                                         "valueString": "org-identifier=2093401281,2082367915"}]},
            "channel": {"type": "rest-hook", "endpoint": f"http://127.0.0.1:{self.server.server_port}/hook",
                        "payload": "application/fhir+json", "_payload": {"extension": [
                            {"url": backport + "backport-payload-content", "valueCode": "full-resource"}]}}})


def endpoint_down(folder):
    """An hour without the endpoint of a subscription, in steps of the injected clock, with a kill in between."""
    clock, endpoint, events = FakeClock(folder), Endpoint(), 12
    store = f"sqlite:{folder}/adapter.db"
    arguments = [store, "--test-mode", "--notify-allow-http", "--notify-allow-host", "127.0.0.1"]
    with Adapter(*arguments, environment=clock.environment) as adapter:
        status, _, body = adapter.call("POST", "/fhir/Subscription", endpoint.subscription)
        expect(status == 201, f"Subscription: {status} {body[:300]}")
        name = json.loads(body)["id"]
        wait_until(lambda: json.loads(adapter.call("GET", "/fhir/Subscription/" + name)[2])["status"] == "active", "active")
        endpoint.is_up = False
        script = {"outcomes": [{"first": "A4", "then": "A1", "afterSeconds": 5}] * events}
        expect(adapter.call("POST", "/test/script", json.dumps(script), "application/json")[0] < 300, "no script")
        for _ in range(events):
            expect(adapter.submit(distinct_bundle())[0] == 200, "a submission failed")
        for _ in range(30):
            clock.jump(60)
            time.sleep(0.3)
        adapter.kill()
    with Adapter(*arguments, environment=clock.environment) as adapter:
        for _ in range(30):
            clock.jump(60)
            time.sleep(0.3)
        tries = endpoint.tries
        expect(not endpoint.numbers, "events came while the endpoint was down")
        endpoint.is_up = True
        for _ in range(20):
            clock.jump(60)
            time.sleep(0.3)
            if len(endpoint.numbers) >= events:
                break
        adapter.stop()
    expect(endpoint.numbers == list(range(1, events + 1)), f"events {endpoint.numbers}, 1 to {events} are wanted")
    verify(store)
    return f"an hour down, {tries} tries, then {events} events in order, each once"


SCENARIOS = {
    "kill-9": kill_nine,
    "disk-full": disk_full,
    "disk-read-only": disk_read_only,
    "start-on-read-only-disk": start_on_read_only,
    "postgres-restarts": postgres_restarts,
    "postgres-cuts": postgres_cuts,
    "two-adapters-one-killed": two_adapters,
    "slow-clients": slow_clients,
    "big-bodies": big_bodies,
    "half-closed": half_closed,
    "descriptors": descriptors,
    "clock-jumps": clock_jumps,
    "retention": retention,
    "endpoint-down": endpoint_down,
    "gateway": lambda folder: gateway.under_load(folder, ARGUMENTS.seconds),
    "gateway-follow-ups": gateway.follow_ups,
}


def run(name):
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pas-chaos-") as folder:
        os.chmod(folder, 0o755)  # the PostgreSQL server is another user
        try:
            result, text = "ok", SCENARIOS[name](pathlib.Path(folder))
        except Skipped as why:
            result, text = "skipped", str(why)
        except Exception as why:  # whatever it is, the others are run
            result, text = "FAILED", f"{type(why).__name__}: {why}"
    print(f"{name:24} {result:8} {time.monotonic() - began:5.0f} s  {text}", flush=True)
    return result != "FAILED"


def main():
    global ARGUMENTS
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seconds", nargs="?", type=int, default=60)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--only", default="")
    parser.add_argument("--list", action="store_true")
    ARGUMENTS = parser.parse_args()
    names = ARGUMENTS.only.split(",") if ARGUMENTS.only else list(SCENARIOS)
    unknown = [name for name in names if name not in SCENARIOS]
    if ARGUMENTS.list or unknown:
        print("\n".join(SCENARIOS))
        sys.exit(2 if unknown else 0)
    sys.exit(0 if all([run(name) for name in names]) else 1)


if __name__ == "__main__":
    main()
