"""A module with the name of what its package takes from it (cryptography's `openssl.backend`)."""


class Engine:
    def start(self) -> bool:
        return True


engine = Engine()
