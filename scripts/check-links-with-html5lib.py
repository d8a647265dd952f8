#!/usr/bin/python3
"""Print the links of HTML pages, found by html5lib: a second opinion on Larder's own extraction.

    check-links-with-html5lib.py --site http://127.0.0.1:8000/ DIRECTORY    every .html file below DIRECTORY, as that site serves it
    check-links-with-html5lib.py < urls                                     every URL of standard input, fetched
    check-links-with-html5lib.py --files < list                             lines of URL, tab, file: the URL's content lies in the file

Each line of output is a page, a link's target and what the link is for, with tabs between them, in the order of the page's source;
"nofollow" follows where the author asks for it. Targets are resolved against the page's base and have no fragment; only http and https
count. Needs html5lib (Debian: python3-html5lib).

Nothing here is shared with Larder: html5lib builds the tree, urllib resolves. What both get wrong the same way, both get wrong by
reading the standards the same way.
"""

import argparse
import gzip
import os
import re
import sys
import urllib.parse
import urllib.request

import html5lib
import html5lib.constants

HTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"
XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
NUMBER = "number-of-start-tag"
WHITE_SPACE = "\t\n\f\r "

BACKGROUND_ELEMENTS = {"body", "table", "thead", "tbody", "tfoot", "tr", "td", "th"}
RESOURCE_TYPES = {"icon", "mask-icon", "manifest", "preload", "modulepreload"}
SIMPLE_ATTRIBUTES = {
    "img": [("src", "image")],
    "source": [("src", "media")],
    "audio": [("src", "media")],
    "track": [("src", "media")],
    "video": [("src", "media"), ("poster", "image")],
    "script": [("src", "script")],
    "frame": [("src", "frame")],
    "embed": [("src", "frame")],
    "object": [("data", "frame")],
    "blockquote": [("cite", "link")],
    "q": [("cite", "link")],
    "ins": [("cite", "link")],
    "del": [("cite", "link")],
}
MAXIMUM_NESTING = 4


# URLs


def resolve(base, reference, encoding):
    """The target of a reference as the URL standard has it, without fragment; None where there is none, or no http or https."""
    reference = reference.strip("".join(map(chr, range(0x21))))
    reference = re.sub("[\t\n\r]", "", reference).partition("#")[0]
    if not reference:
        return None
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", reference)
    if scheme and scheme[1].lower() not in ("http", "https"):
        return None
    before, mark, query = reference.partition("?")
    try:
        parts = urllib.parse.urlsplit(join(base, before.replace("\\", "/") + mark + query))
        host = (parts.hostname or "").encode("ascii" if (parts.hostname or "").isascii() else "idna").decode()
        port = parts.port
    except (ValueError, UnicodeError):
        return None
    if parts.scheme not in ("http", "https") or not host or re.search("[\0-\x20#%/<>?@\\\\^|\x7f]", host):
        return None
    if port is not None and port != {"http": 80, "https": 443}[parts.scheme]:
        host += f":{port}"
    if "@" in parts.netloc:
        host = parts.netloc.rpartition("@")[0] + "@" + host
    path = urllib.parse.quote(without_dot_segments(parts.path or "/"), safe="!$%&'()*+,-./:;=@[\\]_|~", encoding="utf-8")
    url = f"{parts.scheme}://{host}{path}"
    # urlsplit does not tell an empty query from none.
    if "?" in reference:
        url += "?" + quote_query(parts.query, encoding)
    return url


def join(base, reference):
    """As urllib.parse.urljoin, but slashes that follow each other stay, and "http:page" is relative to a base of http."""
    base = urllib.parse.urlsplit(base)
    scheme, authority, path, query = re.fullmatch(r"(?:([A-Za-z]+):)?(//+[^/?]*)?([^?]*)(\?.*)?", reference, re.DOTALL).groups()
    scheme = (scheme or base.scheme).lower()
    if not authority and scheme != base.scheme:
        authority, path = re.fullmatch("/*([^/]*)(.*)", path, re.DOTALL).groups()
        if not authority:
            raise ValueError("no host")
    if authority:
        return f"{scheme}://{authority.lstrip('/')}{path}{query or ''}"
    if not path:
        path = base.path
    elif not path.startswith("/"):
        path = base.path.rpartition("/")[0] + "/" + path
    return f"{scheme}://{base.netloc}{path}{query or ''}"


