"""Runs a throw-away Synapse on loopback for the tests, and prints `READY <url>` once it answers.

Called with the Python in which requirements.txt is installed:

    python start.py --directory target/servers/synapse-data [--port 0] [--secret portevoix-tests]

It stays in the foreground and takes Synapse down with it on SIGTERM or SIGINT, and with `--until-input-closes` also
when its standard input ends, so that a test run that is killed leaves nothing behind. The secret registers users through the admin API; the server
listens on 127.0.0.1 only and federates with nobody.
"""

import argparse
import json
import pathlib
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request

SERVER_NAME = "localhost"
START_SECONDS = 60
"""Synapse starts in about two seconds; a busy machine gets more before it is given up."""

UNLIMITED = {"per_second": 100000, "burst_count": 100000}


def homeserver_yaml(directory: pathlib.Path, port: int, secret: str) -> dict:
    """The whole configuration. YAML is a superset of JSON, so it is written as JSON."""
    return {
        "server_name": SERVER_NAME,
        "public_baseurl": f"http://127.0.0.1:{port}/",
        "report_stats": False,
        "pid_file": str(directory / "synapse.pid"),
        "signing_key_path": str(directory / "signing.key"),
        "log_config": str(directory / "log.yaml"),
        "media_store_path": str(directory / "media"),
        "macaroon_secret_key": secret,
        "form_secret": secret,
        "registration_shared_secret": secret,
        "database": {"name": "sqlite3", "args": {"database": str(directory / "homeserver.db")}},
        "listeners": [{
            "type": "http",
            "port": port,
            "bind_addresses": ["127.0.0.1"],
            "tls": False,
            "resources": [{"names": ["client"], "compress": False}],
        }],
        "federation_domain_whitelist": [],
        "trusted_key_servers": [],
        "presence": {"enabled": False},
        "url_preview_enabled": False,
        # Hashing passwords well takes a third of a second each; the tests' are worth nothing.
        "bcrypt_rounds": 4,
        "rc_message": UNLIMITED,
        "rc_registration": UNLIMITED,
        "rc_login": {"address": UNLIMITED, "account": UNLIMITED, "failed_attempts": UNLIMITED},
        "rc_admin_redaction": UNLIMITED,
        "rc_joins": {"local": UNLIMITED, "remote": UNLIMITED},
        "rc_joins_per_room": UNLIMITED,
        "rc_invites": {"per_room": UNLIMITED, "per_user": UNLIMITED, "per_issuer": UNLIMITED},
        "rc_media_create": UNLIMITED,
        "rc_room_creation": UNLIMITED,
        "rc_key_requests": UNLIMITED,
    }


def log_yaml(directory: pathlib.Path) -> dict:
    return {
        "version": 1,
        "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
        "handlers": {
            "file": {
                "class": "logging.FileHandler",
                "filename": str(directory / "synapse.log"),
                "formatter": "plain",
            },
        },
        "root": {"level": "WARNING", "handlers": ["file"]},
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_matrix/client/versions", timeout=2) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False


def wait_until_it_answers(url: str, server: subprocess.Popen, directory: pathlib.Path) -> None:
    for _ in range(START_SECONDS * 10):
        if answers(url):
            return
        try:
            code = server.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
        sys.exit(f"Synapse stopped with code {code}; see {directory / 'output.log'} and {directory / 'synapse.log'}")
    server.kill()
    sys.exit(f"Synapse did not answer within {START_SECONDS} s; see {directory / 'synapse.log'}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--directory", type=pathlib.Path, required=True, help="where its files go")
    arguments.add_argument("--port", type=int, default=0, help="0 takes a free one")
    arguments.add_argument("--secret", default="portevoix-tests", help="registers users through the admin API")
    arguments.add_argument("--until-input-closes", action="store_true", help="stop when standard input ends")
    given = arguments.parse_args()

    directory = given.directory.resolve()
    directory.mkdir(parents=True, exist_ok=True)
    port = given.port or free_port()
    url = f"http://127.0.0.1:{port}"
    configuration = directory / "homeserver.yaml"
    configuration.write_text(json.dumps(homeserver_yaml(directory, port, given.secret), indent=2))
    (directory / "log.yaml").write_text(json.dumps(log_yaml(directory), indent=2))

    command = [sys.executable, "-m", "synapse.app.homeserver", "--config-path", str(configuration)]
    subprocess.run([*command, "--generate-keys"], check=True, cwd=directory, stdout=subprocess.DEVNULL)
    with open(directory / "output.log", "wb") as output:
        server = subprocess.Popen(command, cwd=directory, stdin=subprocess.DEVNULL, stdout=output, stderr=output)

    def stop(*_: object) -> None:
        server.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    wait_until_it_answers(url, server, directory)
    print(f"READY {url}", flush=True)

    def stop_with_input() -> None:
        sys.stdin.read()
        server.terminate()

    if given.until_input_closes:
        threading.Thread(target=stop_with_input, daemon=True).start()
    server.wait()


if __name__ == "__main__":
    main()
