"""The report: one page of HTML, whole by itself, that tells what a recording shows and how sure it is."""

from __future__ import annotations

from telemparse.report.chapters import Chapter, describe
from telemparse.report.pages import load_template, render, write_report

__all__ = ["Chapter", "describe", "load_template", "render", "write_report"]
