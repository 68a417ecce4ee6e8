"""The standard library's objects that hold something: files, archives, databases, parsers, queues."""

from differential.registry import case, raising


@case
def text_file(lib):
    stream = lib("io").StringIO("one\ntwo\nthree\n")
    found = [stream.readline(), stream.tell(), stream.read(3), list(stream)]
    stream.seek(0)
    found += [next(stream), stream.readlines(1), stream.seekable(), stream.writable()]
    stream.close()
    with raising(ValueError) as noted:
        stream.read()
    return [found, stream.closed, noted]


@case
def bytes_file(lib):
    with lib("io").BytesIO() as stream:
        written = [stream.write(b"abc"), stream.write(bytearray(b"de"))]
        stream.seek(1)
        return [written, stream.read(2), stream.getvalue(), stream.truncate(2), stream.getvalue()]


@case
def wrapped_file(lib):
    raw = lib("io").BytesIO(b"\xc3\xa9\nb")
    text = lib("io").TextIOWrapper(raw, encoding="utf-8")
    return [text.readline(), text.encoding, text.buffer is raw, [line for line in text]]


@case
def csv_writer(lib):
    stream = lib("io").StringIO()
    writer = lib("csv").DictWriter(stream, ["a", "b"])
    writer.writeheader()
    writer.writerow({"a": 1, "b": "x,y"})
    stream.seek(0)
    reader = lib("csv").DictReader(stream)
    return [stream.getvalue(), reader.fieldnames, [dict(row) for row in reader], reader.line_num]


@case
def zip_file(lib):
    stream = lib("io").BytesIO()
    with lib("zipfile").ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "text")
        names = archive.namelist()
    with lib("zipfile").ZipFile(stream) as archive, archive.open("a.txt") as member:
        return [names, member.read(), archive.getinfo("a.txt").file_size]


@case
def compressor(lib):
    made = lib("zlib").compressobj()
    data = made.compress(b"a" * 50) + made.flush()
    return lib("zlib").decompressobj().decompress(data)


@case
def database(lib):
    with lib("contextlib").closing(lib("sqlite3").connect(":memory:")) as connection:
        connection.execute("create table t (a, b)")
        connection.executemany("insert into t values (?, ?)", [(1, "x"), (2, None)])
        connection.create_function("mine", 1, lambda value: value * 10)
        rows = connection.execute("select mine(a), b from t").fetchall()
        with raising() as noted:
            connection.execute("select * from nope")
        with connection:
            connection.execute("delete from t")
        connection.row_factory = lib("sqlite3").Row
        row = connection.execute("select 1 as one").fetchone()
        return [rows, noted, connection.total_changes, row["one"], row.keys(), tuple(row)]


@case
def logging(lib):
    module = lib("logging")
    logger = module.getLogger("circus.differential")
    stream = lib("io").StringIO()
    handler = module.StreamHandler(stream)
    handler.setFormatter(module.Formatter("%(levelname)s %(name)s %(message)s"))
    logger.addHandler(handler)
    logger.propagate = False
    logger.setLevel("INFO")
    logger.debug("unseen")
    logger.warning("seen %s", [1])
    try:
        1 / 0
    except ZeroDivisionError:
        logger.error("failed")
    logger.removeHandler(handler)
    return [stream.getvalue(), logger.level, logger.isEnabledFor(10)]


@case
def queue(lib):
    made = lib("queue").Queue(2)
    made.put([1])
    made.put("two")
    found = [made.qsize(), made.full(), made.get(), made.get_nowait()]
    with raising() as noted:
        made.get_nowait()
    return [found, noted]


@case
def element_tree(lib):
    tree = lib("xml.etree.ElementTree")
    root = tree.Element("root", {"a": "1"})
    child = tree.SubElement(root, "child")
    child.text = "text"
    child.set("k", "v")
    return [
        tree.tostring(root),
        root[0] is child,
        root.find("child").text,
        dict(root.attrib),
        [e.tag for e in root.iter()],
    ]


@case
def parser_with_a_callback(lib):
    parser = lib("argparse").ArgumentParser(prog="p")
    parser.add_argument("--number", type=int, default=1)
    parser.add_argument("name", type=lambda text: text.upper())
    found = parser.parse_args(["--number", "5", "ann"])
    return [found.number, found.name, vars(lib("types").SimpleNamespace(a=1)) if False else found.name]


@case
def html_parser_events(lib):
    parser = lib("html.parser").HTMLParser()
    seen = []
    parser.handle_starttag = lambda tag, attributes: seen.append([tag, attributes])
    parser.handle_endtag = lambda tag: seen.append("/" + tag)
    parser.feed("<html a=1>Hello<p>World</p></html>")
    return seen


@case
def struct_object(lib):
    packer = lib("struct").Struct(">hh")
    return [packer.pack(1, 2), packer.unpack(b"\0\1\0\2"), packer.size, packer.format]


@case
def random_generator(lib):
    made = lib("random").Random(11)
    state = made.getstate()
    first = [made.random(), made.randrange(10), made.sample("abcdef", 3)]
    made.setstate(state)
    return [first, [made.random(), made.randrange(10), made.sample("abcdef", 3)]]


@case
def decimal_context(lib):
    module = lib("decimal")
    context = module.Context(prec=4)
    context.prec = 5
    return [
        context.divide(module.Decimal(1), module.Decimal(3)),
        context.copy().prec,
        bool(context.flags[module.Inexact]),
    ]


@case
def memory_view(lib):
    view = lib("builtins").memoryview(bytearray(b"abcd"))
    view[0] = 122
    return [bytes(view.tobytes()), view.nbytes, view.readonly, list(view[1:3]), view == b"zbcd"]
