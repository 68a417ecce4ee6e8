"""State that everybody changes."""

ITEMS = []
TABLE = {"a": 1, "nested": {"b": [2]}}
counter = 0
NOTHING = None


def add(item):
    ITEMS.append(item)
    return len(ITEMS)


def bump(by=1):
    global counter
    counter += by
    return counter


def read():
    return counter


def items():
    return ITEMS


def table():
    return TABLE


class Store:
    """Hands out what it holds."""

    everything = {}

    def __init__(self):
        self.items = []
        self.view = self.everything.keys()

    def put(self, key, value):
        self.everything[key] = value
        self.items.append(value)
        return self

    def get(self, key):
        return self.everything[key]

    def same(self, key, value):
        return self.everything[key] is value

    def all(self):
        return list(self.items)

    def by_key(self):
        return dict(self.everything)

    def live(self):
        """Not a copy: a class of its own keeps it by reference."""
        return Live(self.items)

    def __len__(self):
        return len(self.items)


class Live:
    def __init__(self, items):
        self.held = items

    def append(self, item):
        self.held.append(item)

    def __iter__(self):
        return iter(self.held)

    def __len__(self):
        return len(self.held)


class Node:
    """A tree with parents: cycles everywhere."""

    def __init__(self, name, parent=None):
        self.name = name
        self.parent = parent
        self.children = []
        if parent is not None:
            parent.children.append(self)

    def __repr__(self):
        return "Node(%r)" % self.name

    def child(self, name):
        return Node(name, self)

    def path(self):
        return ([] if self.parent is None else self.parent.path()) + [self.name]

    def walk(self):
        yield self
        for child in self.children:
            for each in child.walk():
                yield each
