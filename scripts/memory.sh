#!/usr/bin/env bash
# Memory on large files: `pii mask` stays under 64 MB whatever the size, and under 16 MB more for each other worker on the pieces
# of a file, which give the same bytes. SIZE_MB=2048 for the full size, INPUTS="a.ndjson a.csv" for some of them only.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${PII_BIN:?say where pii is}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 - "$PII_BIN" "$work" "${SIZE_MB:-100}" <<'PYTHON'
import filecmp, json, os, random, subprocess, sys

pii, work, size = sys.argv[1], sys.argv[2], int(sys.argv[3]) << 20
LIMIT_KB = 64 << 10
LIMIT_OF_A_WORKER_KB = 16 << 10
# Files that are cut into pieces are masked by several workers too.
WORKERS = {".ndjson": (1, 4), ".csv": (1, 4)}


def rows(seed, count=2000):
    r = random.Random(seed)
    for nth in range(count):
        yield {
            "seq": nth,
            "custNo": "%010d" % r.randrange(10**10),
            "name": r.choice("张李王赵欧阳"[0:4]) + r.choice(["三", "小明", "建国", "海燕"]),
            "mobile": "139%08d" % r.randrange(10**8),
            "idNo": "110105188702280028",
            "note": "今日沪深两市震荡上行，成交额%d亿元" % r.randrange(10**4),
        }


def write(name, head, body, joint, tail):
    path = os.path.join(work, name)
    block = joint.join(body)
    with open(path, "wb") as out:
        out.write(head.encode())
        written = 0
        while written < size:
            out.write(((joint if written else "") + block).encode())
            written += len(block.encode())
        out.write(tail.encode())
    return path


def text(row):
    return json.dumps(row, ensure_ascii=False)


def cells(row):
    return ",".join(str(value) for value in row.values())


INPUTS = {
    "a.ndjson": ("", 1, text, "\n", "\n"),
    "a.csv": (",".join(next(rows(2))) + "\n", 2, cells, "\n", "\n"),
    "a.json": ('{"total":1,"list":[', 3, text, ",\n", "]}\n"),
    # A record is waited for up to 1 MiB: one that begins before the rows, and one that has its findings behind them.
    "first.json": ('{"idNo":"110105188702280028","list":[', 4, text, ",\n", "]}\n"),
    "last.json": ('{"note":"summary","list":[', 5, text, ",\n", '],"mobile":13900000000}\n'),
}
SECRET = b"110105188702280028"


def lines_and_leaks(path):
    """How many lines a file has, and whether the ID that every row holds stands in it."""
    lines, leaks, tail = 0, False, b""
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            lines += chunk.count(b"\n")
            leaks |= SECRET in tail + chunk
            tail = chunk[-len(SECRET):]
    return lines, leaks


failed = False
for name in os.environ.get("INPUTS", " ".join(INPUTS)).split():
    head, seed, row, joint, tail = INPUTS[name]
    path = write(name, head, [row(each) for each in rows(seed)], joint, tail)
    for workers in WORKERS.get(os.path.splitext(name)[1], (1,)):
        out = path + ".masked-by-%d" % workers
        pid = os.posix_spawn(pii, [pii, "mask", "--jobs", str(workers), path, "-o", out], os.environ)
        _, status, usage = os.wait4(pid, 0)
        peak, seconds = usage.ru_maxrss, usage.ru_utime + usage.ru_stime
        limit = LIMIT_KB + (workers - 1) * LIMIT_OF_A_WORKER_KB
        (before, _), (after, leaks) = lines_and_leaks(path), lines_and_leaks(out)
        same = before == after and filecmp.cmp(path + ".masked-by-1", out, shallow=False)
        with open(out, "rb") as masked:
            sample = masked.read(1 << 20)
        if path.endswith(".ndjson"):
            [json.loads(line) for line in sample.split(b"\n")[:1000]]
        ok = status == 0 and peak < limit and same and not leaks
        rate = os.path.getsize(path) / 1e6 / seconds
        print("%-12s %5d MB  by %d  peak %6.1f MB (under %d)  %6.1f s CPU  %5.1f MB/s  %s" % (
            os.path.basename(path), os.path.getsize(path) >> 20, workers, peak / 1024, limit >> 10, seconds, rate,
            "ok" if ok else "FAILED"))
        failed |= not ok
    for each in os.listdir(work):
        os.remove(os.path.join(work, each))
sys.exit(failed)
PYTHON
