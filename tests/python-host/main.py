"""Runs the cases, each against plugin processes of its own, and counts.

usage: main.py FOLDER_OF_THE_BINARIES [NAME_OF_A_CASE ...]
"""

import pathlib
import sys
import traceback

import case
import cases  # noqa: F401: importing a case registers it.
import host


def why(error):
    """The error, and the line of the case at which it came up."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/python-host/" in frame.filename]
    place = f"{pathlib.Path(ours[-1].filename).name}:{ours[-1].lineno}: {ours[-1].line}" if ours else ""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text} (at {place})"


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    host.BINARIES = pathlib.Path(sys.argv[1])
    for name in ("hookwright", "fixture", "fixture-http"):
        if not (host.BINARIES / name).is_file():
            print(f"there is no {host.BINARIES / name}: build it first", file=sys.stderr)
            return 2
    wanted = set(sys.argv[2:])
    if unknown := wanted - set(case.CASES):
        print(f"there is no case {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2

    passed = failed = 0
    for name, run in case.CASES.items():
        if wanted and name not in wanted:
            continue
        try:
            run()
        except Exception as error:  # Whatever it is, it is that case's failure and no other's.
            failed += 1
            print(f"FAIL {name}: {why(error)}", flush=True)
        else:
            passed += 1
            print(f"PASS {name}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
