"""Keys that the hub makes, links made of them, and masks."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from hub.people.addresses import masked_phone
from hub.people.masking import masked_name, unit_label
from hub.people.resident_links import token
from hub.sealing.keys import UnusableKey, load_keys, load_sealer
from hub.settings import HubSettings


def test_keys_are_made_once_for_this_account_alone(tmp_path: Path) -> None:
    settings = HubSettings(data_dir=tmp_path / "new")
    first = load_keys(settings)
    assert load_keys(settings) == first
    assert len(first.vapid_public) == 87
    files = sorted((tmp_path / "new").iterdir())
    assert [file.name for file in files] == ["contact.keys", "server.secret", "vapid.pem"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_two_processes_that_start_at_once_make_the_same_keys(tmp_path: Path) -> None:
    program = (
        "import sys; from hub.sealing.keys import load_keys; from hub.settings import HubSettings; "
        "keys = load_keys(HubSettings(data_dir=sys.argv[1])); print(keys, keys.sealer.keys)"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(4)]
    assert len({child.communicate()[0] for child in children}) == 1
    assert [child.returncode for child in children] == [0] * 4
    assert len(list(tmp_path.iterdir())) == 3


def test_the_settings_secret_is_used_and_no_file_made(tmp_path: Path) -> None:
    keys = load_keys(HubSettings(data_dir=tmp_path, server_secret="s" * 32))
    assert keys.secret == b"s" * 32
    assert not (tmp_path / "server.secret").exists()


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableKey, match="5 characters: use 32"):
        load_keys(HubSettings(data_dir=tmp_path, server_secret="short"))


def test_a_place_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UnusableKey, match="GATEHOUSE_DATA_DIR"):
        load_keys(HubSettings(data_dir=tmp_path / "file"))


def test_a_file_that_is_no_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "vapid.pem").write_text("no key")
    with pytest.raises(UnusableKey, match=r"vapid\.pem: .*remove the file"):
        load_keys(HubSettings(data_dir=tmp_path))


@pytest.mark.parametrize("keys", ["", "ab" * 31, "xy" * 32, "ab" * 32 + ",cd"])
def test_sealing_keys_that_are_none_are_refused_and_not_shown(tmp_path: Path, keys: str) -> None:
    with pytest.raises(UnusableKey, match="GATEHOUSE_CONTACT_KEYS: give 64") as refused:
        load_sealer(HubSettings(data_dir=tmp_path, contact_keys=keys))
    assert not keys or keys not in str(refused.value)


def test_the_settings_sealing_keys_are_used_in_their_order(tmp_path: Path) -> None:
    sealer = load_sealer(HubSettings(data_dir=tmp_path, contact_keys="ab" * 32 + ", " + "cd" * 32))
    assert sealer.keys == (b"\xab" * 32, b"\xcd" * 32)
    assert list(tmp_path.iterdir()) == []


def test_a_link_differs_by_household_generation_and_secret() -> None:
    links = {
        token(secret, estate=estate, household=household, generation=generation)
        for secret in (b"a" * 32, b"b" * 32)
        for estate in ("harbour", "riverside")
        for household in ("B1-01-01", "B1-01-02")
        for generation in (1, 2)
    }
    assert len(links) == 16
    assert {len(link) for link in links} == {43}


@pytest.mark.parametrize(
    ("household", "unit", "label"),
    [
        ("B3-12-03", "B3-12-03", "12-03"),
        ("T-1-05-02", "T-1-05-02", "05-02"),
        ("G1-P145", None, "P145"),
    ],
)
def test_a_household_is_called_by_its_flat_or_bay(
    household: str, unit: str | None, label: str
) -> None:
    assert unit_label(household, unit) == label


def test_masks_show_what_is_needed_to_know_which_one_is_meant() -> None:
    assert masked_name("Resident 12-03", "12-03") == "R*** 12-03"
    assert masked_name(None, "12-03") == masked_name("", "12-03") == "12-03"
    assert masked_phone("13812345678") == "138****5678"
    assert masked_phone("5550101") == "****01"
