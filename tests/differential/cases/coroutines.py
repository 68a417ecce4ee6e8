"""Coroutines, asynchronous generators and asynchronous context managers."""

from differential.registry import case


def _run(coroutine):
    import asyncio

    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.close()


@case
def awaited_coroutine(lib):
    async def main():
        return await lib("circus.flows").double(4)

    return _run(main())


@case
def coroutine_run_over_there(lib):
    flows = lib("circus.flows")
    return lib("asyncio").run(flows.double(4))


@case
def awaited_failure(lib):
    async def main():
        await lib("circus.flows").fail_later()

    return _run(main())


@case
def gathered(lib):
    async def main():
        return await lib("circus.flows").gather(1, 2, 3)

    return _run(main())


@case
def awaited_object(lib):
    async def main():
        return (await lib("circus.flows").make_cat()).name

    return _run(main())


@case
def awaitable_object(lib):
    async def main():
        return await lib("circus.flows").Awaitable()

    return _run(main())


@case
def async_generator(lib):
    log = lib("circus.flows").Log()

    async def main():
        return [item async for item in log.ticks(3)]

    return [_run(main()), log.lines]


@case
def async_generator_is_closed(lib):
    log = lib("circus.flows").Log()

    async def main():
        ticks = log.ticks(3)
        first = await ticks.__anext__()
        await ticks.aclose()
        return first

    return [_run(main()), log.lines]


@case
def async_context(lib):
    log = lib("circus.flows").Log()

    async def main():
        async with log.managed_async("value") as value:
            return [value, log.lines]

    return [_run(main()), log.lines]


@case
def async_box(lib):
    box = lib("circus.flows").AsyncBox()

    async def main():
        async with box as same:
            found = [item async for item in box]
        return [same is box, found, await box.get()]

    return _run(main())


@case
def async_box_swallows(lib):
    box = lib("circus.flows").AsyncBox()

    async def main():
        async with box:
            raise KeyError("k")
        return await box.get()

    return _run(main())