def without_dot_segments(path):
    result = []
    segments = path.split("/")[1:]
    for index, segment in enumerate(segments):
        plain = re.sub("%2e", ".", segment, flags=re.IGNORECASE)
        is_last = index == len(segments) - 1
        if plain == "..":
            result = result[:-1] + ([""] if is_last else [])
        elif plain == ".":
            result += [""] if is_last else []
        else:
            result.append(segment)
    return "/" + "/".join(result)


def quote_query(query, encoding):
    result = []
    for character in query:
        if character.isascii():
            result.append(character if 0x20 < ord(character) < 0x7F and character not in "\"#<>'" else f"%{ord(character):02X}")
            continue
        try:
            result += [f"%{byte:02X}" for byte in character.encode(encoding)]
        except UnicodeEncodeError:
            result.append(f"%26%23{ord(character)}%3B")
    return "".join(result)


# CSS

CSS_TOKEN = re.compile(
    r"""
    /\*.*?(?:\*/|\Z)
    | <!--
    | (?P<word>@?-{0,2}(?:[A-Za-z_0-9-]|[^\x00-\x7f]|\\[^\n])+) (?P<open>\()?
    | "(?P<double>(?:[^"\\\n]|\\.|\\\n)*)(?:"|\Z)
    | '(?P<single>(?:[^'\\\n]|\\.|\\\n)*)(?:'|\Z)
    | .
    """,
    re.VERBOSE | re.DOTALL,
)
CSS_PLAIN_URL = re.compile(r"""[ \t\n\f\r]*(?P<url>(?:[^"'()\\ \t\n\f\r\x00-\x08\x0b\x0e-\x1f\x7f]|\\[^\n])*)[ \t\n\f\r]*(?:\)|\Z)""")
CSS_QUOTED_URL = re.compile(r"""[ \t\n\f\r]*(?=["'])""")
CSS_BAD_URL = re.compile(r"(?:[^)\\]|\\.)*\)?", re.DOTALL)


def css_unescape(text):
    text = re.sub(r"\\\r?\n", "", text)
    return re.sub(
        r"\\(?:([0-9A-Fa-f]{1,6})(?:\r\n|[ \t\n\f\r])?|(.))",
        lambda found: chr(int(found[1], 16)) if found[1] else found[2],
        text,
        flags=re.DOTALL,
    )


def css_links(text):
    """Pairs of a reference and what it is for."""
    index = 0
    expected = None
    functions = []
    while index < len(text):
        found = CSS_TOKEN.match(text, index)
        index = found.end()
        word = css_unescape(found["word"]).lower() if found["word"] else None
        if word == "@import":
            expected = "stylesheet"
        elif word == "@namespace":
            expected = "nothing"
        elif found["open"]:
            functions.append(word)
            if word != "url":
                continue
            if not CSS_QUOTED_URL.match(text, index):
                plain = CSS_PLAIN_URL.match(text, index)
                functions.pop()
                if not plain:
                    index = CSS_BAD_URL.match(text, index).end()
                    continue
                index = plain.end()
                if expected != "nothing":
                    yield css_unescape(plain["url"]), expected or "styleResource"
                if expected == "stylesheet":
                    expected = None
        elif found["double"] is not None or found["single"] is not None:
            string = found["double"] if found["double"] is not None else found["single"]
            function = functions[-1] if functions else None
            if expected != "nothing" and (expected or function in ("url", "image-set", "-webkit-image-set")):
                yield css_unescape(string), expected or "styleResource"
            if function == "url":
                functions[-1] = "used"
            if expected == "stylesheet":
                expected = None
        elif found[0] == "(":
            functions.append(None)
        elif found[0] == ")":
            functions[-1:] = []
        elif found[0] in ";{}":
            expected = None


