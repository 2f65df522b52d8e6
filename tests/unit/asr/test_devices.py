"""Which microphone is meant, and what is said when it is not there."""

import subprocess
import sys

import pytest

from asr.devices import Device, find_device
from asr.errors import DeviceGone, NoMicrophone

INTERNAL = Device(name="内置话筒", index=0, channels=2, rate_hz=48_000, default=False)
CONFERENCE = Device(name="Jabra 全向麦 USB", index=3, channels=1, rate_hz=16_000, default=True)
PRESENT = [INTERNAL, CONFERENCE]


def test_no_name_means_the_default_device_or_else_the_first():
    assert find_device(None, PRESENT) == CONFERENCE
    assert find_device(None, [INTERNAL]) == INTERNAL


@pytest.mark.parametrize("name", ["Jabra 全向麦 USB", "jabra", "全向麦", "3"])
def test_device_is_found_by_name_part_of_it_or_index(name):
    assert find_device(name, PRESENT) == CONFERENCE


def test_absent_device_is_named_with_those_that_are_there():
    with pytest.raises(DeviceGone) as refused:
        find_device("会议室", PRESENT)
    assert refused.value.facts == {"name": "会议室", "present": "内置话筒, Jabra 全向麦 USB"}
    assert refused.value.exit_code == 3


def test_machine_without_a_microphone_says_so():
    with pytest.raises(NoMicrophone):
        find_device("内置", [])


def test_machine_without_portaudio_is_told_the_command_that_installs_it():
    script = (
        "import ctypes.util; ctypes.util.find_library = lambda name: None\n"
        "from asr.devices import list_devices\n"
        "from asr.errors import LibraryMissing\n"
        "try: list_devices()\n"
        "except LibraryMissing as error: print(error.exit_code, error)\n"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.startswith("3 PortAudio is not installed")
    assert "apt-get install -y libportaudio2" in told.stdout
