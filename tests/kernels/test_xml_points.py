"""The point reader on an outline of its own: both methods agree, damage has its place, all is bounded."""

from __future__ import annotations

import io

import pytest
from lxml import etree

from telemparse.kernels.xml_outline import Damage, DamageKind, Outline, local_name
from telemparse.kernels.xml_points import Method, PointReader
from telemparse.kernels.xml_text import XmlText

OUTLINE = Outline("log", ("run",), "p", frozenset({"extra"}))


class Heard:
    """A listener that keeps what it hears."""

    def __init__(self):
        self.said = []

    def opened(self, path, attributes):
        self.said.append(("/".join(path), attributes))

    def closed(self, path, text):
        if text:
            self.said.append(("/".join(path), text))


def read(data, method=Method.STENCILS, piece_bytes=1 << 20):
    """Return points as dictionaries, the reader and the listener."""
    heard = Heard()
    reader = PointReader(XmlText.of(lambda: io.BytesIO(data)), OUTLINE, heard, method, piece_bytes)
    points = []
    for block in reader.blocks():
        columns = {path: column.to_pylist() for path, column in block.columns.items()}
        assert all(len(column) == block.rows for column in columns.values())
        for row in range(block.rows):
            values = {
                "/".join(map(local_name, path)): c[row] for path, c in columns.items() if c[row] is not None
            }
            points.append((values, int(block.offsets[row]), int(block.containers[row])))
    return points, reader, heard


def values(data, method=Method.STENCILS, piece_bytes=1 << 20):
    return [point for point, _offset, _container in read(data, method, piece_bytes)[0]]


def log(*points, root="<log>", end="</run></log>"):
    return f"{root}<run>{''.join(points)}{end}".encode()


def point(number):
    return f'<p n="{number}"><v>{number * 2}</v></p>\n'


MANY = [point(number) for number in range(40)]


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("piece_bytes", [5, 64, 1 << 20])
def test_points_come_out_in_order_with_their_places(method, piece_bytes):
    data = log(*MANY)
    points, reader, _heard = read(data, method, piece_bytes)
    assert [p["n"] for p, _o, _c in points] == [str(n) for n in range(40)]
    assert [p["v"] for p, _o, _c in points] == [str(2 * n) for n in range(40)]
    assert all(data[offset : offset + 2] == b"<p" for _p, offset, _c in points)
    assert {container for _p, _o, container in points} == {1}
    assert reader.breaks == []


def test_values_are_what_lxml_reads():
    odd = [
        "<p n='1'><v>a&amp;b</v></p>", '<p n="2"  m = "x"><v> c </v><v>d</v></p>',
        '<p n="3"><v><![CDATA[<&]]></v></p>',
        '<p n="4"><!-- no --><v>1<?x y?>2</v></p>', '<p n="5"><a><b>deep</b></a></p>', '<p n="6"/>',
        '<p n="&#55;"><v>\n\t8\n</v></p>', "<p n='9'>own<v>v</v>text</p>", '<p n="10"><v></v><v/></p>',
        '<p n="11"><v>ü</v></p>', '<p n="12" xml:lang="de"><v>1</v></p>',
    ]  # fmt: skip
    data = log(*MANY[:5], *odd, *MANY[5:10])
    expected = []
    for element in etree.fromstring(data).iter("p"):
        found = {
            local_name(f"@{etree.QName(name).localname}"): value for name, value in element.attrib.items()
        }
        for leaf in element.iter():
            own = ((leaf.text or "") if isinstance(leaf.tag, str) else "") + "".join(
                c.tail or "" for c in leaf
            )
            if isinstance(leaf.tag, str) and own.strip():
                steps = [
                    a.tag for a in leaf.iterancestors() if a is not element and a.tag not in ("log", "run")
                ]
                key = "/".join([*reversed(steps), leaf.tag] if leaf is not element else [])
                while key in found:
                    key += "/#2"
                found[key] = own.strip()
        expected.append(found)
    assert values(data) == values(data, Method.WALK) == expected


def test_elements_outside_points_are_heard():
    _points, _reader, heard = read(
        b'<log by="me"><name> a \n</name><run k="1">' + MANY[0].encode() + b"</run></log>"
    )
    assert heard.said == [("log", {"by": "me"}), ("log/name", {}), ("log/name", "a"), ("log/run", {"k": "1"})]


def test_names_follow_their_namespace_and_not_their_prefix():
    def both(prefix):
        inner = f'<{prefix}p n="1"><x:v xmlns:x="urn:{{}}">1</x:v></{prefix}p>'
        return inner.format("a") * 6 + inner.format("b") * 6

    one = f'<log xmlns="urn:log"><run>{both("")}</run></log>'
    other = f'<l:log xmlns:l="urn:log"><l:run>{both("l:")}</l:run></l:log>'
    for data in (one, other):
        for method in Method:
            columns, reader = joined_columns(data.encode(), method)
            assert columns[("{urn:a}v",)] == ["1"] * 6 + [None] * 6
            assert columns[("{urn:b}v",)] == [None] * 6 + ["1"] * 6
            assert reader.breaks == []


