from zoo_hangs import sleeps
