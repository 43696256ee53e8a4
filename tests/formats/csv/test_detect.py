"""What the CSV detector claims, how surely, and what it leaves to others."""

from __future__ import annotations

import subprocess
import sys

import pytest

from telemparse.formats.csv.detect import detect
from telemparse.formats.csv.examples import EXAMPLES
from telemparse.model.detection import Rung, Sniff


def _sniff(content: str | bytes, name: str = "log.csv") -> Sniff:
    data = content if isinstance(content, bytes) else content.encode()
    return Sniff(name, len(data), data[:65536], data[-4096:])


def _asked(content: str | bytes, name: str = "log.csv"):
    return detect((_sniff(content, name),))


TABLES = {
    "time and position": "time,lat,lon\n1.5,48.1,11.5\n2.5,48.1,11.5\n",
    "semicolons": "Zeit;Breite;Länge\n1,5;48,1;11,5\n2,5;48,1;11,5\n",
    "tabs": "time\tlat\tlon\n1.5\t48.1\t11.5\n",
    "blanks": "time lat lon\n1.5  48.1  11.5\n2.5  48.1  11.5\n",
    "a header alone": "time,latitude,longitude\n",
    "columns nobody knows": "foo,bar\n1,2\n3,4\n",
    "no header": "1,2,3\n4,5,6\n7,8,9\n",
    "a position without a time": "lat,lon\n1,2\n3,4\n",
    "a preamble": "My logger\nv2\n\ntime,lat,lon\n1.5,48.1,11.5\n2.5,48.1,11.5\n",
    "wide letters": "time,lat,lon\n1.5,48.1,11.5\n2.5,48.1,11.5\n".encode("utf-16"),
}


@pytest.mark.parametrize("content", TABLES.values(), ids=TABLES)
def test_tables_have_a_shape_and_evidence(content):
    answer = _asked(content, "log.txt")
    assert answer.rung is Rung.SHAPE
    assert answer.evidence


STRANGERS = {
    "GPX": '<?xml version="1.0"?>\n<gpx><trk/></gpx>',
    "HTML": "<!DOCTYPE html>\n<html>",
    "JSON": '{"a": 1, "b": [1, 2]}\n{"a": 2, "b": [1, 2]}\n',
    "JSON lines": '[{"date":"17/02/2021"}]\n[{"a":1}]\n',
    "NMEA": "$GPRMC,100000,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\n" * 9,
    "NMEA in Python's writing": "b'$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47'\n" * 9,
    "VBO": "File created on 01/02/2020\n\n[header]\nsatellites\n[data]\n1 2 3\n4 5 6\n",
    "IGC": "AXXX001\r\nHFDTE160701\r\nB1602405107126N00149300WA002880042919509020\r\n",
    "a zip": b"PK\x03\x04" + b"\0" * 100,
    "bytes": bytes(range(256)) * 10,
}


_HELD = "lat,lon,speed\n1.5,2.5,3.5\n4.5,5.5,6.5\n"
HOLDERS = {
    "XML behind a comment": f"<!-- log -->\n<log><![CDATA[\n{_HELD}]]></log>\n",
    "XML behind a mark": f"\ufeff<?xml version='1.0'?>\n<log><![CDATA[\n{_HELD}]]></log>\n",
    "XML in sixteen bits": f"<?xml version='1.0'?>\n<log><![CDATA[\n{_HELD}]]></log>\n".encode("utf-16"),
    "JSON behind a mark": f'\ufeff[\n{{"a": 1}},\n{_HELD}]',
    "JSON in sixteen bits": f'[\n{{"a": 1}},\n{_HELD}]'.encode("utf-16"),
}


@pytest.mark.parametrize("content", HOLDERS.values(), ids=HOLDERS)
def test_a_table_inside_another_format_is_no_table(content):
    assert _asked(content).rung is Rung.NO


@pytest.mark.parametrize("content", STRANGERS.values(), ids=STRANGERS)
def test_content_outweighs_the_name(content):
    assert _asked(content).rung in (Rung.NO, Rung.NAME)
    assert _asked(content, "log.bin").rung is Rung.NO


@pytest.mark.parametrize(
    "content", ["", "\n\n", "To whom it may concern, hello\nThis, too, is prose, is it not?\n", "a,b\n"]
)
def test_nothing_and_prose_have_only_their_name(content):
    assert _asked(content).rung is Rung.NAME
    assert _asked(content, "letter.txt").rung is Rung.NO


def test_tables_of_words_are_left_alone():
    text = "name,street,town\nAnn,High Street,Leeds\nBob,Low Street,York\nCid,Main Street,Hull\n"
    assert _asked(text).rung is Rung.NAME


def test_ragged_rows_are_no_table():
    assert _asked("1,2,3\n4,5\n6\n7,8,9,10\n11,12\n1,2,3\n").rung is Rung.NAME


def test_the_best_file_of_a_set_speaks_for_it():
    assert detect((_sniff("prose"), _sniff(TABLES["tabs"]))).rung is Rung.SHAPE
    assert detect(()).rung is Rung.NO


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_told_by_the_marks_of_their_dialects(name):
    assert _asked(EXAMPLES[name], name).rung is Rung.MARKER


def test_a_header_below_the_first_sixteen_kilobytes_is_found():
    text = "\n" * 20_000 + TABLES["time and position"]
    assert _asked(text).rung is Rung.SHAPE


def test_detecting_loads_neither_numpy_nor_pyarrow():
    code = (
        "import sys\n"
        "from telemparse.formats.csv.detect import detect\n"
        "from telemparse.model.detection import Sniff\n"
        "data = b'time,lat,lon\\n1.5,48.1,11.5\\n'\n"
        "assert detect((Sniff('a.csv', len(data), data, data),)).rung.value == 0.5\n"
        "assert not {'numpy', 'pyarrow', 'pandas'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_parsing_does_not_load_pandas(tmp_path):
    rows = [
        f"2025-05-04 10:00:{i:02d},48°06.{i:02d}'N,11.5E,{i} km/h,{'x' if i == 5 else i},3D"
        for i in range(30)
    ]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["time,lat,lon,speed,level,fix", *rows, ""]), encoding="utf-8")
    code = (
        "import sys\n"
        "from telemparse.formats.csv.parser import parse\n"
        "from telemparse.model.artifacts import ArtifactSet\n"
        "from telemparse.model.options import ParseOptions\n"
        "options = ParseOptions(timezone='Europe/Berlin')\n"
        "assert sum(1 for _ in parse(ArtifactSet.of(sys.argv[1]), options)) > 5\n"
        "assert 'pandas' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=True)


@pytest.mark.parametrize("name", ["README.md", "notes.txt"])
def test_prose_that_names_columns_is_no_header(name):
    line = "The table has speed (km/h), latitude, longitude and the time,\n"
    assert _asked("A file about a logger.\n" + line + "Further words, and more.\n" * 5, name).rung is Rung.NO
    assert _asked("A line, of words.\n" * 40 + "time, latitude, longitude\n", name).rung is Rung.NO


def test_a_header_below_a_preamble_with_a_unit_row_is_claimed_without_rows():
    answer = _asked("Device: X1\nDriver: none\ntime,latitude,longitude,speed\ns,deg,deg,km/h\n")
    assert answer.rung is Rung.SHAPE
    assert "no rows" in answer.evidence
