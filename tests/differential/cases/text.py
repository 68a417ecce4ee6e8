"""What the standard library does with text, markup, code and encodings: one expression, one case."""

from differential.registry import expressions

TEXT = """
lib("re").compile(r"(\\w)(\\d)").match("a1").groups()
lib("re").compile(r"(?P<letter>\\w)").match("a1").groupdict()
lib("re").match("a", "b")
lib("re").search("(b)", "abc").span()
lib("re").search("(b)", "abc")[1]
lib("re").search("(b)", "abc").group(5)
lib("re").search("b", "abc").re.pattern
lib("re").search("b", "abc").string
lib("re").sub("a", lambda found: found.group().upper(), "banana")
lib("re").sub("(a)", r"<\\1>", "banana")
lib("re").findall("a.", "abac")
[found.start() for found in lib("re").finditer("a", "banana")]
lib("re").split(",", "a,b,,c")
lib("re").compile("(")
lib("re").compile("a").flags
lib("re").IGNORECASE
lib("re").compile("A", lib("re").IGNORECASE).findall("aA")
lib("re").compile("A", lib("re").I | lib("re").M).flags & lib("re").M
lib("re").compile("a") == lib("re").compile("a")
lib("re").escape("a.b")
lib("string").Template("$a and ${b}").substitute(a=1, b=2)
lib("string").Template("$a").substitute()
lib("string").Formatter().format("{0} {x}", 1, x=2)
lib("string").ascii_letters
lib("string").capwords("a b")
lib("textwrap").wrap("the quick brown fox", 10)
lib("textwrap").dedent("  a\\n  b")
lib("textwrap").TextWrapper(width=5).fill("aa bb cc")
list(lib("difflib").unified_diff(["a"], ["b"], lineterm=""))
lib("difflib").get_close_matches("appel", ["ape", "apple"])
lib("difflib").SequenceMatcher(None, "abcd", "bcde").ratio()
lib("difflib").SequenceMatcher(None, "ab", "bc").get_opcodes()
lib("difflib").SequenceMatcher(None, "abcd", "bcde").find_longest_match(0, 4, 0, 4).size
lib("shlex").split("a 'b c'")
lib("shlex").split("a 'b")
list(lib("shlex").shlex("a = b"))
lib("html").escape("<a>")
lib("html").unescape("&lt;")
lib("urllib.parse").urlparse("http://a/b?c=d#e")
lib("urllib.parse").urlparse("http://a/b?c=d#e").query
tuple(lib("urllib.parse").urlsplit("http://a/b"))
lib("urllib.parse").quote("a b")
lib("urllib.parse").parse_qs("a=1&a=2")
lib("urllib.parse").urlencode({"a": "b c"})
lib("json").dumps({"a": [1, None, True]}, sort_keys=True)
lib("json").loads('{"a": [1.5, null]}')
lib("json").loads("{")
lib("json").dumps({1, 2})
lib("json").dumps(object(), default=lambda value: "made")
lib("json").loads("[1, 2]", parse_int=str)
lib("json").loads('{"a": 1}', object_hook=lambda made: sorted(made))
lib("json").loads('{"a": 1}', object_pairs_hook=list)
lib("json").JSONEncoder(indent=1).encode([1])
list(lib("json").JSONEncoder().iterencode([1, "a"]))
lib("json").JSONDecoder().raw_decode("1 more")
lib("unicodedata").name("a")
lib("unicodedata").lookup("NO SUCH CHARACTER")
lib("codecs").encode("abc", "rot13")
lib("codecs").lookup("utf-8").name
lib("codecs").decode(b"\\xff", "utf-8")
lib("codecs").getincrementaldecoder("utf-8")().decode(b"\\xc3")
lib("base64").b64encode(b"abc")
lib("base64").b64decode("a")
lib("binascii").hexlify(b"ab")
lib("zlib").decompress(lib("zlib").compress(b"a" * 100))
lib("zlib").decompress(b"nonsense")
lib("zlib").crc32(b"a")
lib("gzip").decompress(lib("gzip").compress(b"abc"))
lib("hashlib").sha256(b"a").hexdigest()
after(lib("hashlib").md5(b"a"), "update", b"b").name
lib("hashlib").new("nonsense")
lib("hmac").new(b"k", b"m", "sha1").hexdigest()
lib("ast").literal_eval("[1, {'a': (2,)}]")
lib("ast").literal_eval("f()")
lib("ast").dump(lib("ast").parse("1 + x", mode="eval"))
[type(node).__name__ for node in lib("ast").walk(lib("ast").parse("a = 1"))]
lib("ast").parse("a = 1").body[0].targets[0].id
lib("ast").parse("a =")
[token.string for token in lib("tokenize").generate_tokens(lib("io").StringIO("a = 1").readline)][:3]
lib("xml.etree.ElementTree").fromstring("<a x='1'><b/>text</a>").get("x")
[each.tag for each in lib("xml.etree.ElementTree").fromstring("<a><b/><c/></a>")]
lib("xml.etree.ElementTree").fromstring("<a")
lib("xml.etree.ElementTree").tostring(lib("xml.etree.ElementTree").fromstring("<a><b/></a>"))
lib("xml.etree.ElementTree").fromstring("<a><b>t</b></a>").find("b").text
len(lib("xml.etree.ElementTree").fromstring("<a><b/><c/></a>"))
lib("configparser").ConfigParser().sections()
configured(lib("configparser").ConfigParser())["s"]["k"]
configured(lib("configparser").ConfigParser()).get("s", "missing")
configured(lib("configparser").ConfigParser()).getint("s", "n")
dict(configured(lib("configparser").ConfigParser())["s"])
lib("argparse").ArgumentParser(prog="p").parse_args([])
lib("types").MappingProxyType({"a": 1})["a"]
lib("types").MappingProxyType({"a": 1})["b"]
lib("types").SimpleNamespace(a=1) == lib("types").SimpleNamespace(a=1)
lib("inspect").signature(lib("circus").acts.juggle).parameters["only"].default
str(lib("inspect").signature(lib("circus").acts.juggle))
lib("inspect").isfunction(lib("circus").acts.juggle)
lib("inspect").getdoc(lib("circus").animals.Animal)
lib("weakref").WeakValueDictionary()
len(lib("weakref").WeakSet())
lib("queue").Queue().empty()
lib("queue").Queue().get_nowait()
after(lib("queue").Queue(1), "put", 1).full()
lib("threading").Lock().acquire()
lib("threading").Event().is_set()
lib("logging").getLogger("circus").name
lib("logging").getLevelName(10)
lib("logging").LogRecord("n", 10, "p", 1, "m %s", ("a",), None).getMessage()
lib("logging").Formatter("%(message)s").format(lib("logging").LogRecord("n", 10, "p", 1, "m", (), None))
lib("warnings").formatwarning("m", UserWarning, "f", 1, "l")
lib("traceback").format_exception_only(ValueError, ValueError("text"))
lib("mimetypes").guess_type("a.html")
lib("locale").getpreferredencoding(False)
lib("sqlite3").connect(":memory:").execute("select 1, 'a', null").fetchall()
lib("sqlite3").connect(":memory:").execute("select 1 as a").description[0][0]
lib("sqlite3").connect(":memory:").execute("nonsense")
[row for row in lib("sqlite3").connect(":memory:").execute("select 1 union select 2")]
list(lib("csv").reader(["a,b", "1,2"]))
list(lib("csv").DictReader(["a,b", "1,2"]))
lib("csv").Sniffer().sniff("a;b\\n1;2").delimiter
lib("csv").reader(5)
lib("io").StringIO("one\\ntwo\\n").readlines()
"""


def after(thing, name, *args, **kwargs):
    getattr(thing, name)(*args, **kwargs)
    return thing


def configured(parser):
    parser.read_string("[s]\nk = v\nn = 5\n")
    return parser


expressions("text", TEXT.strip().splitlines(), after=after, configured=configured)
