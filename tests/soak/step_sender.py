"""A program that steps a mouth open and shut: python step_sender.py PORT STEPS PACKETS_A_STEP

60 packets a second, each up to a fifth of an interval early or late, one in twenty lost. At the end it writes, one a
line, when the first packet of each step went out, in `time.perf_counter` seconds: one clock for all processes of a
machine on Linux, macOS and Windows.
"""

import random
import socket
import struct
import sys
import time

PACKET_S = 1.0 / 60.0


def main(port: int, steps: int, packets_a_step: int) -> None:
    noise = random.Random(11)
    first_s: list[float] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        start_s = time.perf_counter()
        for index in range(steps * packets_a_step):
            due_s = start_s + PACKET_S * (index + noise.uniform(-0.2, 0.2))
            time.sleep(max(0.0, due_s - time.perf_counter()))
            if noise.random() < 0.05:
                continue
            step = index // packets_a_step
            now_s = time.perf_counter()
            out.sendto(b"/jawOpen\0\0\0\0,f\0\0" + struct.pack(">f", float(step % 2)), ("127.0.0.1", port))
            if step >= len(first_s):
                first_s += [now_s] * (step + 1 - len(first_s))
    sys.stdout.write("\n".join(map(str, first_s)))


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:4]))
