"""The child process that speaks to the Hugging Face hub: `python -m models.hub REPO REVISION FOLDER FILE…`.

It is a process of its own so that a hanging name server or a dead line can be cut off, and so that the hub's library
is loaded only while something is fetched. It prints one line `reached` once the hub has answered; its failure is told
by its exit code and the last line of its stderr.
"""

import sys

CONNECT_S = 5.0


def main(arguments: list[str]) -> None:
    """Brings the named files of one commit into a folder; goes on where an earlier try stopped."""
    from huggingface_hub import HfApi, snapshot_download

    repo, revision, folder, *names = arguments
    HfApi().model_info(repo, revision=revision, timeout=CONNECT_S)
    print("reached", flush=True)
    snapshot_download(repo, revision=revision, local_dir=folder, allow_patterns=names)


if __name__ == "__main__":
    main(sys.argv[1:])
