"""A data file made known to LLaMA-Factory, which finds files through `dataset_info.json`."""

from __future__ import annotations

from pathlib import Path


def register(folder: Path, name: str, file: Path, format: str) -> Path:  # noqa: A002  # its word
    """Add or replace one entry of a folder's `dataset_info.json`; the others stay.

    Args:
        folder: LLaMA-Factory's `dataset_dir`.
        name: the data set's name there.
        file: the data file.
        format: name of the file's format.

    Returns:
        The path of `dataset_info.json`.

    Raises:
        InputError: LLaMA-Factory does not take such a file.
        StoreError: it cannot be written.
    """
    raise NotImplementedError