# HTML


def source_set(value):
    """The URLs of a srcset attribute whose descriptors are valid."""
    index = 0
    while True:
        index += len(value[index:]) - len(value[index:].lstrip(WHITE_SPACE + ","))
        if index >= len(value):
            return
        url = re.match("[^\t\n\f\r ]+", value[index:])[0]
        index += len(url)
        if url.endswith(","):
            yield url.rstrip(",")
            continue
        descriptors = re.match(r"(?:[^,(]|\([^)]*(?:\)|\Z))*", value[index:])[0]
        index += len(descriptors)
        kinds = ""
        for word in descriptors.split():
            is_size = re.fullmatch(r"0*[1-9]\d*[wh]", word)
            is_density = re.fullmatch(r"(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?x", word)
            kinds += word[-1] if is_size or is_density else "?"
        if kinds in ("", "x", "w", "wh", "hw"):
            yield url


def refresh_target(value):
    found = re.match(r"[\t\n\f\r ]*(?:\d+[\d.]*|\.[\d.]*)(?:[\t\n\f\r ]*[;,]|[\t\n\f\r ])[\t\n\f\r ]*(.+)", value, re.DOTALL)
    if not found:
        return None
    target = re.sub(r"\A[uU][rR][lL][\t\n\f\r ]*=[\t\n\f\r ]*", "", found[1])
    if target != found[1] or not target[:1] in "uU":
        if target[:1] in ("'", '"'):
            target = target[1:].partition(target[0])[0]
    return target


class NumberingParser(html5lib.HTMLParser):
    """Numbers the start tags: the parser copies elements that are left open, and moves others; the source has each once."""

    def __init__(self):
        super().__init__(tree=html5lib.getTreeBuilder("etree"))
        self.count = 0

    def mainLoop(self):
        tokenizer = self.tokenizer
        emit = tokenizer.emitCurrentToken

        def emit_numbered():
            if tokenizer.currentToken["type"] == html5lib.constants.tokenTypes["StartTag"]:
                self.count += 1
                tokenizer.currentToken["data"].append([NUMBER, str(self.count)])
            emit()

        tokenizer.emitCurrentToken = emit_numbered
        super().mainLoop()


def numbered_elements(tree):
    """The elements of the source by number, without those in templates, which are no part of the document."""
    result = {}
    stack = [tree]
    while stack:
        element = stack.pop()
        if isinstance(element.tag, str) and NUMBER in element.attrib:
            result.setdefault(int(element.attrib[NUMBER]), element)
        if element.tag != HTML + "template":
            stack += reversed(list(element))
    return result


