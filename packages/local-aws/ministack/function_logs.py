"""What a function wrote is taken when it has answered, all of it, without MiniStack's wait of 50 ms for those that write nothing.

Node.js writes to a pipe at once, so that all is in it before the answer is. The thread that reads all the time and the call that
ends take turns: whoever reads puts the lines in the queue before the other may look, so that none is on its way unseen.
"""

import os, queue, select, threading  # noqa: E401

from ministack.core import lambda_runtime

# More than a pipe holds, so that one reading takes all that is there.
ALL_OF_A_PIPE = 1 << 20
ENDS_WITHIN = 0.25


class Log:
    def __init__(self, pipe, lines):
        self.pipe, self.lines = pipe, lines
        self.turn, self.unfinished = threading.Lock(), b""

    def waits(self, milliseconds):
        pipe = select.poll()
        pipe.register(self.pipe, select.POLLIN)
        return bool(pipe.poll(milliseconds))

    def take(self):
        """Puts what is there in the queue; False at the end of the pipe."""
        with self.turn:
            if not self.waits(0):
                return True
            read = os.read(self.pipe.fileno(), ALL_OF_A_PIPE)
            *whole, self.unfinished = (self.unfinished + (read or b"\n" * bool(self.unfinished))).split(b"\n")
            for line in whole:
                self.lines.put(line.decode(errors="replace"))
            return bool(read)


def log_of(process, lines):
    return vars(process).setdefault("log", Log(process.stderr, lines))


def read_stderr(worker):
    log = log_of(worker._proc, worker._stderr_queue)
    while log.waits(None) and log.take():
        pass


def lines_until_now(worker, *_, **__):
    process = worker._proc
    if process is None:
        worker._stderr_thread.join(ENDS_WITHIN)
    else:
        log_of(process, worker._stderr_queue).take()
    return worker._drain_stderr()


lambda_runtime.ProvidedWorker._drain_stderr_bounded = lambda_runtime.Worker._drain_stderr_bounded
lambda_runtime.Worker._read_stderr = read_stderr
lambda_runtime.Worker._drain_stderr_bounded = lines_until_now
