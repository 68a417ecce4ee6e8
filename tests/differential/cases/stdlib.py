"""What the standard library's types do: one expression, one case."""

from differential.registry import expressions

COLLECTIONS = """
C.Counter("abcab").most_common(2)
C.Counter("abcab").elements()
sorted(C.Counter("abcab").elements())
C.Counter(a=3) - C.Counter(a=1, b=2)
C.Counter(a=3) & C.Counter(a=1, b=2)
C.Counter(a=3)["missing"]
C.Counter("abc").update("aaa")
after(C.Counter("abc"), "update", "aaa")
after(C.Counter("abc"), "subtract", a=5)
dict(C.Counter("abc"))
{**C.Counter("ab")}
list(C.Counter("abc").items())
C.Counter.fromkeys("ab")
C.OrderedDict(a=1, b=2).popitem()
C.OrderedDict(a=1, b=2).popitem(last=False)
after(C.OrderedDict(a=1, b=2), "move_to_end", "a")
C.OrderedDict(a=1).pop("b")
C.OrderedDict(a=1).pop("b", None)
C.OrderedDict(a=1)["b"]
C.OrderedDict(a=1).setdefault("b", [])
C.OrderedDict(a=1, b=2).keys()
list(C.OrderedDict(a=1, b=2).keys())
list(C.OrderedDict(a=1, b=2).values())
C.OrderedDict(a=1) == {"a": 1}
{"a": 1} == C.OrderedDict(a=1)
C.OrderedDict(a=1, b=2) == C.OrderedDict(b=2, a=1)
C.OrderedDict(a=1).get("z", 5)
C.OrderedDict(a=1).copy()
"a" in C.OrderedDict(a=1).keys()
C.deque([1, 2, 3]).pop()
C.deque([1, 2, 3]).popleft()
C.deque().popleft()
after(C.deque([1, 2, 3]), "rotate", 1)
after(C.deque([1, 2, 3], 3), "append", 4)
after(C.deque([1, 2, 3], 3), "appendleft", 0)
after(C.deque([1, 2]), "extendleft", [3, 4])
after(C.deque([1, 2]), "insert", 1, "x")
after(C.deque([1, 2, 3]), "remove", 2)
C.deque([1, 2, 3]).remove(9)
C.deque([1, 2, 3]).index(3)
C.deque([1, 2, 3]).maxlen
C.deque([1, 2, 3], 4).maxlen
C.deque([1, 2, 3])[-1]
C.deque([1, 2, 3])[5]
C.deque([1, 2, 3])[0:2]
C.deque("abc").count("a")
[*C.deque("abc")]
tuple(C.deque("abc"))
max(C.deque([3, 1, 2]))
sum(C.deque([3, 1, 2]))
sorted(C.deque([3, 1, 2]))
C.defaultdict(list)["a"]
after(C.defaultdict(int), "__setitem__", "a", 2)
C.defaultdict(list, a=[1]).get("b")
C.defaultdict(None)["a"]
C.ChainMap({"a": 1}, {"b": 2})["b"]
C.ChainMap({"a": 1}, {"b": 2})["c"]
C.ChainMap({"a": 1}).new_child({"z": 9})
C.ChainMap({"a": 1}, {"b": 2}).parents
C.ChainMap({"a": 1}, {"b": 2}).maps
C.UserDict(a=1)["a"]
C.UserDict(a=1)
C.UserList([3, 1, 2]).data
after(C.UserList([3, 1, 2]), "sort")
C.UserString("abc").upper()
C.namedtuple("P", "x y")(1, 2).x
C.namedtuple("P", "x y")(1, 2)._asdict()
C.namedtuple("P", "x y")(1, 2)._replace(x=5).x
C.namedtuple("P", "x y")._fields
C.namedtuple("P", "x y")(1)
C.namedtuple("P", "x y", defaults=[7])(1).y
C.no_such_name
C.Counter().no_such_attribute
C.deque(5)
C.deque([1], maxlen=-1)
"""
ALGORITHMS = """
lib("heapq").nsmallest(2, [5, 1, 4, 2])
lib("heapq").nlargest(2, ["aa", "b", "cccc"], key=len)
list(lib("heapq").merge([1, 4], [2, 3]))
lib("heapq").heappop([])
lib("heapq").heappushpop([5, 6], 4)
lib("bisect").bisect_left([1, 2, 2, 3], 2)
lib("bisect").bisect([1, 2, 2, 3], 2)
lib("bisect").bisect([1, "a"], 2)
list(lib("itertools").chain([1], (2,), "3"))
list(lib("itertools").chain.from_iterable(["ab", "c"]))
list(lib("itertools").combinations("abc", 2))
list(lib("itertools").permutations([1, 2, 3], 2))
list(lib("itertools").product("ab", repeat=2))
list(lib("itertools").islice(lib("itertools").count(5, 2), 3))
list(lib("itertools").islice(lib("itertools").cycle("ab"), 5))
next(lib("itertools").count(7))
list(lib("itertools").accumulate([1, 2, 3]))
list(lib("itertools").accumulate([1, 2, 3], lambda a, b: a * b))
list(lib("itertools").groupby("aab"))[0][0]
[[key, list(group)] for key, group in lib("itertools").groupby("aabbc")]
[[key, list(group)] for key, group in lib("itertools").groupby([1, 3, 2], lambda n: n % 2)]
list(lib("itertools").takewhile(lambda n: n < 3, [1, 2, 3, 1]))
list(lib("itertools").dropwhile(lambda n: n < 3, [1, 2, 3, 1]))
list(lib("itertools").filterfalse(None, [0, 1, ""]))
list(lib("itertools").starmap(pow, [(2, 3), (3, 2)]))
list(lib("itertools").zip_longest("ab", "c", fillvalue="-"))
list(lib("itertools").compress("abc", [1, 0, 1]))
list(lib("itertools").repeat("x", 2))
[list(each) for each in lib("itertools").tee([1, 2])]
list(zip(lib("itertools").count(), lib("itertools").repeat("a", 2)))
list(lib("itertools").islice([1, 2], -1))
list(lib("builtins").map(str, [1, 2]))
list(lib("builtins").filter(None, [0, 1]))
list(lib("builtins").zip("ab", [1, 2]))
list(lib("builtins").enumerate("ab", 1))
list(lib("builtins").reversed([1, 2]))
lib("builtins").sorted([3, 1, 2], reverse=True)
lib("builtins").sorted(["b", "A"], key=str.lower)
lib("builtins").sorted([1, "a"])
lib("builtins").max([3, 9, 2], key=lambda n: -n)
lib("builtins").max([])
lib("builtins").sum([[1], [2]], [])
lib("builtins").any(iter([0, 1]))
lib("builtins").divmod(7, -2)
lib("builtins").pow(3, -1, 7)
lib("builtins").isinstance(3, (int, str))
lib("builtins").issubclass(bool, int)
lib("builtins").getattr("text", "upper")()
lib("builtins").getattr("text", "nothing", 5)
lib("builtins").hash((1, 2)) == hash((1, 2))
lib("builtins").compile("1 +", "file", "eval")
lib("builtins").eval("1 / 0")
lib("builtins").iter(lambda: 3, 3).__next__()
list(lib("builtins").iter([3, 4].pop, 3))
next(lib("builtins").iter([]))
next(lib("builtins").iter([]), "default")
lib("builtins").range(3)
lib("builtins").range(0, 10, 3)[1:]
lib("builtins").slice(1, 2)
lib("builtins").memoryview(b"abc").tolist()
lib("builtins").memoryview(b"abc")[1]
lib("builtins").memoryview(b"abcd").cast("H").format
lib("builtins").complex("1+2j")
lib("builtins").int("zz", 36)
lib("builtins").int("not a number")
lib("builtins").float("nan")
lib("builtins").bytes([1, 300])
lib("builtins").chr(-1)
lib("builtins").str(b"abc", "ascii")
lib("builtins").str.join("-", ["a", "b"])
lib("builtins").str.maketrans("ab", "xy")
lib("builtins").bytes.fromhex("0aff")
lib("builtins").dict.fromkeys("ab")
lib("builtins").frozenset([1, 2])
lib("builtins").type(3)(4)
lib("builtins").type("Made", (), {"value": 3})().value
lib("builtins").object().__class__.__name__
lib("builtins").vars(lib("types").SimpleNamespace(a=1))
lib("operator").itemgetter(1, 0)("ab")
lib("operator").attrgetter("real")(3)
lib("operator").methodcaller("upper")("a")
lib("operator").concat([1], [2])
lib("operator").add(1, "a")
lib("operator").truth([])
lib("operator").setitem({}, "a", 1)
lib("functools").reduce(lambda a, b: a + b, [1, 2, 3])
lib("functools").reduce(lambda a, b: a + b, [])
lib("functools").partial(pow, 2)(5)
lib("functools").partial(int, base=2)("101")
lib("functools").partial(pow, 2).args
lib("functools").partial(int, base=2).keywords
sorted([3, 1, 2], key=lib("functools").cmp_to_key(lambda a, b: b - a))
lib("functools").lru_cache(maxsize=2)(lambda n: n * 2)(4)
cached(lib("functools").lru_cache(maxsize=None)(lambda n: n * 2))
lib("functools").wraps(len)(lambda value: 3)([])
lib("functools").singledispatch(lambda value: "any")(3)
lib("copy").copy([1, [2]])
lib("copy").deepcopy({"a": [1]})
lib("pprint").pformat({"b": 1, "a": [2] * 3}, width=10)
lib("graphlib" if False else "keyword").iskeyword("for")
lib("random").Random(5).random()
lib("random").Random(5).sample(range(100), 3)
lib("random").Random("seed").choice("abcdef")
lib("random").Random(1).choices([1, 2, 3], weights=[5, 1, 1], k=4)
lib("random").Random(5).gauss(0, 1)
lib("random").Random(5).getrandbits(80)
lib("random").Random(3).choice([])
lib("random").Random(5).getstate()[0]
seeded(lib("random"))
"""
NUMBERS = """
lib("statistics").mean([1, 2, 4])
lib("statistics").median(iter([3, 1, 2]))
lib("statistics").mode("aab")
lib("statistics").mean([])
lib("statistics").stdev([1])
lib("statistics").mean([lib("fractions").Fraction(1, 3), 1])
lib("statistics").quantiles([1, 2, 3, 4], n=3)
lib("statistics").NormalDist(1, 2) + lib("statistics").NormalDist(3, 4)
lib("statistics").NormalDist(1, 2) * 3
2 * lib("statistics").NormalDist(1, 2)
-lib("statistics").NormalDist(1, 2)
lib("statistics").NormalDist(1, -2)
lib("statistics").NormalDist.from_samples([1, 2, 3]).mean
lib("statistics").NormalDist(1, 2).cdf(1)
lib("statistics").NormalDist(1, 2).mean
lib("statistics").NormalDist(1, 2).zscore(2) if hasattr(lib("statistics").NormalDist(1, 2), "zscore") else "older"
lib("math").sqrt(-1)
lib("math").factorial(30)
lib("math").gcd(12, 18)
lib("math").inf
lib("math").isnan(lib("math").nan)
lib("math").modf(1.5)
lib("math").frexp(10)
lib("math").sqrt("a")
lib("cmath").sqrt(-1)
lib("cmath").polar(1j)
lib("decimal").Decimal("1.10") + lib("decimal").Decimal("2.2")
lib("decimal").Decimal(1) / 3
lib("decimal").Decimal("abc")
lib("decimal").Decimal("NaN")
lib("decimal").Decimal("-0.00")
lib("decimal").Context(prec=3).divide(1, 3)
lib("decimal").Context(prec=3).divide(1, 0)
lib("decimal").Context(prec=3).sqrt(2)
lib("decimal").Context(prec=3).prec
lib("decimal").Context(prec=3, rounding="ROUND_UP").create_decimal("1.2341")
lib("decimal").ROUND_UP
lib("decimal").Decimal(1).compare(2)
lib("fractions").Fraction(1, 3) + 1
lib("fractions").Fraction("0.125")
lib("fractions").Fraction(1, 0)
lib("fractions").Fraction(3, 4).limit_denominator(3)
lib("numbers").Number
lib("struct").pack(">hl", 1, 2)
lib("struct").unpack(">h", b"\\0\\1")
lib("struct").unpack(">h", b"\\0")
lib("struct").Struct("<i").size
list(lib("struct").iter_unpack("<h", b"\\1\\0\\2\\0"))
lib("array").array("d", [1.5, 2]).tolist()
lib("array").array("i", [1, 2]).tobytes()
lib("array").array("i", ["a"])
after(lib("array").array("i", [1]), "append", 2)
lib("array").array("u" if False else "b", b"ab").typecode
lib("colorsys").rgb_to_hsv(1, 0.5, 0)
lib("secrets").compare_digest("a", "a")
lib("ipaddress").ip_network("10.0.0.0/30").num_addresses
[str(each) for each in lib("ipaddress").ip_network("10.0.0.0/30").hosts()]
lib("ipaddress").ip_address("10.0.0.1") in lib("ipaddress").ip_network("10.0.0.0/8")
lib("ipaddress").ip_address("10.0.0.1") + 5
lib("ipaddress").ip_address("10.0.0.1") < lib("ipaddress").ip_address("10.0.0.2")
lib("ipaddress").ip_address("nonsense")
{lib("ipaddress").ip_address("10.0.0.1"): 1}[lib("ipaddress").ip_address("10.0.0.1")]
"""
TIME = """
lib("datetime").datetime(2024, 2, 29, 12, 30)
lib("datetime").datetime(2023, 2, 29)
lib("datetime").datetime(2024, 2, 29) - lib("datetime").datetime(2024, 1, 1)
lib("datetime").date(2024, 2, 29).isoformat()
lib("datetime").date.fromisoformat("2024-02-29")
lib("datetime").datetime.strptime("29/02/24", "%d/%m/%y")
lib("datetime").datetime.strptime("nonsense", "%d")
lib("datetime").timedelta(hours=5) / 2
lib("datetime").timedelta.max
lib("datetime").timezone(lib("datetime").timedelta(hours=2))
lib("datetime").datetime(2024, 1, 1, tzinfo=lib("datetime").timezone.utc).isoformat()
lib("datetime").datetime.min
lib("datetime").time(1, 2, 3).replace(hour=4)
lib("datetime").datetime.fromtimestamp(0, lib("datetime").timezone.utc)
lib("calendar").monthrange(2024, 2)
lib("calendar").TextCalendar().formatmonth(2024, 2)
list(lib("calendar").Calendar().itermonthdays(2024, 2))[:5]
lib("calendar").month_name[2]
list(lib("calendar").day_abbr)
lib("calendar").isleap(2024)
lib("time").strftime("%Y", (2024, 1, 1, 0, 0, 0, 0, 1, 0))
lib("time").gmtime(0)
lib("time").gmtime(0).tm_year
lib("time").gmtime(0)[0]
tuple(lib("time").gmtime(0))
lib("email.utils").parsedate_to_datetime("Mon, 01 Jan 2024 10:00:00 +0000")
lib("uuid").UUID(int=5)
lib("uuid").uuid5(lib("uuid").NAMESPACE_DNS, "example.org")
lib("uuid").UUID("nonsense")
lib("pathlib").PurePosixPath("/a") / "b.txt"
lib("pathlib").PurePosixPath("/a/b.txt").suffix
lib("pathlib").PurePosixPath("/a/b").relative_to("/a")
list(lib("pathlib").PurePosixPath("/a/b").parents)
lib("pathlib").Path("/no/such/file").read_text()
lib("os.path").join("a", "b")
lib("os").fspath(lib("pathlib").PurePosixPath("a"))
lib("os").listdir("/no/such/folder")
lib("os").environ.get("NO_SUCH_VARIABLE", "default")
lib("os").environ["NO_SUCH_VARIABLE"]
lib("fnmatch").filter(["a.py", "b.txt"], "*.py")
lib("glob").escape("a*b")
"""


def after(thing, name, *args, **kwargs):
    getattr(thing, name)(*args, **kwargs)
    return thing


def cached(function):
    function(1)
    function(1)
    return list(function.cache_info())


def seeded(random):
    random.seed(7)
    return [random.random(), random.randint(1, 100), random.choice("abc")]


for _group, _text in (
    ("algorithms", ALGORITHMS),
    ("numbers", NUMBERS),
    ("time", TIME),
    ("collections", COLLECTIONS.replace("C.", 'lib("collections").')),
):
    expressions(
        _group,
        [line for line in _text.strip().splitlines() if line],
        after=after,
        cached=cached,
        seeded=seeded,
    )
