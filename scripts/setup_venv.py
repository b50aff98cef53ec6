"""Make .venv with the project and its pinned libraries; do nothing where that has been done.

Runs on a bare Python, also an old one, to say what is missing: only the standard library, and no syntax newer than 3.6.
"""

import hashlib
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, "evidence-stamp")
PINS = os.path.join(ROOT, "constraints.txt")
OLDEST = (3, 11)
EXTRAS = ".[dev,pubmed,many,cluster]"


def main():
    """Set up, or renew the pins with --renew-pins."""
    os.chdir(ROOT)
    complain_early()
    if "--renew-pins" in sys.argv[1:]:
        return renew_pins()
    wanted = fingerprint()
    if read(STAMP) == wanted and os.path.exists(python()):
        return 0
    build(["-c", PINS])
    with open(STAMP, "w", encoding="utf-8") as stamp:
        stamp.write(wanted)
    return 0


def complain_early():
    """Say first what would fail later."""
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        stop("Python %s is too old: 3.11 or newer is needed." % found, "make PYTHON=python3.12 report")
    for module in ("venv", "ensurepip"):
        try:
            __import__(module)
        except ImportError:
            package = "python%d.%d-venv" % sys.version_info[:2]
            stop(
                "This Python has no %s, so it can't make a virtual environment." % module,
                "on Debian or Ubuntu: apt install %s" % package,
            )


def stop(found, mend):
    """End with what was found and the mend."""
    sys.stderr.write("%s\n  mend: %s\n" % (found, mend))
    sys.exit(2)


def fingerprint():
    """Hash of what decides the environment's content, and of this folder: its scripts break when it is moved."""
    digest = hashlib.sha256()
    digest.update(sys.version.encode("utf-8"))
    digest.update(ROOT.encode("utf-8", "surrogateescape"))
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update(read(os.path.join(ROOT, name)).replace("\r\n", "\n").encode("utf-8"))
    return digest.hexdigest()


def read(path):
    """Text of a file, empty where there is none."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return ""


def python():
    """The environment's own interpreter."""
    if os.name == "nt":
        return os.path.join(VENV, "Scripts", "python.exe")
    return os.path.join(VENV, "bin", "python")


def build(options):
    """A new environment with the project in it."""
    print("Setting up .venv (once; about a minute)")
    shutil.rmtree(VENV, ignore_errors=True)
    import venv

    venv.create(VENV, with_pip=True)
    quiet = ["--quiet", "--disable-pip-version-check"]
    run([python(), "-m", "pip", "install"] + quiet + options + ["--editable", EXTRAS])


def run(command):
    """Run a command; its failure is ours."""
    code = subprocess.call(command)
    if code:
        stop("%s ended with %d" % (" ".join(command[1:4]), code), "read the lines above; is the network there?")


def renew_pins():
    """Newest versions that fit pyproject.toml, written to constraints.txt."""
    build([])
    command = [python(), "-m", "pip", "freeze", "--exclude-editable", "--disable-pip-version-check"]
    lines = subprocess.check_output(command).decode("utf-8").splitlines()
    pins = sorted((line for line in lines if "==" in line), key=str.lower)
    with open(PINS, "w", encoding="utf-8", newline="\n") as file:
        file.write("# Renewed by make pins. One version of every library, all extras included.\n")
        file.write("\n".join(pins) + "\n")
    with open(STAMP, "w", encoding="utf-8") as stamp:
        stamp.write(fingerprint())
    print("constraints.txt: %d versions" % len(pins))
    return 0


if __name__ == "__main__":
    sys.exit(main())
