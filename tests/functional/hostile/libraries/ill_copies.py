"""What forks."""

import multiprocessing
import os
import sys
import threading
from concurrent.futures import ProcessPoolExecutor


def fork():
    return os.fork()


def come_back(how):
    """Come back twice; return the status with which the copy ended."""
    copy = os.fork()
    if copy:
        return os.waitpid(copy, 0)[1]
    if how == "raise":
        raise ValueError("in the copy")
    if how == "exit":
        sys.exit(7)
    if how == "sentence":
        sys.exit("a last sentence")
    print("said by the copy")
    return None


def ask_from_copy(function):
    read, write = os.pipe()
    copy = os.fork()
    if not copy:
        try:
            function(1)
        except RuntimeError as error:
            os.write(write, str(error).encode())
        os._exit(0)
    os.waitpid(copy, 0)
    os.close(write)
    with os.fdopen(read) as file:
        return file.read()


def numbers():
    yield 1
    if not os.fork():
        yield 2
        return
    yield 3


def square(number):
    return number * number


def spread(method):
    with multiprocessing.get_context(method).Pool(2) as pool:
        return pool.map(square, [1, 2, 3])


def spread_futures():
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(square, [1, 2, 3]))


def fork_in_thread():
    statuses = []

    def work():
        copy = os.fork()
        if copy:
            statuses.append(os.waitpid(copy, 0)[1])

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return statuses
