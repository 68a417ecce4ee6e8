"""Enums, named tuples, dataclasses, abstract and generic classes, and the library's files."""

from differential.registry import case, expressions, raising

expressions(
    "kinds",
    """
K.Colour.RED
K.Colour.RED.name
K.Colour.RED.value
K.Colour.RED is K.Colour.RED
K.Colour.RED == K.Colour.RED
K.Colour.RED == 1
K.Colour.CRIMSON is K.Colour.RED
K.Colour.CRIMSON.name
K.Colour(1) is K.Colour.RED
K.Colour("g").name
K.Colour("nope")
K.Colour["RED"] is K.Colour.RED
K.Colour["NOPE"]
K.Colour.NOPE
K.Colour.RED.describe()
K.Colour.RED.warm
[each.name for each in K.Colour]
len(K.Colour)
K.Colour.RED in K.Colour
sorted(K.Colour.__members__)
K.Colour.LIST.value
K.favourite() is K.Colour.RED
K.favourite(K.Colour.GREEN).name
K.name_of(K.Colour.RED)
{K.Colour.RED: 1}[K.Colour.RED]
hash(K.Colour.RED) == hash(K.Colour.RED)
isinstance(K.Colour.RED, K.Colour)
str(K.Colour.RED)
repr(K.Colour.RED)
K.Colour.RED < K.Colour.GREEN
K.Level.HIGH
K.Level.HIGH == 10
K.Level.HIGH > 5
K.Level.HIGH + 1
int(K.Level.HIGH)
bool(K.Level.ZERO)
K.Level.ZERO == 0
[10, 20][K.Level.LOW]
K.Level(10) is K.Level.HIGH
max(K.Level.LOW, K.Level.HIGH).name
sorted([K.Level.HIGH, K.Level.LOW])[0].name
"%d" % K.Level.HIGH
isinstance(K.Level.HIGH, int)
K.Mode.READ | K.Mode.WRITE == K.Mode.BOTH
(K.Mode.READ | K.Mode.WRITE) is K.Mode.BOTH
K.Mode.READ in K.Mode.BOTH
bool(K.Mode.READ & K.Mode.WRITE)
(~K.Mode.READ).name
K.Bits.A | 4
(K.Bits.A | K.Bits.B).value
K.Word.FOO == "foo"
K.Word.FOO.upper()
K.Word.FOO + "bar"
bool(K.Word.EMPTY)
K.Shape.CIRCLE.look
K.Shape.SQUARE.value
K.Point(1, 2)
K.Point(1, 2).x
K.Point(1, 2)[1]
K.Point(1, 2) == (1, 2)
(1, 2) == K.Point(1, 2)
tuple(K.Point(1, 2))
list(K.Point(1, 2))
len(K.Point(1, 2))
K.Point(1, 2) + (3,)
K.Point(1, 2)._replace(x=5)
K.Point(1, 2)._asdict()
K.Point._fields
K.Point._make([3, 4]).y
K.Point(1)
K.point().y
K.takes_point(K.Point(3, 4))
K.takes_point(K.point())
isinstance(K.point(), tuple)
type(K.point()) is K.Point
isinstance(K.point(), K.Point)
isinstance((1, 2), K.Point)
hash(K.point()) == hash((1, 2))
K.Point._field_defaults
K.Point([1], {"k": K.point()}).y["k"].x
K.takes_point(K.Point(K.Ticket(1), [2]))[1].price
lib("copy").deepcopy(K.Point([1], 2))
(lambda first, *rest: [first, rest])(*K.point())
K.Place("here")
K.place().full()
K.place().seats
K.Place("there", seats=3)._asdict()
"%s/%s" % K.Point(1, 2)
sorted([K.Point(2, 1), K.Point(1, 2)])
{K.Point(1, 2): 1}[(1, 2)]
K.Ticket(1)
K.Ticket(1).price
K.Ticket(1).total(count=3)
K.Ticket(1) == K.Ticket(1)
K.Ticket(1) == K.Ticket(2)
hash(K.Ticket(1))
K.Ticket()
K.Ticket(1, tags=["a"]).tags
K.Seat(1, 2) < K.Seat(2)
K.Seat(1) == K.Seat(1, 0)
{K.Seat(1): "x"}[K.Seat(1)]
sorted([K.Seat(2), K.Seat(1, 5)])[0].column
lib("dataclasses").asdict(K.Ticket(1))
lib("dataclasses").replace(K.Seat(1), column=7)
[field.name for field in lib("dataclasses").fields(K.Ticket)]
lib("dataclasses").is_dataclass(K.Ticket(1))
lib("dataclasses").asdict(K.booking())
K.booking()
K.booking().seats[1].row
K.Plan()
K.Real().twice()
isinstance(K.Real(), K.Plan)
K.Generic(3).value
K.Generic[int](3).value
G.Told() [1]
G.Told()[1:2]
G.Told()[..., None]
G.Told()["a", 1]
G.Told()(1, a=2)
format(G.Told(), ">5")
"{:x}".format(G.Told())
round(G.Told(), 2)
pow(G.Told(), 2, 3)
pow(2, G.Told())
divmod(G.Told(), 2)
divmod(2, G.Told())
range(5)[G.Told()]
"abc"[G.Told() - 1] if False else "abcdef"[G.Told()]
"ab" * G.Told() if False else bytes(G.Told())
hex(G.Told())
complex(G.Told())
float(G.Told())
int(G.Told())
bool(G.Told(""))
not G.Told("")
"in" in G.Told()
list(reversed(G.Told()))
len(G.Told())
dir(G.Told())
G.Told() == G.Told()
G.Told() == G.Told("other")
G.Told() != G.Told("other")
{G.Told(): 1}[G.Told()]
G.Told() @ 2
2 @ G.Told()
~G.Told()
__import__("math").floor(G.Told())
__import__("math").ceil(G.Told())
__import__("math").trunc(G.Told())
__import__("os").fspath(G.Told())
__import__("sys").getsizeof(G.Told()) > 4000
__import__("operator").length_hint(G.Told())
hash(G.Hashed())
hash(G.HashedChild())
hash(G.Hashed)
hash(G.HashedChild)
hash(G.Equal())
G.Hashed().__class__.__name__
G.Equal() == 5
5 == G.Equal()
hash(G.Shy())
G.Shy() == G.Shy()
int(G.Number(5))
G.Number(5) + 1
1 + G.Number(5)
G.Number(5) == 5
[1, 2, 3][G.Number(1)]
"%d" % G.Number(5)
len(G.Text("text"))
G.Text("text") + "s"
"s" + G.Text("text")
G.Text("text") == "text"
{"text": 1}[G.Text("text")]
"-".join(G.Text("abc"))
"-".join([G.Text("a"), "b"])
"ex" in G.Text("text")
G.Text("text")[1:]
[1] + G.Listed([2])
G.Listed([1]) + [2]
G.Listed([1]) == [1]
sorted(G.Listed([2, 1]))
dict(G.Mapped(a=1))
{**G.Mapped(a=1)}
G.Mapped(a=1) == {"a": 1}
(1,) + G.Pair((2,))
bytes(G.Blob(b"b"))
G.Blob(b"b") + b"c"
b"c" + G.Blob(b"b")
str(G.Blob(b"b"), "ascii")
""".replace("K.", 'lib("circus.kinds").')
    .replace("G.", 'lib("circus.magic").')
    .strip()
    .splitlines(),
)


