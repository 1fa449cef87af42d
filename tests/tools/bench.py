#!/usr/bin/env python3
"""The whole bench: every benchmark program, then the whole server under load beside a bare Beast echo.

    bench.py [--check] [--write] [--seconds S] [--only stages|server] [--folder DIR]

Every figure that is compared is a ratio to a floor of the same run, because absolute figures differ between machines.
--write puts the figures into docs/performance.json and the chart into docs/performance.svg; --check compares the ratios
with docs/performance.json and fails where one is over 15 % worse, after trying again. DIR holds the store's files
(its disk decides); by default a temporary folder. PostgreSQL 15, where it is installed, runs beside the adapter, with its
files there too.
"""
import argparse
import base64
import contextlib
import hashlib
import json
import os
import pathlib
import platform
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request

from adapter import PostgresServer

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = ROOT / "build/release/bin"
FIGURES = ROOT / "docs/performance.json"
CHART = ROOT / "docs/performance.svg"
ALLOWED_LOSS = 0.15
PACE_FLOORS = 66.7  # between two requests of the paced run: 1,000/s where the floor is 15 µs


def stages():
    """Ratio to its floor, and µs, of each benchmark that has a floor: {"validation/pump": {...}}."""
    found = {}
    for program in sorted(BIN.glob("bench_*")):
        run = subprocess.run([program, "--benchmark_format=json"], cwd=ROOT, check=True, stdout=subprocess.PIPE)
        for bench in json.loads(run.stdout)["benchmarks"]:
            if "floors" in bench:
                name = program.name.removeprefix("bench_") + "/" + bench["name"]
                found[name] = {"floors": round(bench["floors"], 3), "us": round(bench.get("best_us") or in_us(bench), 2)}
                print(f"{name:60} {found[name]['floors']:8.3f} floors {found[name]['us']:10.2f} µs", flush=True)
    return found


def in_us(bench):
    return bench["cpu_time"] * {"ns": 1e-3, "us": 1, "ms": 1e3, "s": 1e6}[bench["time_unit"]]


def make_bodies(folder):
    """The good samples, and one with a document of 200 KB: from 13 KB to 290 KB."""
    paths = [path for path in sorted((ROOT / "samples/bundles").glob("*.json")) if not path.stem.startswith("broken-")]
    for path in paths:
        (folder / path.name).write_bytes(path.read_bytes())
    bundle = json.loads((ROOT / "samples/bundles/row-09-a1-deferoxamine-overload.json").read_text())
    document = next(entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == "DocumentReference")
    attachment = document["content"][0]["attachment"]
    data = base64.b64decode(attachment["data"]) + b"\nMeasured again, unchanged." * 8000
    attachment.update(data=base64.b64encode(data).decode(), size=len(data),
                      hash=base64.b64encode(hashlib.sha1(data).digest()).decode())
    (folder / "large.json").write_text(json.dumps(bundle))


class Server:
    """A process that is stopped at the end; knows its port, and whether it speaks TLS."""

    def __init__(self, process, port, tls):
        self.process, self.port, self.tls = process, port, tls

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


def make_certificate(folder):
    """Certificate and key (P-256) of the servers under TLS."""
    pair = folder / "cert.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-out", pair[0], "-keyout", pair[1]], check=True, stderr=subprocess.DEVNULL)
    return pair


def start_echo(pair=()):
    process = subprocess.Popen([BIN / "echo_server", *pair], stdout=subprocess.PIPE, text=True)
    return Server(process, int(process.stdout.readline()), bool(pair))


def start_adapter(store, log, pair=()):
    started = time.monotonic()
    tls = ["--tls-cert", pair[0], "--tls-key", pair[1]] if pair else []
    process = subprocess.Popen(
        [BIN / "pas-adapter", "serve", "--listen", "127.0.0.1:0", "--store", store, "--providers", "samples/providers.csv",
         *tls], cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True)
    line = process.stdout.readline()
    if not line:
        sys.exit(f"bench: the adapter did not start on {store.split(':')[0]}")
    port = int(line.rstrip().split("127.0.0.1:")[1].split("/")[0].split()[0])
    unverified = ssl._create_unverified_context()
    urllib.request.urlopen(f"{'https' if pair else 'http'}://127.0.0.1:{port}/healthz", context=unverified).read()
    return Server(process, port, bool(pair)), (time.monotonic() - started) * 1e3


def load(server, bodies, seconds, connections, rate=0):
    run = subprocess.run(
        [BIN / "load_generator", "--port", str(server.port), "--bodies", bodies, "--connections", str(connections),
         "--seconds", str(seconds), "--rate", str(rate), "--server", str(server.process.pid),
         *(["--tls"] if server.tls else [])],
        check=True, stdout=subprocess.PIPE)
    figures = json.loads(run.stdout)
    if figures["failed"]:
        sys.exit(f"bench: {figures['failed']} requests failed")
    return figures


def show(name, figures):
    print(f"{name:24} {figures['per_second']:9.0f}/s  p50 {figures['p50_us'] / 1e3:7.2f}  p99 {figures['p99_us'] / 1e3:7.2f}"
          f"  p99.9 {figures['p999_us'] / 1e3:7.2f} ms  CPU {figures['cpu_us']:6.0f} µs  RSS {figures['rss_mb']:5.0f} MB"
          + (f"  {figures['echoes']:5.1f} echoes, {figures['floors']:5.1f} floors of {figures['floor_us']:.0f} µs" if "echoes" in figures else ""), flush=True)


def floor_of(bodies):
    return float(subprocess.run([BIN / "body_floor", bodies], check=True, stdout=subprocess.PIPE).stdout)


