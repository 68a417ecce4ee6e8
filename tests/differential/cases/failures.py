"""Exceptions: class, arguments, text, attributes, causes, and who may catch them."""

from differential.registry import case, expressions, raising

expressions(
    "failures",
    """
E.fail("Fall")
E.fail("Odd")
E.fail("Slotted")
E.fail("Loud")
E.fail("Textless")
E.fail("Quit")
E.fail("bare")
E.fail("many")
E.fail("unknown")
E.fail_builtin("ValueError")
E.fail_builtin("ValueError", "one", 2, [3])
E.fail_builtin("KeyError", "key")
E.fail_builtin("IndexError", 5)
E.fail_builtin("StopIteration", 5)
E.fail_builtin("StopAsyncIteration")
E.fail_builtin("OSError", 2, "gone", "file")
E.fail_builtin("OSError", "text")
E.fail_builtin("PermissionError", 13, "denied")
E.fail_builtin("ConnectionResetError", "reset")
E.fail_builtin("TimeoutError", "late")
E.fail_builtin("UnicodeDecodeError", "utf-8", b"\\xff", 0, 1, "bad")
E.fail_builtin("UnicodeEncodeError", "ascii", "\\xe9", 0, 1, "bad")
E.fail_builtin("SyntaxError", "wrong", ("file", 1, 2, "text"))
E.fail_builtin("NameError", "name")
E.fail_builtin("UnboundLocalError", "name")
E.fail_builtin("AttributeError", "attribute")
E.fail_builtin("NotImplementedError")
E.fail_builtin("RecursionError", "deep")
E.fail_builtin("MemoryError")
E.fail_builtin("AssertionError", "asserted")
E.fail_builtin("EOFError")
E.fail_builtin("BufferError", "b")
E.fail_builtin("OverflowError", "o")
E.fail_builtin("FloatingPointError", "f")
E.fail_builtin("ReferenceError", "r")
E.fail_builtin("UserWarning", "w")
E.fail_builtin("GeneratorExit")
E.fail_builtin("SystemExit", 3)
E.fail_builtin("KeyboardInterrupt")
E.cause()
E.context()
E.suppressed()
E.chain(3)
E.assert_it(0)
E.recursion()
E.fail("Fall", 1)
E.fail(nonsense=1)
E.no_such_function()
E.fail.nonsense
E.CircusError("made").args
str(E.CircusError("made"))
E.CircusError("made", 2)
E.Fall("Ann", 3).height
E.Fall("Ann")
E.Odd(code=3).code
E.return_error().height
E.return_error("Loud").volume
E.return_error("Loud").shout()
E.return_error("Odd")
str(E.return_error("Odd"))
type(E.return_error()).__name__
isinstance(E.return_error(), Exception)
isinstance(E.return_error(), ValueError)
isinstance(E.return_error(), E.Fall)
issubclass(E.Fall, ValueError)
issubclass(E.Fall, Exception)
E.swallow(E.fail, "Fall")
E.swallow(E.reraise, E.return_error())
E.reraise(E.return_error())
E.reraise(ValueError("mine", 2))
E.swallow(E.reraise, KeyError("mine"))
E.swallow(lambda: 1 / 0)
E.swallow(lambda: {}["key"])
E.swallow(lambda: [][1])
E.swallow(lambda: E.fail("Fall"))
E.swallow(lambda: int("x"))
E.after(lambda: 1 / 0)
""".replace("E.", 'lib("circus.errors").')
    .replace('name="x"', "")
    .strip()
    .splitlines(),
)


@case(since=(3, 11))
def notes(lib):
    lib("circus.errors").noted()


@case(since=(3, 11))
def group(lib):
    with raising() as noted:
        lib("circus.errors").group()
    error = noted["error"]
    return [type(error).__name__, error.message, [type(each).__name__ for each in error.exceptions], str(error)]


@case(since=(3, 11))
def group_is_split(lib):
    with raising() as noted:
        lib("circus.errors").group()
    matching, rest = noted["error"].split(TypeError)
    return [[type(each).__name__ for each in matching.exceptions], [type(each).__name__ for each in rest.exceptions]]


