"""The command that examines a library and what it runs on: ``doctor``."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from chat.cli.context import SLOW_KINDS, Context, print_json
from chat.cli.progress import bar
from chat.plain import SEPARATOR
from ingest.errors import ModelError, SettingError

if TYPE_CHECKING:
    from index.embed import Embedder
    from index.upkeep.doctor import Examination, Finding

_PACKAGES = ("faiss-cpu", "tantivy", "numpy", "sentencepiece", "torch", "transformers")


def doctor(options: Namespace, context: Context) -> int:
    """``wenjin doctor``: 1 if anything is wrong, and with ``--repair`` if anything still is."""
    from index.upkeep.doctor import examine

    versions, device = _versions(), _device(context)
    embedder, findings = _embedder(context)
    library = Path(context.settings.library)
    with bar(quiet=options.quiet, unit="") as progress:
        if options.repair and embedder:
            from index.upkeep.mend import repair

            examination = repair(library, embedder, progress)
        else:
            examination = examine(library, embedder, progress)
    findings += examination.findings
    clean = not any(finding.wrong for finding in findings)
    if options.json:
        print_json(
            {
                "versions": versions,
                "device": device,
                "embedder": context.settings.embedder,
                "library": {"folder": str(library), **_counted(examination)},
                "findings": [_record(finding, context.language) for finding in findings],
                "clean": clean,
            }
        )
    else:
        _print(versions, device, embedder, examination, context)
        _print_findings(findings, context, clean=clean)
    return 0 if clean else 1


def _versions() -> dict[str, str]:
    """What runs here, by name; packages that aren't installed are left out."""
    import platform
    import sqlite3
    from importlib.metadata import PackageNotFoundError, version

    versions = {"Wenjin": version("wenjin"), "Python": platform.python_version()}
    versions["SQLite"] = sqlite3.sqlite_version
    for package in _PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return versions


def _device(context: Context) -> str:
    """Where vectors are searched and, if a setting wants it, models run."""
    if context.settings.device == "cpu":
        return "cpu"
    import faiss

    found = [f"faiss: {'cuda' if faiss.get_num_gpus() else 'cpu'}"]
    specs = (context.settings.embedder, context.settings.generator, context.settings.reranker)
    if any(spec.startswith((*SLOW_KINDS, "cross-encoder:")) for spec in specs):
        import torch

        found.append(f"torch: {'cuda' if torch.cuda.is_available() else 'cpu'}")
    return SEPARATOR.join(found)


def _embedder(context: Context) -> tuple[Embedder | None, list[Finding]]:
    """The embedder that is set, or why it can't be had."""
    from index.upkeep.doctor import Finding

    try:
        return context.load_embedder(), []
    except (ModelError, SettingError) as error:
        return None, [Finding("model", error.english, error.chinese)]


def _counted(examination: Examination) -> dict[str, int | str]:
    return asdict(examination.counts) if examination.counts else {}


def _record(finding: Finding, language: str) -> dict[str, str | bool]:
    return {
        "kind": finding.kind,
        "wrong": finding.wrong,
        "mendable": finding.mendable,
        "message": finding.in_language(language),
    }


def _print(
    versions: dict[str, str],
    device: str,
    embedder: Embedder | None,
    examination: Examination,
    context: Context,
) -> None:
    print(SEPARATOR.join(f"{name} {number}" for name, number in versions.items()))
    if embedder:
        spec = context.settings.embedder
        model = {"name": embedder.name, "dimension": embedder.dimension}
        print(context.text("doctor.model", spec=spec, **model))
    print(context.text("doctor.device", device=device))
    if counts := examination.counts:
        library = context.settings.library
        print(context.text("doctor.library", folder=library, **asdict(counts)))


def _print_findings(findings: list[Finding], context: Context, *, clean: bool) -> None:
    for finding in findings:
        key = "doctor.wrong" if finding.wrong else "doctor.note"
        print(context.text(key, message=finding.in_language(context.language)))
    wrong = sum(finding.wrong for finding in findings)
    print(context.text("doctor.clean" if clean else "doctor.summary", count=wrong))
