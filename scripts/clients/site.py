#!/usr/bin/env python3
"""Writes the site that the clients of test-clients.sh fetch: a page with its images, style sheet and script, texts, large files,
and an index of Python packages (PEP 503) with one wheel.

    site.py DIRECTORY
"""
import base64
import hashlib
import pathlib
import random
import struct
import sys
import zipfile
import zlib

IMAGES = {"red": (64, 48, b"\xff\x00\x00"), "green": (80, 60, b"\x00\x80\x00"), "blue": (96, 72, b"\x00\x00\xff")}

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"><title>A page</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="style.css"><script src="script.js" defer></script>
</head>
<body>
<h1>A page</h1>
<img src="images/red.png" alt="red"><img src="images/green.png" alt="green"><img src="images/blue.png" alt="blue">
<pre id="seen"></pre>
</body>
</html>
"""

STYLE = "h1 { color: rgb(1, 2, 3); }\nimg { margin: 4px; }\n"

# What was loaded stands in the document afterwards: an image that is missing has no natural width.
SCRIPT = """addEventListener("load", () => {
    const images = [...document.images].map((image) => `${image.alt} ${image.naturalWidth}x${image.naturalHeight}`);
    const colour = getComputedStyle(document.querySelector("h1")).color;
    document.getElementById("seen").textContent = `[${images.join("; ")}; ${colour}]`;
});
"""


def png(width, height, colour):
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = (b"\x00" + colour * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def write_large(path, size, seed):
    """Bytes that neither compress nor repeat, the same in every run."""
    numbers = random.Random(seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        for _ in range(size >> 20):
            file.write(numbers.randbytes(1 << 20))


def write_index(root):
    files = {
        "larder_sample.py": 'GREETING = "hello from the wheel"\n',
        "larder_sample-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: larder-sample\nVersion: 1.0\n",
        "larder_sample-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: site.py\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content.encode()).digest()).rstrip(b"=").decode()
        record += f"{name},sha256={digest},{len(content)}\n"
    files["larder_sample-1.0.dist-info/RECORD"] = record + "larder_sample-1.0.dist-info/RECORD,,\n"

    wheel = root / "packages" / "larder_sample-1.0-py3-none-any.whl"
    wheel.parent.mkdir(parents=True)
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    write(root / "simple" / "index.html", '<!DOCTYPE html><a href="larder-sample/">larder-sample</a>\n')
    link = f'<a href="../../packages/{wheel.name}#sha256={digest}">{wheel.name}</a>'
    write(root / "simple" / "larder-sample" / "index.html", f"<!DOCTYPE html>{link}\n")


root = pathlib.Path(sys.argv[1])
write(root / "site" / "page.html", PAGE)
write(root / "site" / "style.css", STYLE)
write(root / "site" / "script.js", SCRIPT)
for name, (width, height, colour) in IMAGES.items():
    write(root / "site" / "images" / f"{name}.png", png(width, height, colour))

text = "".join(f"{number}: a line of a text that compresses well\n" for number in range(2000))
for name in ["shared", "wget", "requests", "conditional", "newer", "tagged", "headed", "reload", "kept", "tunnelled", "proxied", "got"]:
    write(root / "texts" / f"{name}.html", f"{name}\n{text}")
for name in ["no-store", "no-cache", "private", "secret"]:
    write(root / name / "text.html", f"{name}\n{text}")
write(root / "gzip" / "text.txt", text)

write_large(root / "ranges" / "file.bin", 2 << 20, 1)
write_large(root / "large" / "file.bin", 64 << 20, 2)
for seed, name in enumerate(["shared", "alone", "slow", "late"], start=3):
    write_large(root / "trickle" / f"{name}.bin", 8 << 20, seed)
write_index(root)