def joined_columns(data, method):
    """Return the columns of all blocks, one below the other, by full path."""
    reader = PointReader(XmlText.of(lambda: io.BytesIO(data)), OUTLINE, Heard(), method)
    columns, rows = {}, 0
    for block in reader.blocks():
        for path in {**columns, **block.columns}:
            found = block.columns[path].to_pylist() if path in block.columns else [None] * block.rows
            columns[path] = columns.get(path, [None] * rows) + found
        rows += block.rows
    return columns, reader


def test_a_prefix_that_means_something_else_from_run_to_run_is_read_right():
    runs = "".join(
        f'<run xmlns:x="urn:{number % 7}">' + '<p n="1"><x:v>1</x:v></p>' * 5 + "</run>"
        for number in range(20)
    )
    for method in Method:
        columns, _reader = joined_columns(f"<log>{runs}</log>".encode(), method)
        assert set(columns) == {("@n",), *((f"{{urn:{number}}}v",) for number in range(7))}
        assert sum(value is not None for value in columns[("{urn:3}v",)]) == 15


def test_an_undeclared_prefix_keeps_its_values_and_is_named():
    for method in Method:
        points, reader, _heard = read(log(*['<p n="1"><q:v>2</q:v></p>'] * 9), method)
        assert [p for p, _o, _c in points] == [{"n": "1", "v": "2"}] * 9
        assert reader.walker.undeclared == {"q"}


@pytest.mark.parametrize("name", [":v", "q:", "a:b:c", "x:v"])
def test_names_that_namespaces_do_not_allow_are_confessed(name):
    document = log(*[f'<p n="1"><{name}>2</{name}></p>'] * 9, root='<log xmlns:q="urn:q" xmlns:x="">')
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(document)
    for method in Method:
        points, reader, _heard = read(document, method)
        assert len(points) == 9
        assert reader.walker.undeclared


BROKEN = [
    ('<p n="x"><v>1</p>', DamageKind.SYNTAX, 1),
    ('<p n="x" n="y"/>', DamageKind.SYNTAX, 0),
    ('<p n="x', DamageKind.SYNTAX, 0),
    ("<p n=x></p>", DamageKind.SYNTAX, 0),
    ('<p n="x"><v>1</v>', DamageKind.STRUCTURE, 1),
    ('<p n="x"><v>&nbsp;</v></p>', DamageKind.ENTITY, 1),
    ('<p n="x"><v>\x01</v></p>', DamageKind.SYNTAX, 1),
    ('<p n="x"><v>]]></v></p>', DamageKind.SYNTAX, 1),
    ('<p n="x"><1/></p>', DamageKind.SYNTAX, 1),
    ("</run>", DamageKind.STRUCTURE, 0),
    ("<run>", DamageKind.STRUCTURE, 0),
    ('<p n="x">' + "<a>" * 200 + "</a>" * 200 + "</p>", DamageKind.LIMIT, 1),
    ("<a>" * 200 + "</a>" * 200, DamageKind.LIMIT, 0),
    ('<p n="x">' + "<a>1</a>" * 2000 + "</p>", DamageKind.LIMIT, 1),
]


@pytest.mark.parametrize(("broken", "kind", "lost"), BROKEN, ids=[broken[:18] for broken, _k, _l in BROKEN])
@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("piece_bytes", [37, 1 << 20])
def test_points_around_damage_are_kept_and_the_damage_has_its_place(broken, kind, lost, method, piece_bytes):
    data = log(*MANY[:20], broken, *MANY[20:])
    points, reader, _heard = read(data, method, piece_bytes)
    assert [p["n"] for p, _o, _c in points] == [str(n) for n in range(40)]
    first = reader.breaks[0]
    begin = len(log(*MANY[:20], end=""))
    assert (first.kind, first.lost_points) == (kind, lost)
    assert begin <= first.offset <= begin + len(broken) + len(MANY[20])
    assert reader.lost_points[kind] >= lost


@pytest.mark.parametrize("method", Method)
def test_every_cut_gives_the_points_before_it_and_says_truncated(method):
    data = log(*MANY[:6])
    whole = values(data)
    for cut in range(len(data)):
        points, reader, _heard = read(data[:cut], method)
        assert [p for p, _o, _c in points] == whole[: len(points)]
        assert len(points) == data[:cut].count(b"</p>")
        assert [found.kind for found in reader.breaks] == [DamageKind.TRUNCATED]
        assert reader.breaks[0].offset == cut


@pytest.mark.parametrize("opening", ["<!-- ", "<![CDATA[", "<?pi "])
@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("piece_bytes", [50, 1 << 20])
def test_what_an_unclosed_comment_hides_is_read_after_all(opening, method, piece_bytes):
    points, reader, _heard = read(log(*MANY[:10], opening, *MANY[10:]), method, piece_bytes)
    assert [p["n"] for p, _o, _c in points] == [str(n) for n in range(40)]
    assert reader.breaks[0].kind is DamageKind.SYNTAX


