"""Objects: identity, copies, endings, and objects that hold each other."""

from differential.registry import case


@case
def identity(lib):
    animals = lib("circus.animals")
    left, right = animals.Animal("l"), animals.Cat("r")
    left.befriend(right)
    return [
        left.me() is left,
        left.befriend(right) is left,
        left.friend() is right,
        left.friends[0] is right,
        left.is_friend(right),
        left.is_friend(animals.Cat("r")),
        left is right,
        left == left,
        id(left.me()) == id(left),
        lib("circus.acts").is_same(left, left),
    ]


@case
def in_sets_and_dicts(lib):
    animal = lib("circus.animals").Animal("a")
    return [{animal: 1}[animal.me()], len({animal, animal.me()}), animal in {animal}, hash(animal) == hash(animal)]


@case
def a_class_of_the_host_inherits(lib):
    class Mine(lib("circus.animals").Animal):
        def sound(self):
            return "mine"

    return Mine("m").speak("x")


@case
def copies(lib):
    import copy

    original = lib("circus.animals").Animal("a").befriend([1])
    shallow, deep = copy.copy(original), copy.deepcopy(original)
    shallow.name = "s"
    return [original.name, shallow.name, deep.name, deep is original, type(deep).__name__, deep.friends]


@case
def copies_as_the_object_says(lib):
    import copy

    made = lib("circus.magic").Copied([1])
    return [copy.copy(made).how, copy.deepcopy(made).how, made.how]


@case
def pickles(lib):
    import pickle

    return pickle.loads(pickle.dumps(lib("circus.kinds").Seat(1, 2))).column


@case
def weak_references(lib):
    import weakref

    animal = lib("circus.animals").Animal("a")
    watcher = weakref.ref(animal)
    return watcher() is animal


@case
def help_text(lib):
    import inspect

    return [inspect.getdoc(lib("circus.animals").Animal("a")), inspect.getdoc(lib("circus.acts").juggle)]


@case
def signature(lib):
    import inspect

    return str(inspect.signature(lib("circus.acts").juggle))


@case
def match_on_attributes(lib):
    import operator

    food = lib("circus.animals").Animal.Food("oats")
    return [operator.attrgetter("name")(food), operator.methodcaller("__repr__")(food)]


@case(alters=True)
def an_object_ends_when_it_is_dropped(lib):
    import gc

    cleared = lib("circus.animals").Cleared
    one, two = cleared("one"), cleared("two")
    also_two = two
    del one
    gc.collect()
    first = list(cleared.ended)
    del two
    gc.collect()
    second = list(cleared.ended)
    del also_two
    gc.collect()
    return [first, second, list(cleared.ended)]


@case
def tree_with_cycles(lib):
    root = lib("circus.shared").Node("root")
    leaf = root.child("branch").child("leaf")
    return [
        leaf.path(),
        leaf.parent.parent is root,
        root.children[0].children[0] is leaf,
        [each.name for each in root.walk()],
        repr(root.children),
    ]


@case(alters=True)
def store_keeps_objects(lib):
    store = lib("circus.shared").Store()
    cat = lib("circus.animals").Cat("kept")
    store.put("cat", cat).put("list", [1])
    live = store.live()
    live.append("more")
    return [
        store.get("cat") is cat,
        store.same("cat", cat),
        store.all()[0] is cat,
        store.by_key()["cat"].name,
        len(store),
        len(live),
        list(store.view),
        [type(each).__name__ for each in live],
    ]


@case(alters=True)
def views_are_live(lib):
    store = lib("circus.shared").Store()
    view = store.view
    before = len(view)
    store.put("a", 1)
    return [before, len(view), "a" in view, list(view), view & {"a", "b"}, type(view).__name__]


@case
def a_class_of_the_host_has_its_methods(lib):
    class Twice(lib("collections").OrderedDict):
        limit = 3

        def __init__(self, *pairs):
            self.tag = "early"
            super().__init__(pairs)

        def __getitem__(self, key):
            return ["mine", super().__getitem__(key)]

        @classmethod
        def make(cls):
            return cls(("a", 1), ("b", 2))

        @property
        def first(self):
            return next(iter(self))

        def turned(self):
            super().move_to_end("a")
            return list(self)

    made = Twice.make()
    made.tag += "!"
    return [
        *[made["a"], made.first, made.turned(), len(made), made.tag, made.limit],
        *[type(made) is Twice, isinstance(made, lib("collections").OrderedDict), made == {"b": 2, "a": 1}],
    ]


@case
def an_exception_of_the_host_inherits(lib):
    class BrokenError(lib("json").JSONDecodeError):
        def where(self):
            return f"at {self.pos}"

    try:
        raise BrokenError("broken", "{\n}", 2)
    except lib("json").JSONDecodeError as error:
        return [type(error).__name__, isinstance(error, ValueError), str(error), error.where(), error.lineno, error.doc]
