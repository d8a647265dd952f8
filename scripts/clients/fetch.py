#!/usr/bin/env python3
"""Fetches a URL with the library `requests`, through the proxy that the environment names, and prints the status.

    fetch.py URL OUTPUT [CERTIFICATES]
"""
import sys

import requests

url, output, *certificates = sys.argv[1:]
answer = requests.get(url, timeout=20, verify=certificates[0] if certificates else True)
with open(output, "wb") as file:
    file.write(answer.content)
print(answer.status_code)
