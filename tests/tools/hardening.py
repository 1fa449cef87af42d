#!/usr/bin/env python3
"""What of a hardened build (PAS_HARDENED) a binary lacks: hardening.py BINARY. Exit code 1 when it lacks anything."""
import re
import subprocess
import sys


def read(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def main(binary):
    header = read("readelf", "-hW", binary)
    segments = read("readelf", "-lW", binary)
    dynamic = read("readelf", "-dW", binary)
    symbols = read("readelf", "-W", "--dyn-syms", binary)
    flags = next((line for line in dynamic.splitlines() if "(FLAGS_1)" in line), "").split()
    checks = {
        "PIE": re.search(r"Type:\s+DYN", header) and "PIE" in flags,
        "RELRO": "GNU_RELRO" in segments,
        "BIND_NOW": "NOW" in flags,
        "a stack that does not execute": re.search(r"GNU_STACK.* RW  ", segments),
        "no segment that is written and executed": not re.search(r"^\s+LOAD.* RWE ", segments, re.M),
        "no relocations in code": "TEXTREL" not in dynamic,
        "no RPATH": "RPATH" not in dynamic and "RUNPATH" not in dynamic,
        "stack protector": "__stack_chk_fail" in symbols,
        "fortified calls": re.search(r"__\w+_chk@", symbols),
    }
    if "X86-64" in header:
        code = read("objdump", "-d", "--no-show-raw-insn", binary)
        checks["stack probes"] = re.search(r"\bor[ql]\s+\$0x0,(0x[0-9a-f]+)?\(%[re]sp\)", code)
        # One in front of nearly every function. Debian 12's start-up objects have no mark, so the binary has none either.
        checks["landing places of indirect calls"] = code.count("endbr64") > 1000
    missing = [name for name, there in checks.items() if not there]
    print(f"{binary}: " + ("lacks " + ", ".join(missing) if missing else f"hardened, {len(checks)} checks"))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
