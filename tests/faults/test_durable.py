"""On SQLite an answer is on the disk before it is acknowledged, as the system itself sees it (strace)."""

import random
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.faults.killing import Phone, served, wait_until

CALLS = "trace=fdatasync,fsync,read,recvfrom,write,writev,sendto,sendmsg"
ASKED = re.compile(r'(?:read|recvfrom)\(\d+, "POST /r/\S+\?turn=')
TOLD = re.compile(r"(?:write|writev|sendto|sendmsg)\(.*HTTP/1\.1 200")
SYNCED = re.compile(r"(?:fdatasync|fsync)(?:\(\d+\)| resumed>\)) += 0")

pytestmark = pytest.mark.faults


def test_each_answer_is_synced_before_it_is_acknowledged(tmp_path: Path) -> None:
    assert shutil.which("strace"), "There is no strace. On Debian: apt-get install strace"
    address, trace = f"sqlite:///{tmp_path / 'traced.db'}", tmp_path / "trace"
    with served(address) as (app,):
        tracing = ["strace", "-f", "-s", "60", "-e", CALLS, "-o", str(trace), "-p", str(app.pid)]
        with subprocess.Popen(tracing, stderr=subprocess.DEVNULL) as strace:
            wait_until(trace.exists, "strace did not begin")
            time.sleep(0.5)
            phone = Phone((app.port,), random.Random(1))
            for _ in range(10):
                phone.respond()
            strace.send_signal(signal.SIGINT)
    assert acknowledged_after_sync(trace.read_text()) == phone.answers == 50


def acknowledged_after_sync(trace: str) -> int:
    """How many answers of one phone were acknowledged; each must have been synced since it was asked for."""
    asked, synced, told = False, False, 0
    for line in trace.splitlines():
        if ASKED.search(line):
            asked, synced = True, False
        elif SYNCED.search(line):
            synced = True
        elif asked and TOLD.search(line):
            assert synced, line
            asked, told = False, told + 1
    return told
