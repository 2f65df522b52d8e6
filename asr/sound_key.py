"""The key of sound that is encrypted where it lies: one file, for its owner alone.

Sound is encrypted (AES-256-GCM) when MEETING_SOUND_KEY_FILE names a key file. Each part of a journal has a cipher of
its own, drawn from the key by a random salt (HKDF, RFC 5869), and each piece of sound a random nonce, also when it is
written again at the same place. A key file may hold several keys, one a line: the first one writes, all of them read.

`python -m asr.sound_key FILE` makes a key file, or puts a new key before the ones in it.
"""

import base64
import binascii
import os
import stat
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from asr.errors import AsrError, KeyRefused, SoundLocked
from asr.journal_files import write_whole
from models.refusal import N_

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_VARIABLE = "MEETING_SOUND_KEY_FILE"
NAME_BYTES, SALT_BYTES, SECRET_BYTES = 4, 16, 28
_KIND = "smart-meeting-sound-key-1"
_KEY_BYTES, _NONCE_BYTES, _TAG_BYTES = 32, 12, 16


class Cipher:
    """What encrypts one part. `key_name` and `salt` are written in the part and lead back to the cipher."""

    def __init__(self, key: bytes, salt: bytes) -> None:
        self.key_name, self.salt = name_of(key), salt
        self._key = key
        self._aead = _aead(key, salt)

    def renewed(self) -> "Cipher":
        """The cipher of another part, from the same key."""
        return Cipher(self._key, os.urandom(SALT_BYTES))

    def close(self, sound: bytes, bound: bytes) -> tuple[bytes, bytes]:
        """Encrypts: (the same number of bytes, nonce and tag). `bound` has to be the same when it is opened."""
        nonce = os.urandom(_NONCE_BYTES)
        closed = self._aead.encrypt(nonce, sound, bound)
        return closed[:-_TAG_BYTES], nonce + closed[-_TAG_BYTES:]

    def open(self, closed: bytes, secret: bytes, bound: bytes) -> bytes | None:
        """Decrypts; None when it was changed since, or belongs elsewhere."""
        from cryptography.exceptions import InvalidTag

        try:
            return self._aead.decrypt(secret[:_NONCE_BYTES], closed + secret[_NONCE_BYTES:], bound)
        except InvalidTag:
            return None


def key_file() -> Path | None:
    """The file that is named for the key; None: sound is not to be encrypted."""
    named = os.environ.get(KEY_VARIABLE)
    return Path(named).expanduser() if named else None


def new_cipher() -> Cipher | None:
    """For a part that is begun now; None where sound is not to be encrypted. Raises KeyRefused."""
    path = key_file()
    return None if path is None else Cipher(read_keys(path)[0], os.urandom(SALT_BYTES))


def cipher_of(key_name: bytes, salt: bytes, where: Path) -> Cipher:
    """The cipher of a part that was written before, `where` it lies. Raises SoundLocked, KeyRefused."""
    path = key_file()
    keys = () if path is None else read_keys(path)
    for key in keys:
        if name_of(key) == key_name:
            return Cipher(key, salt)
    raise SoundLocked(path=str(where), variable=KEY_VARIABLE)


def read_keys(path: Path) -> tuple[bytes, ...]:
    """The keys of a file, the newest first. Raises KeyRefused."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise KeyRefused(path=str(path), reason=N_("it is not a file"))
        if found.st_uid not in (os.geteuid(), 0) or found.st_mode & 0o077:
            raise KeyRefused(path=str(path), reason=N_("it is open to somebody else"))
        keys = tuple(_key_of(line) for line in path.read_text("ascii").splitlines() if line.strip())
    except OSError as error:
        raise KeyRefused(path=str(path), reason=error.strerror or repr(error)) from error
    except ValueError as error:
        raise KeyRefused(path=str(path), reason=N_("it holds something else")) from error
    if not keys:
        raise KeyRefused(path=str(path), reason=N_("it is empty"))
    return keys


def add_key(path: Path) -> None:
    """Puts a new key before those of the file, which is made when it is not there. Raises KeyRefused."""
    older = read_keys(path) if path.exists() else ()
    lines = [_line_of(key) for key in (os.urandom(_KEY_BYTES), *older)]
    try:
        write_whole(path, "".join(lines).encode("ascii"), durable=True)
    except OSError as error:
        raise KeyRefused(path=str(path), reason=error.strerror or repr(error)) from error


def name_of(key: bytes) -> bytes:
    """What a part says of its key: enough to find it, nothing of the key itself."""
    # hashlib would load an OpenSSL of its own, beside that of the library which encrypts.
    from cryptography.hazmat.primitives.hashes import SHA256, Hash

    reckoned = Hash(SHA256())
    reckoned.update(b"smart-meeting sound key name" + key)
    return reckoned.finalize()[:NAME_BYTES]


def _key_of(line: str) -> bytes:
    kind, text = line.split()
    key = base64.b64decode(text, validate=True)
    if kind != _KIND or len(key) != _KEY_BYTES:
        raise binascii.Error
    return key


def _line_of(key: bytes) -> str:
    return f"{_KIND} {base64.b64encode(key).decode()}\n"


@lru_cache(maxsize=64)
def _aead(key: bytes, salt: bytes) -> "AESGCM":
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return AESGCM(HKDF(SHA256(), _KEY_BYTES, salt, b"smart-meeting sound part").derive(key))


def main(argv: list[str]) -> int:
    """The program: returns its exit code."""
    try:
        add_key(Path(argv[0]))
    except IndexError:
        print("python -m asr.sound_key FILE", file=sys.stderr)
        return 2
    except AsrError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