def test_points_in_comments_and_cdata_are_no_points():
    data = log(*MANY[:8], f"<!-- {MANY[30]} -->", f"<![CDATA[{MANY[31]}]]>", *MANY[8:16])
    assert values(data) == values(data, Method.WALK) == values(log(*MANY[:16]))


def test_padding_behind_the_end_is_nothing_and_padding_before_it_is_a_cut():
    padding = b"\0" * 5000
    for method in Method:
        points, reader, _heard = read(log(*MANY[:9]) + padding, method, 300)
        assert (len(points), reader.breaks) == (9, [])
        points, reader, _heard = read(log(*MANY[:9], end="") + padding, method, 300)
        assert (len(points), [found.kind for found in reader.breaks]) == (9, [DamageKind.TRUNCATED])


def test_two_documents_one_behind_the_other_are_both_read_with_a_word():
    points, reader, _heard = read(log(*MANY[:9]) * 2)
    assert len(points) == 18
    assert reader.breaks[0].error == "junk after document element"


def test_points_without_any_root_are_found():
    points, reader, _heard = read("".join(MANY[:9]).encode() + b"</run></log>")
    assert [p["n"] for p, _o, _c in points] == [str(n) for n in range(9)]
    assert reader.breaks


def test_declared_entities_end_the_reading_at_once():
    data = b'<!DOCTYPE log [<!ENTITY a "b">]>' + log(*MANY)
    with pytest.raises(Damage) as raised:
        read(data)
    assert raised.value.kind is DamageKind.DECLARED_ENTITY


def test_a_doctype_without_entities_adds_nothing():
    data = b'<!DOCTYPE log [<!ATTLIST p extra CDATA "1">]>' + log(*MANY[:9])
    assert values(data) == values(data, Method.WALK) == values(log(*MANY[:9]))
    external = b'<!DOCTYPE log SYSTEM "http://127.0.0.1:9/log.dtd">' + log(
        '<p n="1"><v>&far;</v></p>', *MANY[:9]
    )
    points, reader, _heard = read(external)
    assert (len(points), reader.breaks[0].kind) == (9, DamageKind.ENTITY)


@pytest.mark.parametrize("method", Method)
def test_a_token_without_end_is_a_limit_and_what_follows_it_is_read(method):
    data = log(*MANY[:5], "<!--" + "x" * 3_000_000 + "-->", *MANY[5:10])
    points, reader, _heard = read(data, method)
    assert [p["n"] for p, _o, _c in points] == [str(n) for n in range(10)]
    assert reader.breaks[0].kind is DamageKind.LIMIT


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("letters", [1_500_000, (1 << 20) + 10])
def test_a_point_larger_than_a_mebibyte_is_lost_and_said(method, letters):
    data = log(*MANY[:5], f'<p n="x"><v>{"y" * letters}</v></p>', *MANY[5:10])
    points, reader, _heard = read(data, method)
    assert [p["n"] for p, _o, _c in points] == [str(n) for n in range(10)]
    assert reader.lost_points == {DamageKind.LIMIT: 1}


def test_values_beyond_256_places_are_dropped_and_counted():
    points = [f'<p n="{number}"><v{number}>1</v{number}></p>' for number in range(700)]
    reader = PointReader(XmlText.of(lambda: io.BytesIO(log(*points))), OUTLINE, Heard(), Method.WALK)
    block = next(reader.blocks())
    assert len(block.columns) == 256
    assert len(block.dropped) == 256
    assert set(block.dropped.values()) == {1}


def test_thousands_of_different_names_are_read_and_forgotten():
    names = [f"n{number}" for number in range(9000)]
    data = log(*(f'<p n="1"><{name}>1</{name}></p>' for name in names))
    read_names = set()
    for block in PointReader(
        XmlText.of(lambda: io.BytesIO(data)), OUTLINE, Heard(), piece_bytes=4000
    ).blocks():
        read_names |= {path[0] for path in block.columns}
    assert read_names == {"@n", *names}


def test_many_shapes_of_points_are_all_read():
    shapes = [f'<p n="1">{" " * number}<v>1</v></p>' for number in range(60)]
    data = log(*(shape * 3 for shape in shapes), *MANY)
    assert values(data) == values(data, Method.WALK)


def test_damage_at_every_turn_is_counted_and_kept_short():
    data = log(*(point + "<" for point in MANY * 60))
    points, reader, _heard = read(data)
    assert len(points) == 40 * 60
    assert reader.damages == {DamageKind.SYNTAX: 40 * 60}
    assert len(reader.breaks) == 3


@pytest.mark.parametrize("method", Method)
def test_what_no_point_has_is_no_column_and_no_prefix(method):
    hidden = "".join(f'<p n="{number}"><q:w>1</q:w><r>1</r></p>' for number in range(9))
    data = log(*['<p n="1"><v> </v></p>'] * 9, f"<!-- {hidden} -->", *['<p n="1"><v></v></p>'] * 9)
    columns, reader = joined_columns(data, method)
    assert set(columns) == {("@n",)}
    assert (len(columns[("@n",)]), reader.walker.undeclared) == (18, set())