def servers(seconds, folder):
    """Figures of each run. `echoes` and `floors` are the processor time of a request as multiples of the echo's, and of
    parsing and writing the body, measured just before and after, since a machine's speed changes; `wall_floors` is the
    time between two answers."""
    found = {}
    stores = {"sqlite": "sqlite:{}/bench.db", "memory": "memory"}
    with tempfile.TemporaryDirectory(dir=folder) as temporary, open(os.devnull, "w") as log, contextlib.ExitStack() as stack:
        if PostgresServer.is_installed():
            os.chmod(temporary, 0o755)  # the server is another user
            stores["postgres"] = stack.enter_context(PostgresServer(pathlib.Path(temporary) / "pg")).store
        bodies = pathlib.Path(temporary) / "bodies"
        bodies.mkdir()
        make_bodies(bodies)
        pair = make_certificate(pathlib.Path(temporary))
        first_us = floor_of(bodies)
        print(f"floor, parse and write: {first_us} µs", flush=True)
        echo = {}
        for prefix, tls in (("", ()), ("https, ", pair)):
            with start_echo(tls) as server:
                for connections in (1, 16, 64):
                    figures = echo[prefix, connections] = load(server, bodies, seconds / 2, connections)
                    found[f"{prefix}echo/{connections}"] = figures
                    show(f"{prefix}echo/{connections}", figures)
        runs = [("", name, store, ()) for name, store in stores.items()] + [("https, ", "sqlite", "sqlite:{}/https.db", pair)]
        for prefix, kind, store, tls in runs:
            name = prefix + kind
            server, ready_ms = start_adapter(store.format(temporary), log, tls)
            with server:
                found[f"{name}/start"] = {"ready_ms": round(ready_ms, 1), "rss_mb": resident_mb(server.process.pid)}
                print(f"{name}: first answer after {ready_ms:.0f} ms, {found[name + '/start']['rss_mb']} MB", flush=True)
                for connections, rate in ((1, 0), (16, 0), (64, 0), (16, round(1e6 / (PACE_FLOORS * first_us)))):
                    before_us = floor_of(bodies)
                    figures = load(server, bodies, seconds, connections, rate)
                    floor_us = figures["floor_us"] = round((before_us + floor_of(bodies)) / 2, 2)
                    figures["echoes"] = round(figures["cpu_us"] / echo[prefix, connections]["cpu_us"], 2)
                    figures["floors"] = round(figures["cpu_us"] / floor_us, 2)
                    figures["wall_floors"] = round(1e6 / figures["per_second"] / floor_us, 2)
                    key = f"{name}/{connections}" + (" paced" if rate else "")
                    found[key] = figures
                    show(key, figures)
    return found


def resident_mb(pid):
    pages = int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGESIZE") / 1e6, 1)


def ratios(figures):
    """What --check compares: name → ratio, smaller is better."""
    found = {name: value["floors"] for name, value in figures.get("stages", {}).items()}
    found.update({name: value["floors"] for name, value in figures.get("server", {}).items()
                  if "floors" in value and not value["rate"]})
    return found


def worse(now, before):
    return {name: (before[name], ratio) for name, ratio in now.items()
            if name in before and ratio > before[name] * (1 + ALLOWED_LOSS)}


def check(options, figures):
    if not FIGURES.exists():
        sys.exit(f"bench: no {FIGURES.relative_to(ROOT)} to compare with: --write makes it")
    before = ratios(json.loads(FIGURES.read_text()))
    lost = worse(ratios(figures), before)
    if lost:  # once more: a busy machine makes one bad figure, not two
        print("bench: measuring again: " + ", ".join(sorted(lost)))
        again = ratios(measure(options))
        lost = worse({name: min(again[name], lost[name][1]) for name in lost if name in again}, before)
    for name, (old, new) in sorted(lost.items()):
        print(f"bench: {name}: {new:.2f}, was {old:.2f}")
    print("bench: " + ("slower than committed" if lost else f"{len(before)} ratios, none over {ALLOWED_LOSS:.0%} worse"))
    return 1 if lost else 0


def chart(figures):
    """Throughput of each run as bars, SVG."""
    runs = [(name, value) for name, value in figures["server"].items() if "per_second" in value and not value["rate"]]
    top = max(value["per_second"] for _, value in runs)
    rows = []
    for i, (name, value) in enumerate(runs):
        y = 34 + i * 24
        width = 420 * value["per_second"] / top
        colour = "#8a8f98" if "echo" in name else "#2f6fb3"
        rows.append(
            f'<text x="150" y="{y + 13}" text-anchor="end">{name.replace("/", ", ")} connections</text>'
            f'<rect x="160" y="{y}" width="{width:.1f}" height="17" fill="{colour}"/>'
            f'<text x="{166 + width:.1f}" y="{y + 13}">{value["per_second"]:,.0f}/s, p99 {value["p99_us"] / 1e3:.1f} ms</text>')
    height = 44 + len(runs) * 24
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 {height}" font-family="sans-serif" font-size="11">'
            f'<rect width="760" height="{height}" fill="#fff"/>'
            '<text x="12" y="20" font-size="13">Requests a second, client and server on the same machine</text>'
            + "".join(rows) + "</svg>\n")


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    return {"processor": model, "cores": os.cpu_count(), "kernel": platform.release()}


def measure(options):
    figures = {"machine": machine()}
    if options.only != "server":
        figures["stages"] = stages()
    if options.only != "stages":
        figures["server"] = servers(options.seconds, options.folder)
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--only", choices=["stages", "server"])
    parser.add_argument("--folder")
    options = parser.parse_args()
    figures = measure(options)
    if options.write:
        kept = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
        kept.update(figures)
        FIGURES.write_text(json.dumps(kept, indent=1) + "\n")
        CHART.write_text(chart(kept))
    return check(options, figures) if options.check else 0


if __name__ == "__main__":
    sys.exit(main())
