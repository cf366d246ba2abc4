"""A program that floods a UDP port: python flood_sender.py PORT KIND PACKETS_A_SECOND SECONDS

KIND: valid, junk, mixed, vmc; steps for an uneven sender that loses some. It writes when it began, in
`time.perf_counter` seconds, and at the end how many it sent.
A valid packet is `/jawOpen x`, where x * 2^24 is the time since the beginning in microseconds: exact as a float32
weight, and so whoever reads it knows its age.
"""

import random
import socket
import struct
import sys
import time

VMC = b"".join(
    struct.pack(">i", 36) + b"/VMC/Ext/Blend/Val\0\0,sf\0" + name.ljust(8, b"\0") + b"\x3e\x80\0\0"
    for name in (b"jawLeft", b"Fun", b"HairTip")
)  # fmt: skip


def tell(number: float) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def main(port: int, kind: str, rate: int, duration_s: float) -> None:
    noise = random.Random(7)
    junk = [noise.randbytes(noise.randint(0, 400)) for _ in range(97)]
    junk.append(b"#bundle\0" + b"\0" * 8 + b"\xff\xff\xff\xfc")
    address = ("127.0.0.1", port)
    sent = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        start_s = time.perf_counter()

        def packet() -> bytes:
            stamp = struct.pack(">f", int((time.perf_counter() - start_s) * 1e6) / 2**24)
            data = b"/jawOpen\0\0\0\0,f\0\0" + stamp
            if kind == "junk" or (kind == "mixed" and sent % 2):
                return junk[sent % len(junk)]
            if kind == "vmc":
                return b"#bundle\0" + b"\0" * 8 + VMC * 8 + struct.pack(">i", len(data)) + data
            return data

        tell(start_s)
        if kind == "steps":
            # A phone on a bad network: 20 % jitter, 5 % lost.
            while time.perf_counter() - start_s < duration_s:
                time.sleep(noise.uniform(0.8, 1.2) / rate)
                if noise.random() >= 0.05:
                    out.sendto(packet(), address)
                    sent += 1
        while (now_s := time.perf_counter() - start_s) < duration_s:
            due = int(now_s * rate)
            while sent < due:
                out.sendto(packet(), address)
                sent += 1
            time.sleep(0.001)
    tell(sent)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