class Page:
    """One document, and the documents in it."""

    def __init__(self, url, encoding, nesting=0):
        self.base = url.partition("#")[0]
        self.encoding = encoding
        self.nesting = nesting
        self.has_base = False
        self.links = []

    def add(self, reference, relation, nofollow=False, encoding=None):
        if reference is None:
            return
        target = resolve(self.base, reference, encoding or self.encoding)
        if target:
            self.links.append((target, relation, nofollow))

    def add_css(self, text):
        for reference, relation in css_links(text):
            self.add(reference, relation, encoding="utf-8")

    def read(self, tree):
        for _, element in sorted(numbered_elements(tree).items()):
            if element.tag.startswith(HTML):
                self.read_html(element.tag[len(HTML) :], element)
            elif element.tag.startswith(SVG):
                self.read_svg(element.tag[len(SVG) :], element)
            if "style" in element.attrib:
                self.add_css(element.attrib["style"])

    def read_svg(self, name, element):
        href = element.get("href", element.get(XLINK_HREF))
        if name == "a":
            self.add(href, "anchor", "nofollow" in element.get("rel", "").lower().split())
        elif name in ("image", "feImage", "use"):
            self.add(href, "image")
        elif name == "script":
            self.add(href, "script")
        elif name == "style":
            self.add_css(element.text or "")

    def read_html(self, name, element):
        get = element.get
        words = get("rel", "").lower().split()
        if name in ("a", "area"):
            self.add(get("href"), "anchor", "nofollow" in words)
        elif name == "link":
            self.read_link(words, element)
        elif name == "base" and "href" in element.attrib and not self.has_base:
            self.has_base = True
            self.base = urllib.parse.urljoin(self.base, get("href").strip()).partition("#")[0]
        elif name == "meta" and get("http-equiv", "").lower() == "refresh":
            self.add(refresh_target(get("content", "")), "refresh")
        elif name == "style" and get("type", "").lower() in ("", "text/css"):
            self.add_css(element.text or "")
        elif name == "input" and get("type", "").lower() == "image":
            self.add(get("src"), "image")
        elif name == "iframe":
            self.read_frame(element)
        for attribute, relation in SIMPLE_ATTRIBUTES.get(name, ()):
            self.add(get(attribute), relation)
        if name in ("img", "source"):
            for reference in source_set(get("srcset", "")):
                self.add(reference, "image")
        if name == "img":
            self.add(get("longdesc"), "link")
        if name in BACKGROUND_ELEMENTS:
            self.add(get("background"), "image")

    def read_link(self, words, element):
        words = [word for word in words if word not in ("dns-prefetch", "preconnect", "shortcut", "nofollow")]
        if "stylesheet" in words:
            relation = "stylesheet"
        elif any(word in RESOURCE_TYPES or word.startswith("apple-touch-") for word in words):
            relation = "resource"
        elif words:
            relation = "link"
        else:
            return
        self.add(element.get("href"), relation, "nofollow" in element.get("rel", "").lower().split())
        if relation == "resource":
            for reference in source_set(element.get("imagesrcset", "")):
                self.add(reference, relation)

    def read_frame(self, element):
        if "srcdoc" not in element.attrib:
            self.add(element.get("src"), "frame")
        elif self.nesting < MAXIMUM_NESTING:
            inner = Page(self.base, "utf-8", self.nesting + 1)
            inner.read(NumberingParser().parse(element.get("srcdoc")))
            self.links += inner.links


def links_of(url, content, charset=None):
    """The links of a page: targets, relations, and whether the author asks not to follow."""
    try:
        content.decode("utf-8")
        fallback = "utf-8"
    except UnicodeDecodeError:
        fallback = "windows-1252"
    parser = NumberingParser()
    tree = parser.parse(content, transport_encoding=charset, default_encoding=fallback, useChardet=False)
    page = Page(url, parser.documentEncoding or "utf-8")
    page.read(tree)
    return page.links


# Pages


def pages_below(directory, site):
    for folder, folders, names in os.walk(directory, followlinks=True):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(folder, name)
            if name.endswith((".html", ".html.gz")) and os.path.isfile(path):
                relative = os.path.relpath(path, directory).replace(os.sep, "/").removesuffix(".gz")
                yield urllib.parse.urljoin(site, urllib.parse.quote(relative)), path


def content_of(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        return file.read()


def main():
    parser = argparse.ArgumentParser(description="Print the links of HTML pages, found by html5lib.")
    parser.add_argument("directories", nargs="*", metavar="DIRECTORY", help="whose .html files are read; none: URLs from stdin")
    parser.add_argument("--site", default="http://localhost/", help="the URL of the directory's root")
    parser.add_argument("--files", action="store_true", help="stdin has lines of URL, tab, file")
    arguments = parser.parse_args()

    def pages():
        for directory in arguments.directories:
            for url, path in pages_below(directory, arguments.site):
                yield url, content_of(path), None
        if arguments.directories:
            return
        for line in filter(None, map(str.strip, sys.stdin)):
            if arguments.files:
                url, path = line.split("\t")
                yield url, content_of(path), None
                continue
            with urllib.request.urlopen(line) as response:
                if response.headers.get_content_type() in ("text/html", "application/xhtml+xml"):
                    yield response.url, response.read(), response.headers.get_content_charset()

    for url, content, charset in pages():
        for target, relation, nofollow in links_of(url, content, charset):
            print(url, target, relation, *(["nofollow"] if nofollow else []), sep="\t")


if __name__ == "__main__":
    main()
