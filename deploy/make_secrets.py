"""Makes what production keeps secret, in deploy/secrets, and adds devices to the broker.

    python deploy/make_secrets.py setup --host mqtt.example.org
    python deploy/make_secrets.py device B3-F12-SMOKE-1

`setup` makes the database's password, the broker's users and its certificate under an authority
of its own; what exists already is kept. `device` prints the new password of one device.
"""

import argparse
import base64
import hashlib
import ipaddress
import secrets
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

FOLDER = Path(__file__).parent / "secrets"
YEARS = timedelta(days=3650)
_ITERATIONS = 101  # Mosquitto's own number; the passwords are random, not chosen by people


def setup(folder: Path, host: str, now: datetime) -> None:
    """Make every secret that `folder` lacks; the broker's certificate names `host`."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    password = keep(folder / "database_password", secrets.token_urlsafe(24))
    keep(
        folder / "gatehouse_database_url",
        f"postgresql://gatehouse:{password}@database:5432/gatehouse",
    )
    keep(folder / "gatehouse_server_secret", secrets.token_urlsafe(48))
    keep(folder / "gatehouse_contact_keys", secrets.token_hex(32))
    for user in ("gateway", "demo"):
        file = folder / f"{user}_mqtt_password"
        if not file.exists():
            keep(file, add_user(folder, user))
    if not (folder / "mqtt_ca").exists():
        make_certificates(folder, host, now)


def keep(file: Path, text: str) -> str:
    """What `file` says; `text` is written there if it does not exist.

    The folder is closed to others (0700); the files are readable so that a container's own
    account can read the one that is mounted into it.
    """
    if not file.exists():
        file.write_text(text)
        file.chmod(0o644)
    return file.read_text()


def add_user(folder: Path, user: str) -> str:
    """Give a user of the broker a new password, which is returned."""
    if not user or set(user) & set(":+#/\n"):
        raise SystemExit(f"{user!r} cannot be a user name: it is a level of a topic, so no : + # /")
    password = secrets.token_urlsafe(24)
    file = folder / "mqtt_passwords"
    others = file.read_text().splitlines() if file.exists() else []
    kept = [line for line in others if not line.startswith(f"{user}:")]
    file.touch(mode=0o644)
    file.write_text("\n".join([*kept, f"{user}:{mosquitto_hash(password)}"]) + "\n")
    return password


def mosquitto_hash(password: str) -> str:
    """The form that `mosquitto_passwd` writes: PBKDF2 with SHA-512."""
    salt = secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS)
    return f"$7${_ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def make_certificates(folder: Path, host: str, now: datetime) -> None:
    """Make an authority and the broker's certificate for `host` and for the containers' network."""
    authority_key, key = (
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP256R1()),
    )
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Gatehouse MQTT authority")])
    ca = (
        _certificate(issuer, issuer, authority_key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    names: list[x509.GeneralName] = [x509.DNSName(name) for name in ("mosquitto", "localhost")]
    names.append(_general_name(host))
    certificate = (
        _certificate(
            x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]),
            issuer,
            key.public_key(),
            now,
        )
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    for name, signed in (("mqtt_ca", ca), ("mqtt_certificate", certificate)):
        keep(folder / name, signed.public_bytes(pem).decode())
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    keep(folder / "mqtt_key", private.decode())


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + YEARS)
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def main() -> None:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description="Make the secrets of a production installation.")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    verbs = parser.add_subparsers(dest="verb", required=True)
    first = verbs.add_parser("setup", help="make what is missing")
    first.add_argument("--host", required=True, help="name or address devices reach the broker at")
    device = verbs.add_parser("device", help="give a device a new password and print it")
    device.add_argument("id")
    options = parser.parse_args()
    if options.verb == "setup":
        setup(options.folder, options.host, datetime.now(UTC))
    else:
        sys.stdout.write(f"{add_user(options.folder, options.id)}\n")


if __name__ == "__main__":
    main()