@case
def in_place_operators(lib):
    told = original = lib("circus.magic").Told()
    told += 1
    told -= 2
    told *= 3
    told @= 4
    told /= 5
    told //= 6
    told %= 7
    told **= 8
    told <<= 9
    told >>= 10
    told &= 11
    told ^= 12
    told |= 13
    return [told is original, told.log]


@case
def in_place_without_the_operator(lib):
    counter = lib("collections").Counter("aab")
    original = counter
    counter += lib("collections").Counter("b")
    listed = first = lib("circus.magic").Listed([1])
    listed += [2]
    number = lib("circus.magic").Number(4)
    number += 1
    return [counter is original, dict(counter), listed is first, list(listed), number]


@case
def items_are_set_and_deleted(lib):
    told = lib("circus.magic").Told()
    told[1] = "a"
    told[1:2] = [3]
    del told["x"]
    listed = lib("circus.magic").Listed([1, 2, 3, 4])
    listed[0] = "first"
    listed[1:3] = ["middle"]
    del listed[-1]
    return [told.log, list(listed)]


@case
def nested_items(lib):
    table = lib("collections").defaultdict(lib("builtins").dict)
    table["a"]["b"] = 1
    return dict(table)


@case
def nested_objects(lib):
    table = lib("collections").defaultdict(lib("collections").OrderedDict)
    table["a"]["b"] = 1
    return [dict(table["a"]), table["a"] is table["a"]]


@case
def dunder_methods_are_called_by_name(lib):
    told = lib("circus.magic").Told()
    return [
        told.__add__(1),
        told.__len__(),
        told.__getitem__(3),
        told.__contains__("in"),
        told.__call__(2),
        told.__bool__(),
    ]


@case
def dataclass_is_changed(lib):
    ticket = lib("circus.kinds").Ticket(1)
    ticket.price = 5
    with raising(Exception) as noted:
        lib("circus.kinds").Seat(1).row = 2
    return [ticket.price, ticket.total(2), noted]