@case(since=(3, 11))
def base_group(lib):
    with raising(BaseException) as noted:
        lib("circus.errors").base_group()
    return [type(noted["error"]).__name__, str(noted["error"])]


@case
def caught_by_the_librarys_class(lib):
    errors = lib("circus.errors")
    try:
        errors.fail("Fall")
    except errors.Fall as error:
        return ["caught", error.who, error.height]


@case
def caught_by_a_base_of_the_library(lib):
    errors = lib("circus.errors")
    try:
        errors.fail("Odd")
    except (errors.Fall, errors.CircusError) as error:
        return ["caught", error.code]


@case
def caught_by_a_builtin(lib):
    try:
        lib("circus.errors").fail("Fall")
    except (KeyError, ValueError) as error:
        return ["caught", error.who, error.height, error.args]


@case
def attributes(lib):
    with raising() as noted:
        lib("circus.errors").fail("Holding")
    error = noted["error"]
    return [error.plain, type(error.thing).__name__, error.args]


@case
def slots(lib):
    with raising() as noted:
        lib("circus.errors").fail("Slotted")
    return noted["error"].place


@case
def properties_and_methods(lib):
    with raising() as noted:
        lib("circus.errors").fail("Loud")
    return [noted["error"].volume, noted["error"].shout()]


@case
def os_error_numbers(lib):
    with raising(OSError) as noted:
        lib("builtins").open("/no/such/file")
    error = noted["error"]
    return [error.errno, error.strerror, error.filename, type(error).__name__]


@case
def key_error_key(lib):
    with raising(KeyError) as noted:
        lib("collections").OrderedDict()[("a", 1)]
    return noted["error"].args[0]


@case
def stop_iteration_value(lib):
    with raising(StopIteration) as noted:
        lib("circus.errors").fail_builtin("StopIteration", "value")
    return noted["error"].value


@case
def unicode_error_parts(lib):
    with raising(UnicodeDecodeError) as noted:
        lib("codecs").decode(b"a\xff", "utf-8")
    error = noted["error"]
    return [error.encoding, error.object, error.start, error.end, error.reason]


@case
def json_error_parts(lib):
    with raising(ValueError) as noted:
        lib("json").loads("[1,")
    error = noted["error"]
    return [error.msg, error.doc, error.pos, error.lineno, error.colno]


@case
def import_error_name(lib):
    with raising(ImportError) as noted:
        lib("importlib").import_module("no.such.module")
    return [noted["error"].name, noted["error"].path]


@case
def exception_of_a_callback_comes_back(lib):
    class Mine(Exception):
        pass

    error = Mine("mine", 1)

    def fail():
        raise error

    with raising(Mine) as noted:
        lib("circus.acts").apply(fail)
    return [noted["error"] is error, noted["error"].args]


@case
def exception_of_a_callback_is_handled_over_there(lib):
    class Mine(LookupError):
        pass

    def fail():
        raise Mine("mine", 1)

    return lib("circus.errors").swallow(fail)


@case
def exception_raised_again_here(lib):
    with raising() as noted:
        lib("circus.errors").cause()
    with raising() as again:
        raise noted["error"]
    return [again["error"] is noted["error"], type(again["error"].__cause__).__name__]


@case
def raised_from_here(lib):
    with raising() as noted:
        try:
            lib("circus.errors").fail("Fall")
        except ValueError as error:
            raise RuntimeError("mine") from error
    return noted


@case
def traceback_names_the_library(lib):
    import traceback

    with raising() as noted:
        lib("circus.errors").chain(1)
    error = noted["error"]
    text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    return ["errors.py" in text, "in chain" in text, "raise CircusError" in text, "bottom" in text]


@case
def finally_runs_once(lib):
    errors = lib("circus.errors")
    log = []

    def fail():
        log.append("called")
        raise KeyError("k")

    with raising(KeyError):
        errors.after(fail)
    return log
