"""Runs a throw-away PostgreSQL on loopback for the tests, and prints `READY <url>` once it answers.

    python3 start.py --directory target/servers/postgres-data [--port 0]

The directory is made if it is not there; otherwise the server goes on with what is in it. It stays in the foreground and
takes PostgreSQL down with it on SIGTERM or SIGINT, and with `--until-input-closes` also when its standard input ends.
PostgreSQL refuses to run as root: then the Debian package's own account `postgres` runs it.

Everybody on this machine may log in as `postgres` without a password; the roles `verrou` and
`verrou_store` need one.
"""

import argparse
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import threading

START_SECONDS = 60
"""It starts in a second; a busy machine gets more before it is given up."""

ACCOUNT = "postgres"

LOGIN = """local all all           trust
host  all verrou,verrou_store 127.0.0.1/32 scram-sha-256
host  all all     127.0.0.1/32 trust
"""

SETTINGS = """listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 300
fsync = on
# The tests make a database each.
autovacuum_naptime = 10s
"""


def programs():
    """The folder of PostgreSQL's own programs: Debian keeps them out of the PATH."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found += [pathlib.Path(shutil.which("initdb")).resolve()] if not found and shutil.which("initdb") else []
    if not found:
        sys.exit("initdb is missing: apt-get install postgresql")
    return found[-1].parent


def unprivileged():
    """How to run a program as somebody who is not root."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam(ACCOUNT)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def prepare(directory: pathlib.Path, who: dict):
    """Makes the directory and an empty cluster in it."""
    directory.mkdir(parents=True, exist_ok=True)
    if who:
        os.chown(directory, who["user"], who["group"])
    if (directory / "PG_VERSION").exists():
        return
    done = subprocess.run(
        [programs() / "initdb", "--pgdata", directory, "--username", "postgres", "--encoding", "UTF8", "--locale", "C.UTF-8",
         "--auth", "trust"],
        cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **who)
    if done.returncode != 0:
        sys.exit(f"initdb failed (the account {ACCOUNT} must be able to enter {directory}):\n{done.stdout}")
    (directory / "pg_hba.conf").write_text(LOGIN)
    with open(directory / "postgresql.conf", "a") as settings:
        settings.write(SETTINGS)


def wait_until_up(server, port, stop):
    """Returns once it takes connections."""
    ask = [programs() / "pg_isready", "--host=127.0.0.1", f"--port={port}", "--timeout=1", "--quiet"]
    for _ in range(START_SECONDS * 10):
        if subprocess.run(ask, stdin=subprocess.DEVNULL).returncode == 0:
            return
        try:
            server.wait(0.1)
            break
        except subprocess.TimeoutExpired:
            pass
    stop()
    sys.exit("PostgreSQL did not start")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--directory", type=pathlib.Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--until-input-closes", action="store_true")
    arguments = parser.parse_args()
    directory, who = arguments.directory.resolve(), unprivileged()
    prepare(directory, who)
    port = arguments.port or free_port()
    server = subprocess.Popen(
        [programs() / "postgres", "-D", directory, "-p", str(port)],
        cwd="/", stdin=subprocess.DEVNULL, stdout=sys.stderr, stderr=sys.stderr, start_new_session=True, **who)

    # Fast: whoever is connected is thrown out.
    def stop(*_):
        server.send_signal(signal.SIGINT)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if arguments.until_input_closes:
        threading.Thread(target=lambda: (sys.stdin.buffer.read(), stop()), daemon=True).start()

    wait_until_up(server, port, stop)
    print(f"READY postgres://postgres@127.0.0.1:{port}/postgres", flush=True)
    server.wait()


if __name__ == "__main__":
    main()
