"""Brings the client support data up to date: `python -m catcher.checks.data.refresh 2.0.2`.

Takes the published npm package with `npm pack`, keeps what the checks read, and writes beside this file the data, its
licence and a manifest with version, date and digests. Run by a person, never by the server.
"""

import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PACKAGE = "caniemail"
DATA = "caniemail.json"
LICENCE = "caniemail.LICENSE.txt"
MANIFEST = "manifest.json"
_KEPT = (
    "slug",
    "title",
    "description",
    "url",
    "category",
    "tags",
    "keywords",
    "last_test_date",
    "notes",
    "notes_by_num",
    "stats",
)


def main(arguments: list[str]) -> int:
    """Write the files for the version named in `arguments`; 0 when it worked."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m catcher.checks.data.refresh VERSION\n")
        return 2
    archive = _packed(arguments[0])
    write(archive, version=arguments[0], directory=HERE)
    return 0


def _packed(version: str) -> bytes:
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run(["npm", "pack", f"{PACKAGE}@{version}"], cwd=directory, check=True, stdout=sys.stderr)  # noqa: S603, S607
        return next(Path(directory).glob("*.tgz")).read_bytes()


def write(archive: bytes, *, version: str, directory: Path) -> None:
    """Write data, licence and manifest taken from the package's archive into `directory`."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as package:
        data = json.loads(_member(package, "package/dist/data/caniemail.json"))
        licence = _member(package, "package/LICENSE")
    (directory / DATA).write_bytes(compact(data))
    (directory / LICENCE).write_bytes(licence)
    manifest = {
        "package": PACKAGE,
        "version": version,
        "licence": "MIT",
        "data_of": data["last_update_date"],
        "archive_sha256": hashlib.sha256(archive).hexdigest(),
        "files": {name: hashlib.sha256((directory / name).read_bytes()).hexdigest() for name in (DATA, LICENCE)},
    }
    (directory / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n")


def _member(package: tarfile.TarFile, name: str) -> bytes:
    file = package.extractfile(name)
    if file is None:
        raise FileNotFoundError(name)
    return file.read()


def compact(data: dict[str, Any]) -> bytes:
    """Return the data as JSON with one feature a line, so that a difference between versions can be read."""
    head = {key: data[key] for key in ("api_version", "last_update_date", "nicenames")}
    lines = [
        json.dumps({key: feature[key] for key in _KEPT}, ensure_ascii=False, separators=(",", ":"))
        for feature in data["data"]
    ]
    opening = json.dumps(head, ensure_ascii=False, separators=(",", ":"))[:-1]
    return (opening + ',"data":[\n' + ",\n".join(lines) + "\n]}\n").encode()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
